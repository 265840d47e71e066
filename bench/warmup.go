package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

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
	train := func(steps int) error {
		for range steps {
			if err := b.draw(-1 - g.warmup); err != nil {
				return err
			}
			if err := b.feed(p); err != nil {
				return err
			}
			if err := p.Run(ctx, graph.Key{Seed: ^c.Seed, Step: uint32(g.warmup)}); err != nil {
				return err
			}
			if learns {
				err = u.Step(p)
			} else {
				err = p.Commit()
			}
			if err != nil {
				return errors.WithMessagef(err, "warm-up step %d", g.warmup)
			}
			g.warmup++
		}
		return nil
	}
	if c.Warmup > 0 {
		return train(c.Warmup)
	}
	return g.settle(ctx, train, b, c)
}

// settle trains until the mean square of the gradient, which is its variance up to
// what training does not change, has in two windows of steps in a row become other by
// no more than a hundredth; by the same noise each time.
func (g *gradient) settle(ctx context.Context, train func(steps int) error, b *batches, c Config) error {
	const window, most = 500, 20000
	for s := newStill(); g.warmup < most; {
		if err := train(window); err != nil {
			return err
		}
		now, err := g.square(ctx, b, c)
		if err != nil {
			return err
		}
		if s.settled(now) {
			g.settled = true
			return nil
		}
	}
	return nil
}

// still counts the windows in a row after which a number was near what it was before.
type still struct {
	before  float64
	windows int
}

func newStill() still { return still{before: math.NaN()} } // nothing is near it

// settled tells, of the number after one more window, whether there were two.
func (s *still) settled(now float64) bool {
	const tolerance, enough = .01, 2
	if s.windows++; !(math.Abs(now-s.before) <= tolerance*s.before) {
		s.windows = 0
	}
	s.before = now
	return s.windows >= enough
}

// square is the mean of the squared norms of some gradients.
func (g *gradient) square(ctx context.Context, b *batches, c Config) (float64, error) {
	const draws = 32
	sum := 0.
	for step := range draws {
		if err := b.draw(-1<<30 - step); err != nil {
			return 0, err
		}
		if err := b.feed(g.program); err != nil {
			return 0, err
		}
		if err := g.program.Run(ctx, graph.Key{Seed: ^c.Seed, Step: uint32(1<<30 + step)}); err != nil {
			return 0, err
		}
		for _, q := range g.groups {
			x, err := q.values(g.program)
			if err != nil {
				return 0, err
			}
			for _, v := range x {
				sum += v * v / draws
			}
		}
	}
	return sum, nil
}

// state lists the single numbers that were learnt.
func (g *gradient) state() string {
	var all []string
	for _, name := range g.params.Names() {
		if t := g.params.Tensor(name); !slices.Contains(g.names, name) && graph.Size(t.Shape()) == 1 {
			var v float64
			if g.params.Dtype == graph.Float64 {
				x, _ := graph.Values[float64](g.params, name)
				v = x[0]
			} else {
				x, _ := graph.Values[float32](g.params, name)
				v = float64(x[0])
			}
			all = append(all, fmt.Sprintf("%s=%.4g", name, v))
		}
	}
	return strings.Join(all, " ")
}
