package trainers

import (
	"context"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// trainer is a fit under way.
type trainer struct {
	Config
	runs   *runner
	test   *evaluator // nil without Config.Test
	result Result
}

// fit looks at the data and goes through the epochs.
func (t *trainer) fit(ctx context.Context, m Bound) (err error) {
	if err := t.runs.start(); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	if t.Test != nil {
		t.test, err = newEvaluator(m.declare, t.Params, t.Test, EvalConfig{Seed: t.Seed, Schedules: t.Schedules, GlobalDraws: t.GlobalDraws})
		if err != nil {
			return err
		}
		t.test.scheduled = true // as training looks at the schedules of both
	}
	if t.Initialise {
		if err := t.initialise(ctx, m); err != nil {
			return errors.WithMessage(err, "trainers: initialise")
		}
	}
	for epoch := range t.Epochs {
		if err := t.epoch(ctx, epoch); err != nil {
			return err
		}
	}
	return nil
}

func (t *trainer) epoch(ctx context.Context, epoch int) error {
	batches := t.runs.batches
	if err := batches.Seek(epoch, 0); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	start := t.Clock()
	var mean means
	for step := 1; batches.Next(); step++ {
		if err := t.step(ctx, &mean); err != nil {
			return errors.WithMessagef(err, "trainers: step %d (epoch %d)", t.result.Steps+1, epoch+1)
		}
		t.result.Steps++
		if t.OnStep != nil {
			if err := t.OnStep(Step{epoch + 1, t.Epochs, step, batches.Count()}); err != nil {
				return err
			}
		}
	}
	if err := batches.Err(); err != nil {
		return errors.WithMessagef(err, "trainers: step %d (epoch %d)", t.result.Steps+1, epoch+1)
	}
	if mean.rows == 0 {
		return errors.Errorf("trainers: epoch %d has no batch", epoch+1)
	}
	if err := t.runs.placed(t.apply(1), t.result.Steps); err != nil {
		return errors.WithMessagef(err, "trainers: step %d (epoch %d)", t.result.Steps, epoch+1)
	}
	e := Epoch{Epoch: epoch + 1, Train: mean.values(), Seconds: t.Clock().Sub(start).Seconds()}
	if e.Seconds > 0 {
		e.ExamplesPerSecond = float64(mean.rows) / e.Seconds
	}
	if t.test != nil {
		var err error
		if e.Test, err = t.test.evaluate(ctx, t.result.Steps); err != nil {
			return err
		}
	}
	t.result.Epochs = append(t.result.Epochs, e)
	if t.Plateau != nil {
		seen := e.Test
		if t.test == nil {
			seen = e.Train
		}
		if err := t.runs.update.Observe(seen); err != nil {
			return err
		}
	}
	if t.OnEpoch != nil {
		return t.OnEpoch(e)
	}
	return nil
}

// step takes one training step, or leaves the parameters as they are.
func (t *trainer) step(ctx context.Context, mean *means) error {
	p, err := t.runs.program()
	if err != nil {
		return err
	}
	if t.result.Steps == 0 {
		if err := t.scheduled(p); err != nil {
			return err
		}
	}
	if err := t.runs.feed(p, t.Schedules, t.result.Steps); err != nil {
		return err
	}
	if err := p.Run(ctx, graph.Key{Seed: t.Seed, Step: uint32(t.result.Steps)}); err != nil {
		return err
	}
	err = mean.add(p, t.runs.rows[0])
	switch {
	case err != nil:
	case t.Accumulate > 1:
		if err = t.runs.update.Add(p, float64(t.runs.rows[0])); err == nil {
			err = t.apply(t.Accumulate)
		}
	default:
		err = t.runs.update.Step(p)
	}
	return t.runs.placed(err, t.result.Steps+1)
}

// apply updates the parameters if the gradients of as many batches have been
// added.
func (t *trainer) apply(batches int) error {
	if t.runs.update.sums.batches < batches {
		return nil
	}
	return t.runs.update.Apply()
}

// scheduled is an error if a schedule is of no input of the model, neither in
// training nor on the test set.
func (t *trainer) scheduled(p *graph.Program) error {
	inputs := t.runs.own(p)
	err := idle(t.Schedules, inputs)
	if err == nil || t.test == nil {
		return err
	}
	runs := t.test.runs
	if err := runs.batches.Seek(0, 0); err != nil {
		return errors.WithMessage(err, "test set")
	}
	if !runs.batches.Next() {
		return errors.WithMessage(runs.batches.Err(), "test set")
	}
	if p, err = runs.program(); err != nil {
		return err
	}
	return idle(t.Schedules, append(inputs, runs.own(p)...))
}
