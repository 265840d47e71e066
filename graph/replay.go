package graph

import (
	"slices"
	"strings"
)

// modelRun is one run of a model's code during a build.
type modelRun struct {
	path   string
	passes bool // noise declared in it goes on from pass to pass
}

// Run calls f, the code of a model, as one run of it in this scope. A network
// that several runs share, whatever scope its layers were declared in, then is
// the same network in each:
//
//   - Noise and outputs are the run's own: declared from outside of the run's
//     scope, they are named below it, so that two runs draw different numbers.
//   - A Param, State or Input of a name that another run declared is that one.
//   - A State that several runs assign gets the mean of what they assign.
//
// Within one run a name is declared once.
func (s *Scope) Run(f func()) {
	s.notNil()
	s.runAs(s.b.replay, f)
}

// Replay calls f as the run that was there before, once more, as estimators do
// that compare other values of a latent. A declaration of a name that exists
// gives the node that exists: the same noise, the same parameters. Of
// assignments to a State and of outputs the first stays. What does not exist is
// declared as ever; what exists with another law or shape aborts the build. A
// Run within f is a replay too, of the run of its own scope.
func (s *Scope) Replay(f func()) {
	s.notNil()
	s.runAs(true, f)
}

func (s *Scope) runAs(replay bool, f func()) {
	if f == nil {
		Fail("graph: a run of no code")
	}
	b := s.b
	run, before := b.run, b.replay
	defer func() { b.run, b.replay = run, before }()
	b.run, b.replay = &modelRun{s.path, s.passes}, replay
	f()
}

// runName returns the full name of noise or an output, which belong to a run.
func (s *Scope) runName(name string) string {
	path := s.join(name)
	if r := s.b.run; r != nil && r.path != "" && !strings.HasPrefix(path, r.path+"/") {
		return r.path + "/" + path
	}
	return path
}

// NoiseAsInput returns the same scope in which noise is not drawn but fed: what
// Noise declares is an input of its name. It is for tests and for quadrature,
// which choose the random numbers themselves.
func (s *Scope) NoiseAsInput() *Scope {
	s.notNil()
	r := *s
	r.fed = true
	return &r
}

// redeclared returns the node of an earlier declaration of the same name that
// this one may share, or nil; any other clash aborts.
func (s *Scope) redeclared(l leaf, shape Shape) *Node {
	n := s.b.names[l.name]
	if n == nil {
		return nil
	}
	old := s.b.leaves[n]
	another := !l.own && l.run != nil && old.run != nil && l.run != old.run
	switch {
	case !s.b.replay && !another:
		Fail("graph: %s declared twice %s; a second layer, a layer with noise applied twice, or a second run of a model in one build needs a scope of its own, s.In(NAME)", l.name, s.where())
	case old.kind == param && old.frozen != l.frozen:
		Fail("graph: %s is frozen in one run and trained in another", l.name)
	case old.kind != l.kind || old.noise != l.noise || old.rows != l.rows || old.passes != l.passes || !slices.Equal(n.Shape(), shape):
		Fail("graph: %s declared again by another run, with another law or shape, %v, than at first, %v", l.name, shape, n.Shape())
	}
	return n
}

// where says where a scope is.
func (s *Scope) where() string {
	if s.path == "" {
		return "at the root"
	}
	return "in scope " + s.path
}

// assignment is what a run assigns to a state.
type assignment struct {
	run   *modelRun
	value *Node
}

// addAssignment adds an assignment and returns what the state gets.
func (b *build) addAssignment(to, value *Node) *Node {
	list := b.written[to]
	if b.replay && len(list) > 0 {
		return b.assigns[to]
	}
	for _, a := range list {
		switch {
		case a.run != b.run && a.run != nil && b.run != nil:
		case a.value == value:
			return b.assigns[to]
		default:
			Fail("graph: state %s assigned twice: a layer that writes states is applied once in a run", to.Name())
		}
	}
	b.written[to] = append(list, assignment{b.run, value})
	if list == nil {
		return value
	}
	var all []*Node
	for _, a := range b.written[to] {
		all = append(all, a.value)
	}
	return AddN(all...).Scale(1 / float64(len(all)))
}
