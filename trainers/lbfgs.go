package trainers

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/optimize"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// LBFGS says how to fit by the limited-memory method of Broyden, Fletcher,
// Goldfarb and Shanno (Nocedal, 1980), with the line search of package
// gonum.org/v1/gonum/optimize, which asks for the strong Wolfe conditions. It is
// for models of few thousand parameters on data that fit into a pass: it converges
// to many digits where Fit goes on to wander. The zero values are usable.
//
// The method wants a function, so nothing may change between two looks at it.
// It is the mean of the bound over all batches of epoch 0, by their rows, with the
// noise of the first step of training, each row its own, drawn once and for all:
// what is found is the maximum for those draws, near that of the bound itself if
// there are many rows or draws. The gradient must be that of this function:
// estimates that hold a node, as those of scores do, are refused. Float64 is
// better: with float32 the search ends by rounding, at some 1e-3 of the optimum.
type LBFGS struct {
	Params    *graph.Params       // to train; nil means new float32 ones of this Seed
	Seed      uint64              // of the noise
	Schedules map[string]Schedule // of the model's own scalar inputs, taken at step 0

	Iterations int     // at most; 0 means 100
	Memory     int     // steps that the curvature is taken from; 0 means 10
	Tolerance  float64 // it ends where no derivative of the bound is larger; 0 means 1e-5

	OnEpoch func(Epoch) error // called after every iteration; an error ends the fit, Stop without being one
}

func (c LBFGS) check() error {
	if c.Iterations < 0 || c.Memory < 0 || !(c.Tolerance >= 0) {
		return errors.Errorf("LBFGS of Iterations %d, Memory %d and Tolerance %v: want none below 0", c.Iterations, c.Memory, c.Tolerance)
	}
	return meaningful(c.Schedules)
}

// Fit maximises the model's bound on all of the batches. An iteration is an Epoch
// of the Result, and each batch that was run, however often, one of its Steps. It
// ends at a gradient of the Tolerance, after the Iterations, or where rounding
// hides what a step would gain; and by errors, Stop and ctx as Fit does, with the
// parameters of the last iteration. States are written once, at the end.
func (c LBFGS) Fit(ctx context.Context, m Bound, all data.Batches) (Result, error) {
	switch {
	case m == nil:
		return Result{}, errors.New("trainers: no model")
	case ctx == nil:
		return Result{}, errNoContext
	case op.Nil(all):
		return Result{}, errors.New("trainers: no training data")
	}
	if err := c.check(); err != nil {
		return Result{}, errors.WithMessage(err, "trainers")
	}
	if c.Params == nil {
		c.Params = &graph.Params{Seed: c.Seed}
	}
	release, err := reserve(c.Params)
	if err != nil {
		return Result{}, err
	}
	defer release()
	s := &search{LBFGS: c, ctx: ctx, result: Result{Params: c.Params}, began: time.Now()}
	u := NewUpdater(c.Params, UpdateConfig{})
	s.runs = &runner{params: c.Params, batches: all, update: u, declare: func(g *graph.Scope, d vi.Data) {
		e := m.outputs(g, d)
		for _, cost := range e.Costs {
			if len(cost.Hold) > 0 {
				graph.Fail("trainers: the cost %s takes nodes as constant, so that its gradient is not that of the bound, which L-BFGS wants: use Fit", cost.Name)
			}
		}
		u.Declare(g, e)
	}}
	err = s.run()
	if errors.Is(err, Stop) {
		err = nil
	}
	return s.result, interruption(ctx, errors.WithMessage(err, "trainers: L-BFGS"))
}

// run goes from the parameters to the optimum.
func (s *search) run() error {
	if err := s.start(); err != nil {
		return err
	}
	first := optimize.Location{F: s.value, Gradient: slices.Clone(s.grad)}
	_, err := optimize.Minimize(optimize.Problem{
		Func:   func(x []float64) float64 { s.look(x); return s.value },
		Grad:   func(grad, x []float64) { s.look(x); copy(grad, s.grad) },
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, s.err },
	}, s.x, &optimize.Settings{InitValues: &first, Recorder: s, Converger: optimize.NeverTerminate{}},
		&optimize.LBFGS{Store: cmp.Or(s.Memory, 10), GradStopThreshold: math.NaN()})
	switch err {
	case errFound:
		err = nil
	case optimize.ErrLinesearcherFailure, optimize.ErrLinesearcherBound, optimize.ErrNoProgress, optimize.ErrNonDescentDirection:
		if err = nil; len(s.result.Epochs) == 0 {
			err = errors.New("no step along the gradient raises the bound: the estimate's gradient is not that of its value, or its derivatives are hidden by rounding; try float64, a larger Tolerance, or Fit")
		}
	}
	done := err == nil || errors.Is(err, Stop)
	if last := s.finish(done); done && last != nil {
		err = last
	}
	return err
}

// errFound ends a search.
var errFound = errors.New("found")

// Init implements optimize.Recorder.
func (s *search) Init() error { return nil }

// Record implements optimize.Recorder: it notes what an iteration came to and
// ends the search.
func (s *search) Record(at *optimize.Location, what optimize.Operation, _ *optimize.Stats) error {
	if what != optimize.MajorIteration {
		return nil
	}
	s.look(at.X) // where the search has just been
	if s.err != nil {
		return s.err
	}
	copy(s.x, at.X)
	if s.iterations++; s.iterations > 1 { // the first is where it starts
		e := Epoch{Epoch: s.iterations - 1, Train: s.terms, Seconds: time.Since(s.began).Seconds()}
		s.began = time.Now()
		s.result.Epochs = append(s.result.Epochs, e)
		if s.OnEpoch != nil {
			if err := s.put(s.x); err != nil {
				return err
			}
			if err := s.OnEpoch(e); err != nil {
				return err
			}
		}
	}
	largest := 0.
	for _, g := range s.grad {
		largest = max(largest, math.Abs(g))
	}
	if largest <= cmp.Or(s.Tolerance, 1e-5) || s.iterations > cmp.Or(s.Iterations, 100) {
		return errFound
	}
	return nil
}
