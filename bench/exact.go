package bench

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// compare computes the exact gradient, over all rows.
func (g *gradient) compare(ctx context.Context, m trainers.Bound, d *data.Set, c Config) error {
	all := &batches{set: d, seed: c.Seed, arrays: c.Arrays}
	e := &gradient{params: g.params}
	var err error
	e.program, err = graph.Build(g.params, func(s *graph.Scope) {
		est := m(s, all.inputs(s))
		var wrt []*graph.Node
		for _, n := range s.Trainable() {
			if slices.Contains(g.names, n.Name()) {
				wrt = append(wrt, n)
			}
		}
		e.declare(s, est, wrt)
	})
	if err != nil {
		return errors.WithMessage(err, "exact gradient")
	}
	if !slices.Equal(e.names, g.names) {
		return errors.Errorf("exact gradient by the parameters %v, want %v", e.names, g.names)
	}
	if err := all.draw(0); err != nil {
		return err
	}
	e.group(c.Group)
	for step := range 2 {
		if err := all.feed(e.program); err != nil {
			return errors.WithMessage(err, "exact gradient")
		}
		if err := e.program.Run(ctx, graph.Key{Seed: c.Seed, Step: uint32(step)}); err != nil {
			return errors.WithMessage(err, "exact gradient")
		}
		for i, q := range e.groups {
			x, err := q.values(e.program)
			if err != nil {
				return errors.WithMessage(err, "exact gradient")
			}
			for _, v := range x {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return errors.Errorf("the exact gradient of %s is not finite", q.name)
				}
			}
			if step > 0 && !slices.Equal(x, g.groups[i].exact) {
				return errors.Errorf("the exact gradient of %s is not the same for every draw", q.name)
			}
			g.groups[i].exact = x
		}
	}
	return nil
}

// values is the gradient of a group.
func (q *group) values(p *graph.Program) ([]float64, error) {
	x := make([]float64, 0, q.size)
	for _, name := range q.grads {
		v, err := p.Value(name)
		if err != nil {
			return nil, errors.WithMessage(err, name)
		}
		x = append(x, v...)
	}
	return x, nil
}
