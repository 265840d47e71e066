package graph

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// BuildInitialising is Build for a program that gives parameters their first
// values from data: a layer says by Scope.Initial what a parameter starts at, as
// a function of what comes to it. Such a program is fed a first batch, run once
// and committed, before training:
//
//	p, err := graph.BuildInitialising(params, model)
//	err = graph.Feed(p, "x", batch)
//	err = p.Run(ctx, graph.Key{})
//	err = p.Commit()
//
// It needs no outputs. States are not assigned. A parameter that is trained
// already starts anew; of a model without a call of Initial, Commit writes nothing.
func BuildInitialising(params *Params, f func(s *Scope)) (*Program, error) {
	return run(params, initialising, nil, f)
}

// Initialising tells whether the program being built gives parameters their
// first values, and the scope is not frozen.
func (s *Scope) Initialising() bool {
	s.notNil()
	return s.b.purpose == initialising && !s.frozen
}

// Initial returns a parameter, p. Only in a program that initialises it returns
// what value makes, of p's shape, instead, and Commit writes that to p. Whatever
// is built from the result sees p as it will be, so that one run initialises
// layer after layer, each by what comes out of the ones before. Of several calls
// for p the first counts. A frozen parameter stays as it is.
func (s *Scope) Initial(p *Node, value func() *Node) *Node {
	s.notNil()
	op.Check(p, "initialise")
	l, ok := s.b.leaves[p]
	switch {
	case !ok || l.kind != param:
		Fail("graph: initialise %s, which is no Param", p)
	case value == nil:
		Fail("graph: initialise %s by no function", l.name)
	case s.b.purpose != initialising || l.frozen:
		return p
	case s.b.initials[p] != nil:
		return s.b.initials[p]
	}
	v := value()
	op.Check(v, "initialise "+l.name)
	if !slices.Equal(v.Shape(), p.Shape()) {
		Fail("graph: initialise %s of shape %v by %v", l.name, p.Shape(), v.Shape())
	}
	s.b.initials[p] = v
	return v
}
