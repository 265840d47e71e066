package trainers

import (
	"cmp"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/vi"
)

// UpdateConfig says how parameters are updated. The zero values are usable.
type UpdateConfig struct {
	Optimizer Optimizer // nil means Adam{}
	ClipNorm  float64   // gradients whose Euclidean norm, all together, is larger are scaled down to it; 0 means never
	Rate      Schedule  // factor of the optimiser's rate, by updates so far, 0 or more; nil means 1
	Groups    []Group   // of parameters that are updated otherwise; one that matches none is an error
	Plateau   *Plateau  // lowers the rate by what Observe is told; nil means never
	Average   *Average  // kept of the parameters; nil means none
}

func (c UpdateConfig) check(params *graph.Params) error {
	switch {
	case c.Optimizer != nil && op.Nil(c.Optimizer):
		return errors.Errorf("Optimizer is a nil %T", c.Optimizer)
	case c.Rate != nil && op.Nil(c.Rate):
		return errors.Errorf("Rate is a nil %T", c.Rate)
	case !(c.ClipNorm >= 0):
		return errors.Errorf("ClipNorm %v, want 0 or more", c.ClipNorm)
	}
	for _, v := range []any{c.Optimizer, c.Rate, c.Plateau} {
		if err := checked(v); err != nil {
			return err
		}
	}
	for _, g := range c.Groups {
		if _, err := g.check(); err != nil {
			return err
		}
	}
	if c.Average != nil {
		return c.Average.check(params)
	}
	return nil
}

// Updater applies an optimiser to the parameters of programs, for training
// loops of one's own:
//
//	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.Adam{}})
//	p, err := graph.BuildTraining(params, func(s *graph.Scope) { u.Declare(s, model(s)) })
//	for step := range steps {
//		// feed p
//		err = p.Run(ctx, graph.Key{Seed: seed, Step: uint32(step)})
//		err = u.Step(p)
//	}
//
// Several batches for one update are Add after each and then Apply.
type Updater struct {
	params  *graph.Params
	conf    UpdateConfig
	invalid error
	rule    Optimizer
	t       int
	sums    sums
	plateau PlateauState
	average *graph.Params // of the averages; nil: none
	lowered float64       // factor of the rate by Cliffs; 0 means 1

	names   []string // of the parameters trained
	outputs []string // of their gradients
	shapes  [][]int
	update  *update // nil before the first Step
}

// gradOutput begins the names of a program's gradient outputs.
const gradOutput = "trainers/grad/"

// NewUpdater returns an updater of params. What means nothing in c is an error of
// whatever is asked of the updater, as is an updater without params.
func NewUpdater(params *graph.Params, c UpdateConfig) *Updater {
	u := &Updater{params: params, conf: c, rule: c.Optimizer}
	u.invalid = errors.WithMessage(c.check(params), "trainers")
	if u.rule == nil {
		u.rule = Adam{}
	}
	if c.Average != nil {
		if u.average = c.Average.Params; u.average == nil {
			u.average = &graph.Params{}
		}
	}
	return u
}

// Average returns the parameters that UpdateConfig.Average is kept in, empty
// before the first update; nil where there is none.
func (u *Updater) Average() *graph.Params {
	if u == nil {
		return nil
	}
	return u.average
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
	if err := u.takes(p); err != nil {
		return err
	}
	if u.sums.batches > 0 {
		return errors.Errorf("trainers: step: the gradients of %d batches have been added: Apply them first", u.sums.batches)
	}
	if err := u.update.see(u, p); err != nil {
		return err
	}
	return u.update.run(u, p, 1)
}

// factor is that of the rate at the next update.
func (u *Updater) factor() (float64, error) {
	rate := 1.
	if s := u.conf.Rate; s != nil {
		var err error
		if rate, err = finiteAt("Rate", s, u.t); err != nil {
			return 0, errors.WithMessage(err, "trainers")
		}
		if rate < 0 {
			return 0, errors.Errorf("trainers: schedule Rate is %v at step %d, want 0 or more", rate, u.t)
		}
	}
	if p := u.conf.Plateau; p != nil {
		rate *= p.rate(u.plateau)
	}
	return rate * cmp.Or(u.lowered, 1), nil
}

// bind makes the slots, before the first step.
func (u *Updater) bind() error {
	if u.update != nil {
		return nil
	}
	d, err := newUpdate(u)
	if err != nil {
		return err
	}
	u.update = d
	u.params.Seal()
	return nil
}
