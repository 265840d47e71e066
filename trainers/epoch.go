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
	e := Epoch{Epoch: epoch + 1, WarmUp: t.warming(epoch)}
	t.runs.update.lowered, e.BackTo = t.lowered(e.Epoch)
	now := &pass{update: t.runs.update}
	place := func(err error, step int) error {
		return t.rescued(e.Epoch, errors.WithMessagef(err, "trainers: step %d (epoch %d)", step, e.Epoch))
	}
	for batches.Next() {
		left, err := now.took(t.step(ctx, now), t.SkipNotFinite)
		if err != nil {
			return place(err, t.result.Steps+1)
		}
		t.result.Steps++
		now.steps++
		if t.OnStep != nil {
			s := Step{Epoch: e.Epoch, Epochs: t.Epochs, Step: now.steps, Steps: batches.Count(), Number: t.result.Steps, Rows: t.runs.rows[0], NotFinite: left, now: now}
			if err := t.OnStep(s); err != nil {
				return err
			}
		}
	}
	if err := batches.Err(); err != nil {
		return place(err, t.result.Steps+1)
	}
	if now.steps == 0 {
		return errors.Errorf("trainers: epoch %d has no batch", e.Epoch)
	}
	if _, err := now.took(t.runs.placed(t.apply(now, 1), t.result.Steps), t.SkipNotFinite); err != nil {
		return place(err, t.result.Steps)
	}
	if now.rows == 0 {
		return errors.Errorf("trainers: epoch %d has no batch whose bound, gradient and update are finite", e.Epoch)
	}
	e.Steps, e.Seconds = t.result.Steps, t.Clock().Sub(start).Seconds()
	now.report(&e)
	if e.Seconds > 0 {
		e.ExamplesPerSecond = float64(now.rows) / e.Seconds
	}
	if t.test != nil {
		var err error
		if e.Test, err = t.test.evaluate(ctx, t.result.Steps); err != nil {
			return t.rescued(e.Epoch, err)
		}
	}
	t.result.Epochs = append(t.result.Epochs, e)
	verdict := t.watch(e)
	if t.OnEpoch != nil && (verdict == nil || errors.Is(verdict, Stop) || errors.Is(verdict, ErrCliff)) {
		if err := t.OnEpoch(e); err != nil && (verdict == nil || !errors.Is(err, Stop)) {
			return err
		}
	}
	return verdict
}

// step takes one training step, or leaves the parameters as they are.
func (t *trainer) step(ctx context.Context, now *pass) error {
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
	if err = now.look(p); err == nil {
		if t.Accumulate > 1 {
			if err = t.runs.update.Add(p, float64(t.runs.rows[0])); err == nil {
				err = t.apply(now, t.Accumulate)
			}
		} else if err = t.runs.update.Step(p); err == nil {
			now.updated()
		}
	}
	if err == nil {
		now.take(t.runs.rows[0])
	}
	return t.runs.placed(err, t.result.Steps+1)
}

// apply updates the parameters if the gradients of as many batches have been
// added. Gradients whose update is not finite are dropped.
func (t *trainer) apply(now *pass, batches int) error {
	if t.runs.update.sums.batches < batches {
		return nil
	}
	err := t.runs.update.Apply()
	if err != nil {
		t.runs.update.sums.clear()
	} else {
		now.updated()
	}
	return err
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
