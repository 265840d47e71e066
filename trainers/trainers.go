package trainers

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Bound builds the estimate for a batch whose arrays are d, each [B, …] with the
// shape of its rows; of a data.Join, Part takes the arrays of one set. It is
// called once for each batch size, in training and in evaluation; s.Training()
// tells which. It may declare scalar inputs of its own, such as the weight of a
// divergence, if Config.Schedules feeds them.
type Bound func(s *graph.Scope, d vi.Data) *vi.Estimate

// Part returns the arrays of one part of a data.Join, by the names that they have
// there: of "labelled/x" in part labelled, x. A part that is not there aborts the
// build.
func Part(d vi.Data, name string) vi.Data {
	part := vi.Data{}
	for array, n := range d {
		if own, ok := strings.CutPrefix(array, name+"/"); ok {
			part[own] = n
		}
	}
	if len(part) == 0 {
		graph.Fail("trainers: no part %s in the data %v", name, slices.Sorted(maps.Keys(d)))
	}
	return part
}

// Config says how to fit. The zero values are usable unless said otherwise. Which
// data, in which batches and order, is the matter of data.Batches.
type Config struct {
	Params *graph.Params // to train; nil means new float32 ones of this Seed
	Epochs int           // passes over the data; at least 1
	Seed   uint64        // of the noise

	Optimizer Optimizer // as in UpdateConfig, as are ClipNorm, Rate, Groups and Average
	ClipNorm  float64
	Rate      Schedule
	Groups    []Group
	Average   *Average
	Plateau   *Plateau // likewise; it observes Epoch.Test, or Epoch.Train without a Test, of epochs without WarmUp

	// Accumulate is the number of batches for one update, by the mean of their
	// gradients, weighted by the rows of the first array: as one batch of all
	// their rows, but in less memory. The last update of an epoch is of the
	// batches that are left. Rate counts updates, Schedules and Steps count
	// batches. 0 means 1.
	Accumulate int

	// Schedules are of the model's own scalar inputs, by the step; evaluation
	// takes the value of the step reached. A name that no input has is an error.
	Schedules map[string]Schedule

	Test data.Batches // evaluated after every epoch, epoch 0 of it, as Evaluate does; nil means never

	// Initialise gives parameters the first values that their layers take from
	// data (graph.BuildInitialising), here from the first batch, before the first
	// step: such as of layers.Config.WeightNorm. A model without any is refused.
	// Parameters that are trained already start anew: leave it out to go on.
	Initialise bool

	GlobalDraws int // of that evaluation, as in EvalConfig

	// Watch are told of every epoch before OnEpoch is, in this order, and may end
	// the fit: such as EarlyStopping, Cliff and Convergence.
	Watch []Watcher

	// SkipNotFinite is the number of steps in a row, within an epoch, that are left
	// out where their bound, gradient or update is not finite: parameters and
	// states stay as they are, and OnStep is told; Epoch.NotFinite is their share.
	// One more ends the fit. 0 means that the first does.
	SkipNotFinite int

	OnEpoch func(Epoch) error // called after every epoch; an error ends the fit, Stop without being one
	OnStep  func(Step) error  // called after every step; likewise
	Clock   func() time.Time  // for Epoch.Seconds; nil means time.Now

	// Checkpoint keeps what the run is in a folder. If there is a checkpoint, Fit
	// goes on from it, and comes to what it would have come to without a break, bit
	// for bit: parameters, averages, metrics, order of the batches and noise. The
	// data must go to any batch by Seek. Params get what the checkpoint has;
	// Initialise is left out then, and OnEpoch is told of the epochs that it has
	// not been told of. Epochs may be another number than it was, but for those
	// that are complete; other differences are an error that names the first, as
	// checkpoint.Config.Changed says. A run that has ended is not gone on with: its
	// Result is that of the checkpoint. nil means none.
	Checkpoint *checkpoint.Config
}

// Epoch reports on one pass over the data.
type Epoch struct {
	Epoch             int                // from 1
	Steps             int                // of the fit up to its end
	Train             map[string]float64 // means over the epoch of "bound" and of every term, nats per datum, batches weighted by their rows of the first array
	Test              map[string]float64 // likewise on Config.Test after the epoch
	Seconds           float64            // spent on training steps
	ExamplesPerSecond float64            // rows of the first array
	GradNorm          float64            // mean of the Euclidean norms of the gradients that the updates were made by, before ClipNorm
	NotFinite         float64            // share of its steps that were left out, as SkipNotFinite says
	WarmUp            bool               // an input of Config.Schedules had not come to where it will stay when the epoch began
	BackTo            int                // the epoch to whose parameters a Cliff went back before this one; 0 if none did
}

// Result is what a fit left.
type Result struct {
	Params  *graph.Params
	Average *graph.Params // of Config.Average; nil without
	Epochs  []Epoch       // the complete ones
	Steps   int           // taken, one for each batch
}

// Fit maximises the model's bound on the batches by stochastic gradient ascent.
//
// It ends early, without an error, when a function that it calls returns Stop.
// When ctx is done it stops between two operations and returns ErrInterrupted,
// which is also ctx's error, with the Result so far. A bound or a gradient that
// is not finite stops it with a *NotFinite, which names the value, site and row
// that its law cannot take, or else the operation that went wrong, unless
// SkipNotFinite or a Cliff says otherwise. In each case the parameters are those of
// the last update. Parameters that another Fit is training are refused.
func Fit(ctx context.Context, m Bound, train data.Batches, c Config) (Result, error) {
	if m == nil {
		return Result{}, errors.New("trainers: no model")
	}
	if ctx == nil {
		return Result{}, errNoContext
	}
	if err := c.check(train); err != nil {
		return Result{}, errors.WithMessage(err, "trainers")
	}
	t := &trainer{Config: c, result: Result{Params: c.Params}}
	if t.Params == nil {
		t.Params = &graph.Params{Seed: c.Seed}
		t.result.Params = t.Params
	}
	if t.Clock == nil {
		t.Clock = time.Now
	}
	release, err := reserve(t.Params)
	if err != nil {
		return Result{}, err
	}
	defer release()
	t.runs = &runner{params: t.Params, batches: train, update: NewUpdater(t.Params, c.updates())}
	if t.result.Average = t.runs.update.Average(); t.result.Average != nil {
		release, err := reserve(t.result.Average)
		if err != nil {
			return Result{}, err
		}
		defer release()
	}
	if c.Checkpoint != nil {
		if t.saves, err = newSaver(t.Config); err != nil {
			return Result{}, errors.WithMessage(err, "trainers")
		}
		defer t.saves.Close()
	}
	t.runs.declare = func(s *graph.Scope, d vi.Data) { t.runs.update.Declare(s, m.outputs(s, d)) }
	err = t.fit(ctx, m)
	if errors.Is(err, Stop) {
		err, t.at.stopped = nil, true
	}
	err = interruption(ctx, err)
	return t.result, t.saves.end(t, err)
}

// fitting has the *graph.Params that a Fit is training.
var fitting sync.Map

// reserve keeps other fits away from parameters until release.
func reserve(params *graph.Params) (release func(), err error) {
	if _, busy := fitting.LoadOrStore(params, true); busy {
		return nil, errors.New("trainers: another Fit is training these Params, or keeps its averages there: give each its own, or wait")
	}
	return func() { fitting.Delete(params) }, nil
}

func (c Config) updates() UpdateConfig {
	return UpdateConfig{Optimizer: c.Optimizer, ClipNorm: c.ClipNorm, Rate: c.Rate, Groups: c.Groups, Plateau: c.Plateau, Average: c.Average}
}

func (c Config) check(train data.Batches) error {
	switch {
	case op.Nil(train):
		return errors.New("no training data")
	case c.Epochs < 1:
		return errors.Errorf("Epochs %d, want 1 or more", c.Epochs)
	case c.Accumulate < 0:
		return errors.Errorf("Accumulate %d, want 1 or more, or 0", c.Accumulate)
	case c.Test != nil && data.Overlap(c.Test, train):
		return errors.New("Test is the very Batches that are trained on, or a part of them, which can be at one place only: make others")
	case c.SkipNotFinite < 0:
		return errors.Errorf("SkipNotFinite %d, want 0 or more", c.SkipNotFinite)
	case c.GlobalDraws != 0 && c.Test == nil:
		return errors.Errorf("GlobalDraws %d without a Test set to evaluate", c.GlobalDraws)
	}
	if err := meaningful(c.Schedules); err != nil {
		return err
	}
	if err := watchable(c); err != nil {
		return err
	}
	if c.Checkpoint != nil {
		if err := c.Checkpoint.Check(); err != nil {
			return err
		}
	}
	return c.updates().check(c.Params)
}
