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
	torn   bool // amid something that a checkpoint has no word for
}

// place is where a fit has come to, beside the steps taken.
type place struct {
	epoch   int     // that is under way, or comes next, from 0
	now     pass    // of it so far
	seconds float64 // spent on it
	telling bool    // the last epoch is complete, and OnEpoch is to be told
	stopped bool    // by Stop
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
	if t.result.Steps == 0 {
		t.begin()
	}
	if t.Initialise && t.result.Steps == 0 {
		if err := t.initialise(ctx, m); err != nil {
			return errors.WithMessage(err, "trainers: initialise")
		}
	}
	if t.at.telling {
		var verdict error
		if t.at.stopped {
			verdict = Stop
		}
		if err := t.tell(verdict); err != nil {
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

// epoch begins an epoch, or goes on with it.
func (t *trainer) epoch(ctx context.Context) error {
	batches, now := t.runs.batches, &t.at.now
	if err := batches.Seek(t.at.epoch, now.steps); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	start, before := t.Clock(), t.at.seconds
	e := Epoch{Epoch: t.at.epoch + 1, WarmUp: t.warming()}
	t.runs.update.lowered, e.BackTo = t.lowered(e.Epoch)
	now.update = t.runs.update
	failed := func(err error, step int) error {
		return t.abandon(e.Epoch, errors.WithMessagef(err, "trainers: step %d (epoch %d)", step, e.Epoch))
	}
	for batches.Next() {
		left, err := now.took(t.step(ctx), t.SkipNotFinite)
		if err != nil {
			return failed(err, t.result.Steps+1)
		}
		t.result.Steps++
		now.steps++
		t.torn = false
		if t.OnStep != nil {
			s := Step{Epoch: e.Epoch, Epochs: t.Epochs, Step: now.steps, Steps: batches.Count(), Number: t.result.Steps, Rows: t.runs.rows[0], NotFinite: left, now: now}
			if err := t.OnStep(s); err != nil {
				return err
			}
		}
		if t.saves != nil {
			clock := t.Clock()
			t.at.seconds = before + clock.Sub(start).Seconds()
			if err := t.saves.consider(t, checkpoint.Moment{}, clock); err != nil {
				return err
			}
		}
	}
	if err := batches.Err(); err != nil {
		return failed(err, t.result.Steps+1)
	}
	if now.steps == 0 {
		return errors.Errorf("trainers: epoch %d has no batch", e.Epoch)
	}
	if _, err := now.took(t.runs.placed(t.apply(1), t.result.Steps), t.SkipNotFinite); err != nil {
		return failed(err, t.result.Steps)
	}
	t.torn = false
	if now.rows == 0 {
		return errors.Errorf("trainers: epoch %d has no batch whose bound, gradient and update are finite", e.Epoch)
	}
	t.at.seconds = before + t.Clock().Sub(start).Seconds()
	e.Steps, e.Seconds = t.result.Steps, t.at.seconds
	now.report(&e)
	if e.Seconds > 0 {
		e.ExamplesPerSecond = float64(now.rows) / e.Seconds
	}
	if t.test != nil {
		var err error
		if e.Test, err = t.test.evaluate(ctx, t.result.Steps); err != nil {
			return t.abandon(e.Epoch, err)
		}
	}
	t.result.Epochs = append(t.result.Epochs, e)
	verdict := t.watch(e)
	stopped := errors.Is(verdict, Stop)
	t.at = place{epoch: e.Epoch, telling: true, stopped: stopped}
	if verdict != nil && !stopped {
		t.torn = true // watchers have been told; a run that goes on tells them again
		if !errors.Is(verdict, ErrCliff) {
			return verdict
		}
	}
	return t.tell(verdict)
}

// tell ends an epoch, of which the watchers have said whether it is the last one,
// with what others do then.
func (t *trainer) tell(verdict error) error {
	if err := t.saves.before(t); err != nil {
		return err
	}
	if t.OnEpoch != nil {
		err := t.OnEpoch(t.result.Epochs[len(t.result.Epochs)-1])
		if err != nil && !errors.Is(err, Stop) {
			return err
		}
		if verdict == nil {
			verdict = err
		}
	}
	if t.at.telling = false; verdict != nil {
		return verdict
	}
	return t.ended()
}

// abandon ends an epoch amid which something fell, if a Cliff allows it; else it
// returns the error.
func (t *trainer) abandon(epoch int, err error) error {
	if err := t.rescued(epoch, err); err != nil {
		return err
	}
	t.at, t.torn = place{epoch: epoch}, false
	return t.ended()
}

// ended saves the end of an epoch, if it is due.
func (t *trainer) ended() error {
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
	now := &t.at.now
	if err = now.look(p); err == nil {
		if t.Accumulate > 1 {
			if err = t.runs.update.Add(p, float64(t.runs.rows[0])); err == nil {
				err = t.apply(t.Accumulate)
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
func (t *trainer) apply(batches int) error {
	if t.runs.update.sums.batches < batches {
		return nil
	}
	err := t.runs.update.Apply()
	if t.torn = err != nil; t.torn {
		t.runs.update.sums.clear()
	} else {
		t.at.now.updated()
	}
	return err
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
