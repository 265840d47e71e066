package trainers

import (
	"context"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/checkpoint"
)

// trainer is a fit under way.
type trainer struct {
	Config
	runs   *runner
	test   *evaluator // nil without Config.Test
	saves  *saver     // nil without Config.Checkpoint
	at     place
	result Result
	looked bool // the schedules have been looked at
	torn   bool // a batch has been added whose step was not taken
}

// place is where a fit has come to, beside the steps taken.
type place struct {
	epoch, batch int     // that come next, from 0
	mean         means   // of the epoch so far
	seconds      float64 // spent on it
	telling      bool    // the last epoch is complete, and OnEpoch is to be told
	stopped      bool    // by Stop
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
	if t.saves != nil {
		if err := t.resume(); err != nil {
			return errors.WithMessage(err, "trainers: resume")
		}
	}
	if t.Initialise && t.result.Steps == 0 {
		if err := t.initialise(ctx, m); err != nil {
			return errors.WithMessage(err, "trainers: initialise")
		}
	}
	if t.at.telling {
		if err := t.tell(); err != nil {
			return err
		}
	}
	for !t.at.stopped && t.at.epoch < t.Epochs {
		if err := t.epoch(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *trainer) epoch(ctx context.Context) error {
	batches, epoch := t.runs.batches, t.at.epoch
	if err := batches.Seek(epoch, t.at.batch); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	start, before := t.Clock(), t.at.seconds
	for batches.Next() {
		if err := t.step(ctx); err != nil {
			return errors.WithMessagef(err, "trainers: step %d (epoch %d)", t.result.Steps+1, epoch+1)
		}
		t.result.Steps++
		t.at.batch++
		if t.OnStep != nil {
			if err := t.OnStep(Step{epoch + 1, t.Epochs, t.at.batch, batches.Count()}); err != nil {
				return err
			}
		}
		if t.saves != nil {
			now := t.Clock()
			t.at.seconds = before + now.Sub(start).Seconds()
			if err := t.saves.consider(t, checkpoint.Moment{}, now); err != nil {
				return err
			}
		}
	}
	if err := batches.Err(); err != nil {
		return errors.WithMessagef(err, "trainers: step %d (epoch %d)", t.result.Steps+1, epoch+1)
	}
	if t.at.mean.rows == 0 {
		return errors.Errorf("trainers: epoch %d has no batch", epoch+1)
	}
	if err := t.runs.placed(t.apply(1), t.result.Steps); err != nil {
		return errors.WithMessagef(err, "trainers: step %d (epoch %d)", t.result.Steps, epoch+1)
	}
	t.at.seconds = before + t.Clock().Sub(start).Seconds()
	e := Epoch{Epoch: epoch + 1, Train: t.at.mean.values(), Seconds: t.at.seconds}
	if e.Seconds > 0 {
		e.ExamplesPerSecond = float64(t.at.mean.rows) / e.Seconds
	}
	if t.test != nil {
		var err error
		if e.Test, err = t.test.evaluate(ctx, t.result.Steps); err != nil {
			return err
		}
	}
	if t.Plateau != nil {
		seen := e.Test
		if t.test == nil {
			seen = e.Train
		}
		if err := t.runs.update.Observe(seen); err != nil {
			return err
		}
	}
	t.result.Epochs = append(t.result.Epochs, e)
	t.at = place{epoch: epoch + 1, telling: true}
	return t.tell()
}

// tell ends an epoch with what others do then.
func (t *trainer) tell() error {
	if err := t.saves.before(t); err != nil {
		return err
	}
	if t.OnEpoch != nil {
		err := t.OnEpoch(t.result.Epochs[len(t.result.Epochs)-1])
		if err != nil && !errors.Is(err, Stop) {
			return err
		}
		t.at.telling = false
		if err != nil {
			return err
		}
	}
	t.at.telling = false
	if t.saves == nil {
		return nil
	}
	return t.saves.consider(t, checkpoint.Moment{EpochEnd: true}, t.Clock())
}

// step takes one training step, or leaves the parameters as they are.
func (t *trainer) step(ctx context.Context) error {
	p, err := t.runs.program()
	if err != nil {
		return err
	}
	if err := t.scheduled(p); err != nil {
		return err
	}
	if err := t.runs.feed(p, t.Schedules, t.result.Steps); err != nil {
		return err
	}
	if err := p.Run(ctx, graph.Key{Seed: t.Seed, Step: uint32(t.result.Steps)}); err != nil {
		return err
	}
	err = t.at.mean.look(p)
	switch {
	case err != nil:
	case t.Accumulate > 1:
		if err = t.runs.update.Add(p, float64(t.runs.rows[0])); err == nil {
			err = t.apply(t.Accumulate)
			t.torn = err != nil
		}
	default:
		err = t.runs.update.Step(p)
	}
	if err == nil {
		t.at.mean.take(t.runs.rows[0])
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
// training nor on the test set. It looks once.
func (t *trainer) scheduled(p *graph.Program) error {
	if t.looked {
		return nil
	}
	t.looked = true
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
