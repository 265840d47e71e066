package bench

import (
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Training says how a model is trained in Series.
type Training struct {
	// Bound trains the one model that all cases are measured of, each with what it
	// learns in Config.Warmup at every place. nil means that each case trains a model
	// of its own by its Bound, and is measured with what it has learnt on the way,
	// without a Config.Warmup.
	Bound   vi.Objective
	Batches data.Batches    // that it is trained on
	Config  trainers.Config // as of trainers.Fit, with Epochs for all steps; Params are those of each training at first, which are not changed
	Steps   []int           // after which to measure, rising, 0 being before the first
}

// Series measures along a training: the rows of GradientVariance after each of so many
// steps, of one case after the other if each trains by itself. Row.Step tells them
// apart. Config.Params are those of the training.
func Series(ctx context.Context, m func(s *graph.Scope) vi.Model, d *data.Set, cases []Case, run Training, c Config) ([]Row, error) {
	if err := c.check(m, d, cases); err != nil {
		return nil, err
	}
	switch {
	case len(run.Steps) == 0 || !slices.IsSorted(run.Steps) || run.Steps[0] < 0:
		return nil, errors.Errorf("bench: Steps %v, want numbers from 0 in rising order", run.Steps)
	case run.Bound != nil && op.Nil(run.Bound):
		return nil, errors.Errorf("bench: the Bound of a Training is a nil %T", run.Bound)
	case c.Params != nil:
		return nil, errors.New("bench: Params in the Config of a Series, want them in that of its Training")
	}
	if run.Bound != nil {
		return run.along(ctx, m, run.Bound, d, cases, c)
	}
	c.Warmup = -1
	var rows []Row
	for _, k := range cases {
		own := m
		if k.Model != nil {
			own = k.Model
		}
		more, err := run.along(ctx, own, k.Bound, d, []Case{k}, c)
		if err != nil {
			return nil, errors.WithMessagef(err, "bench: case %s of %s", k.Estimator, k.Objective)
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// along trains once.
func (run Training) along(ctx context.Context, m func(s *graph.Scope) vi.Model, o vi.Objective, d *data.Set, cases []Case, c Config) (rows []Row, err error) {
	fit := run.Config
	params := &graph.Params{Seed: fit.Seed}
	if fit.Params != nil {
		params.Seed, params.Dtype = fit.Params.Seed, fit.Params.Dtype
	}
	b := &batches{set: d, size: c.Batch, arrays: c.Arrays}
	if b.arrays == nil {
		b.arrays = d.Names()
	}
	g := &gradient{params: params}
	if _, err := g.build(m, o, b); err != nil {
		return nil, err
	}
	if err := g.take(fit.Params); err != nil {
		return nil, err
	}
	fit.Params, c.Params = params, params
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate { return o.Estimate(s, m(s), d) }
	look := func(step int) error {
		if !slices.Contains(run.Steps, step) {
			return nil
		}
		more, err := measure(ctx, m, d, cases, c, true)
		for i := range more {
			more[i].Step = step
		}
		rows = append(rows, more...)
		return err
	}
	if err := look(0); err != nil {
		return nil, err
	}
	last, tell := run.Steps[len(run.Steps)-1], fit.OnStep
	if last == 0 {
		return rows, nil
	}
	taken := 0
	fit.OnStep = func(s trainers.Step) error {
		if tell != nil {
			if err := tell(s); err != nil {
				return err
			}
		}
		taken = s.Number
		if err := look(s.Number); err != nil {
			return err
		}
		if s.Number == last {
			return trainers.Stop
		}
		return nil
	}
	if fit.Epochs == 0 && run.Batches != nil && run.Batches.Count() > 0 {
		fit.Epochs = int(math.Ceil(float64(last) / float64(run.Batches.Count())))
	}
	if _, err = trainers.Fit(ctx, bound, run.Batches, fit); err != nil {
		return nil, err
	}
	if taken < last {
		return nil, errors.Errorf("bench: the training ended after %d steps, before the last of Steps, %d", taken, last)
	}
	return rows, nil
}
