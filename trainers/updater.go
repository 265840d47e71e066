package trainers

import (
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// Updater applies an optimiser to the parameters of programs, for training
// loops of one's own:
//
//	u := trainers.NewUpdater(params, trainers.Adam{}, 0)
//	p, err := graph.BuildTraining(params, func(s *graph.Scope) { u.Declare(s, model(s)) })
//	for step := range steps {
//		// feed p
//		err = p.Run(ctx, graph.Key{Seed: seed, Step: uint32(step)})
//		err = u.Step(p)
//	}
type Updater struct {
	params *graph.Params
	rule   Optimizer
	clip   float64
	t      int

	names   []string // of the parameters trained
	outputs []string // of their gradients
	shapes  [][]int
	update  *update // nil before the first Step
}

// gradOutput begins the names of a program's gradient outputs.
const gradOutput = "trainers/grad/"

// NewUpdater returns an updater of params. Gradients whose Euclidean norm, all
// together, is above clip are scaled down to it; 0 means never. A negative clip is
// an error of Declare, Step, State and Restore, as is an updater without params or
// o.
func NewUpdater(params *graph.Params, o Optimizer, clip float64) *Updater {
	return &Updater{params: params, rule: o, clip: clip}
}

// Declare makes the program being built compute the gradient of an estimate by
// all trainable parameters declared so far. Programs that share an updater
// must train the same ones. A parameter that no cost of the estimate is computed
// from aborts the build: it would never change.
func (u *Updater) Declare(s *graph.Scope, e *vi.Estimate) {
	if err := u.alive(); err != nil {
		graph.Fail("%v", err)
	}
	if e == nil {
		graph.Fail("trainers: the model returned no estimate")
	}
	wrt := s.Trainable()
	if len(wrt) == 0 {
		graph.Fail("trainers: the model has no trainable parameter: declare one by Scope.Param or a layer, in a scope that is not Frozen")
	}
	if len(e.Costs) == 0 {
		graph.Fail("trainers: the estimate has no costs to train by")
	}
	below := graph.NewDependence(wrt...)
	var idle []string
	for _, n := range wrt {
		if !slices.ContainsFunc(e.Costs, func(c vi.Cost) bool { return below.On(c.Node, n) }) {
			idle = append(idle, n.Name())
		}
	}
	if idle != nil {
		graph.Fail("trainers: the estimate does not depend on the parameters %v: leave them out, or keep them out of training by Frozen", idle)
	}
	var names, outputs []string
	var shapes [][]int
	for i, g := range e.Grad(wrt...) {
		names, outputs = append(names, wrt[i].Name()), append(outputs, gradOutput+wrt[i].Name())
		shapes = append(shapes, wrt[i].Shape())
		s.Output(outputs[i], g)
	}
	if u.names != nil && !slices.Equal(u.names, names) {
		graph.Fail("trainers: a program trains %v, an earlier one %v", names, u.names)
	}
	u.names, u.outputs, u.shapes = names, outputs, shapes
}

// Step ends a training step after p, which must have been declared, has run: it
// updates every parameter and commits p's states, or, if a gradient or what would
// be written is not finite, changes nothing and returns an error. The first step
// seals the parameters.
func (u *Updater) Step(p *graph.Program) error {
	if err := u.ready(); err != nil {
		return err
	}
	if p.Params() != u.params {
		return errors.New("trainers: the program was built with other Params than the Updater has")
	}
	return u.update.run(u, p)
}

// bind makes the slots, before the first step.
func (u *Updater) bind() error {
	if u.update != nil {
		return nil
	}
	if c, ok := u.rule.(interface{ check() error }); ok {
		if err := c.check(); err != nil {
			return err
		}
	}
	d, err := newUpdate(u)
	if err != nil {
		return err
	}
	u.update = d
	u.params.Seal()
	return nil
}
