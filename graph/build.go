package graph

import (
	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// Build runs f, which declares a model in a scope, and returns the program
// that computes its outputs. f runs once; whatever it declares in params stays
// there, to be shared with other programs. On an error params is as before.
//
// One graph is built at a time in a process: Build waits for the Build of
// another goroutine, and called by f it is an error.
func Build(params *Params, f func(s *Scope)) (*Program, error) {
	return run(params, evaluating, nil, f)
}

// BuildTraining is Build for a program that takes training steps: Training is
// true in f and states are assigned.
func BuildTraining(params *Params, f func(s *Scope)) (*Program, error) {
	return run(params, training, nil, f)
}

// purpose is what a program is for.
type purpose uint8

const (
	evaluating purpose = iota
	training
	initialising
)

func run(params *Params, to purpose, fixed *engine.Fixed, f func(s *Scope)) (*Program, error) {
	if err := checkArgs("build", params, f); err != nil {
		return nil, err
	}
	if err := params.init(); err != nil {
		return nil, err
	}
	b := &build{
		Builder: op.NewBuilder(params.Dtype, params.limit()), params: params, purpose: to, fixed: fixed,
		leaves: map[*Node]leaf{}, names: map[string]*Node{}, written: map[*Node][]assignment{},
		assigns: map[*Node]*Node{}, initials: map[*Node]*Node{}, outputs: map[string]*Node{},
	}
	var p *Program
	err := b.Do(func() {
		undo := params.begin()
		defer undo()
		f(&Scope{b: b})
		switch {
		case len(b.outputs) > 0:
		case to != initialising:
			Fail("graph: nothing to compute: no Output was declared")
		case len(b.initials) == 0:
			Fail("graph: nothing to initialise: no layer called Scope.Initial, and no Output was declared")
		}
		switch to {
		case evaluating:
			clear(b.assigns)
		case initialising:
			b.assigns = b.initials
		}
		var err error
		if p, err = newProgram(b); err != nil {
			Fail("graph: compile: %v", err)
		}
		params.commit()
	})
	return p, err
}
