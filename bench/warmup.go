package bench

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

// take copies the values of another Params, nil for none, which must have the
// parameters of the model and may have those of its estimator.
func (g *gradient) take(from *graph.Params) error {
	if from == nil {
		return nil
	}
	for _, name := range g.names {
		if from.Tensor(name) == nil {
			return errors.Errorf("Config.Params has no parameter %s, only %v: load it, or build the model with it before", name, from.Names())
		}
	}
	for _, name := range g.params.Names() {
		if from.Tensor(name) == nil {
			continue
		}
		var err error
		if g.params.Dtype == graph.Float64 {
			err = copyParam[float64](g.params, from, name)
		} else {
			err = copyParam[float32](g.params, from, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyParam[T graph.Float](to, from *graph.Params, name string) error {
	dst, err := graph.Memory[T](to, name)
	if err != nil {
		return err
	}
	src, err := graph.Values[T](from, name)
	if err != nil {
		return err
	}
	if len(src) != len(dst) {
		return errors.Errorf("Config.Params has %d values of %s, want %d", len(src), name, len(dst))
	}
	copy(dst, src)
	return nil
}

// warm trains whatever is not the model's, and the states.
func (g *gradient) warm(ctx context.Context, m func(s *graph.Scope) vi.Model, o vi.Objective, b *batches, c Config) error {
	for _, name := range g.params.Names() {
		if !slices.Contains(g.names, name) {
			g.learned += graph.Size(g.params.Tensor(name).Shape())
		}
	}
	if g.learned == 0 || c.Warmup < 0 {
		return nil
	}
	g.warmup = c.Warmup
	u := trainers.NewUpdater(g.params, trainers.UpdateConfig{})
	learns := false
	p, err := graph.BuildTraining(g.params, func(s *graph.Scope) {
		e := o.Estimate(s, m(s.Frozen()), b.inputs(s))
		if learns = len(s.Trainable()) > 0; learns {
			u.Declare(s, e)
		} else {
			s.Output("bound", e.Value)
		}
	})
	if err != nil {
		return err
	}
	for step := range c.Warmup {
		if err := b.draw(-1 - step); err != nil {
			return err
		}
		if err := b.feed(p); err != nil {
			return err
		}
		if err := p.Run(ctx, graph.Key{Seed: ^c.Seed, Step: uint32(step)}); err != nil {
			return err
		}
		if learns {
			err = u.Step(p)
		} else {
			err = p.Commit()
		}
		if err != nil {
			return errors.WithMessagef(err, "warm-up step %d", step)
		}
	}
	return nil
}
