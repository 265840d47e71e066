// Package trainers fits models to data and evaluates them.
//
// Fit takes the same function that builds a model's estimate for any batch; it
// makes the programs it needs (a training batch, the last short batch, the
// evaluation batches) over one set of parameters. The result depends on the
// seed, the data and the configuration only, not on the number of processors.
package trainers

import (
	"context"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Model builds the estimate for a batch whose arrays are d, each [B, columns].
// It is called once for each batch size, in training and in evaluation;
// s.Training() tells which. It may declare scalar inputs of its own, such as
// the weight of a divergence, if Config.Schedules feeds them.
type Model func(s *graph.Scope, d vi.Data) *vi.Estimate

// Schedule is a number that changes as training goes on, by the training step
// counted from 0. Evaluation takes the value of the step reached.
type Schedule func(step int) float64

// Config says how to fit. The zero values are usable unless said otherwise.
type Config struct {
	Params    *graph.Params       // to train; nil means new float32 ones of this Seed
	Arrays    []string            // the arrays of the data that the model is given; nil means all
	Epochs    int                 // passes over the data; at least 1
	Batch     int                 // rows a step; 0 means 100
	Seed      uint64              // of the order, the binarisation and the noise
	Optimizer Optimizer           // nil means Adam{}
	ClipNorm  float64             // gradients of a larger Euclidean norm are scaled down to it; 0 means never
	Binarize  data.Drawing        // of the array "x" in training; evaluation draws once, unless Grey
	Schedules map[string]Schedule // of the model's own scalar inputs; a name that none has is an error
	Test      *data.Set           // evaluated after every epoch; nil means never

	GlobalDraws int // of that evaluation, as in EvalConfig

	OnEpoch  func(Epoch) error                    // called after every epoch; an error ends the fit
	Progress func(epoch, epochs, step, steps int) // called after every step
	Clock    func() time.Time                     // for Epoch.Seconds; nil means time.Now
}

// Epoch reports on one pass over the data.
type Epoch struct {
	Epoch             int                // from 1
	Train             map[string]float64 // means over the epoch of "bound" and of every term, nats per datum
	Test              map[string]float64 // likewise on Config.Test after the epoch
	Seconds           float64            // spent on training steps
	ExamplesPerSecond float64
}

// Result is what a fit left.
type Result struct {
	Params *graph.Params
	Epochs []Epoch // the complete ones
	Steps  int     // taken
}

// Fit maximises the model's bound on the training set by stochastic gradient
// ascent on minibatches.
//
// When ctx is done it stops between two operations and returns ctx's error
// with the Result so far. A bound or a gradient that is not finite stops it
// with a *NotFinite, which names the value, site and row that its law cannot
// take, or else the operation that went wrong. Either way the parameters are
// those of the last complete step.
func Fit(ctx context.Context, m Model, train *data.Set, c Config) (Result, error) {
	if m == nil {
		return Result{}, errors.New("trainers: no model")
	}
	if ctx == nil {
		return Result{}, errors.New("trainers: the context is nil")
	}
	if err := c.check(train); err != nil {
		return Result{}, err
	}
	arrays, err := given(train, c.Arrays)
	if err != nil {
		return Result{}, err
	}
	t := &trainer{Config: c, result: Result{Params: c.Params}}
	if t.Params == nil {
		t.Params = &graph.Params{Seed: c.Seed}
		t.result.Params = t.Params
	}
	if t.Optimizer == nil {
		t.Optimizer = Adam{}
	}
	if t.Clock == nil {
		t.Clock = time.Now
	}
	if err := pictures(c.Binarize, arrays); err != nil {
		return Result{}, err
	}
	batches, err := data.NewBatches(train, data.BatchConfig{Size: c.batch(), Seed: c.Seed, Binarize: c.Binarize})
	if err != nil {
		return t.result, errors.WithMessage(err, "trainers")
	}
	runs := &runner{params: t.Params, arrays: arrays, set: train, update: NewUpdater(t.Params, t.Optimizer, t.ClipNorm)}
	runs.declare = func(s *graph.Scope, d vi.Data) { runs.update.Declare(s, m.outputs(s, d)) }
	if c.Test != nil {
		t.test, err = newEvaluator(m.declare, t.Params, c.Test, EvalConfig{Arrays: c.Arrays, Batch: c.Batch, Seed: c.Seed, Binarize: c.Binarize, Schedules: c.Schedules, GlobalDraws: c.GlobalDraws})
		if err != nil {
			return t.result, err
		}
		t.test.scheduled = true // as training looks at the schedules of both
	}
	for epoch := range c.Epochs {
		if err := t.epoch(ctx, runs, batches, epoch); err != nil {
			return t.result, err
		}
	}
	return t.result, nil
}

func (c Config) check(train *data.Set) error {
	switch {
	case train == nil || train.Len() == 0:
		return errors.New("trainers: no training data")
	case c.Epochs < 1:
		return errors.Errorf("trainers: Epochs %d, want 1 or more", c.Epochs)
	case c.Batch < 0:
		return errors.Errorf("trainers: Batch %d, want 1 or more", c.Batch)
	case c.Optimizer != nil && op.Nil(c.Optimizer):
		return errors.Errorf("trainers: Optimizer is a nil %T", c.Optimizer)
	case c.GlobalDraws != 0 && c.Test == nil:
		return errors.Errorf("trainers: GlobalDraws %d without a Test set to evaluate", c.GlobalDraws)
	case !(c.ClipNorm >= 0):
		return errors.Errorf("trainers: ClipNorm %v, want 0 or more", c.ClipNorm)
	}
	return nil
}

func (c Config) batch() int {
	if c.Batch == 0 {
		return 100
	}
	return c.Batch
}

// pictures is an error where what is to be drawn is not given to the model.
func pictures(d data.Drawing, arrays []string) error {
	if d != data.Grey && !slices.Contains(arrays, "x") {
		return errors.Errorf("trainers: Binarize draws the array x, and the model is given %v", arrays)
	}
	return nil
}

// given returns the arrays of a set that the model is given: all, unless named.
func given(set *data.Set, names []string) ([]string, error) {
	for i, name := range names {
		if set.Cols(name) == 0 {
			return nil, errors.Errorf("trainers: no array %s in the data, which have %v", name, set.Names())
		}
		if slices.Contains(names[:i], name) {
			return nil, errors.Errorf("trainers: Arrays names %s twice", name)
		}
	}
	if names == nil {
		names = set.Names()
	}
	return names, nil
}

// trainer is a fit under way.
type trainer struct {
	Config
	test   *evaluator // nil without Config.Test
	result Result
}

func (t *trainer) epoch(ctx context.Context, runs *runner, batches *data.Batches, epoch int) error {
	if err := batches.Seek(epoch, 0); err != nil {
		return errors.WithMessage(err, "trainers")
	}
	start := t.Clock()
	var mean means
	for step := 1; batches.Next(); step++ {
		if err := t.step(ctx, runs, batches, &mean); err != nil {
			return errors.WithMessagef(err, "trainers: step %d (epoch %d)", t.result.Steps+1, epoch+1)
		}
		t.result.Steps++
		if t.Progress != nil {
			t.Progress(epoch+1, t.Epochs, step, batches.Count())
		}
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
	if t.OnEpoch != nil {
		return t.OnEpoch(e)
	}
	return nil
}

// step takes one training step, or leaves the parameters as they are.
func (t *trainer) step(ctx context.Context, runs *runner, batches *data.Batches, mean *means) error {
	p, err := runs.program(len(batches.Rows()))
	if err != nil {
		return err
	}
	if t.result.Steps == 0 {
		if err := t.scheduled(runs, p); err != nil {
			return err
		}
	}
	if err := runs.feed(p, batches, t.Schedules, t.result.Steps); err != nil {
		return err
	}
	if err := p.Run(ctx, graph.Key{Seed: t.Seed, Step: uint32(t.result.Steps)}); err != nil {
		return err
	}
	err = mean.add(p, len(batches.Rows()))
	if err == nil {
		err = runs.update.Step(p)
	}
	return placed(err, t.result.Steps+1, batches.Rows())
}

// scheduled is an error if a schedule is of no input of the model, neither in
// training nor on the test set.
func (t *trainer) scheduled(runs *runner, p *graph.Program) error {
	inputs := runs.own(p)
	err := idle(t.Schedules, inputs)
	if err == nil || t.test == nil {
		return err
	}
	if p, err = t.test.runs.program(min(t.batch(), t.Test.Len())); err != nil {
		return err
	}
	return idle(t.Schedules, append(inputs, t.test.runs.own(p)...))
}
