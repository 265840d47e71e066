package mcmc

import (
	"context"
	"maps"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/vi"
)

// Build declares a model in a scope, its parameters and its data, which are
// constants (Scope.Tensor) there. The guide is only used where Start asks for it.
type Build func(s *graph.Scope) (vi.Model, vi.Data)

// Config says how to sample. The zero values are usable.
type Config struct {
	Kernel Kernel // nil means NUTS{}
	Chains int    // 0 means 4
	Warmup int    // transitions of each chain that tune it and are not kept; 0 means 1000
	Draws  int    // of each chain; 0 means 1000
	Seed   uint64

	Accept   float64 // mean acceptance that the step size is tuned to; 0 means .8
	Mass     Mass    // adapted in the warm-up
	StepSize float64 // at the beginning of the warm-up, or for good where Fixed; 0 means to look for one
	Fixed    bool    // no warm-up: StepSize, which must be given, and a unit mass matrix

	Start Start // of the chains
	Rows  int   // number of data where the model has none; else 0 or their number

	// Derived returns what else is to be kept of each draw: nodes that are
	// functions of the latents. nil means nothing.
	Derived func(r *vi.Record) map[string]*graph.Node
}

// Kernel is how a chain goes from draw to draw: NUTS or HMC.
type Kernel interface {
	// transition replaces c.now by the next draw, from the point c.z of energy h0,
	// and tells whether the chain is to go on.
	transition(c *chain, h0 float64) bool
	check() error
}

var (
	_ Kernel = NUTS{}
	_ Kernel = HMC{}
)

// ErrInterrupted is found by errors.Is in what Sample returns when its context was
// done, beside the context's own error.
var ErrInterrupted = errors.New("mcmc: interrupted")

// Sample draws from the posterior of the latents of a model given its data, with
// the parameters as they are; nil params are new float64 ones. Float32 params work, as
// long as the log density, to its seventh digit, tells what a step changes.
//
// When ctx is done it returns ErrInterrupted, which is also ctx's error, with the
// draws that every chain has by then; nil if there are none.
func Sample(ctx context.Context, params *graph.Params, build Build, c Config) (*Posterior, error) {
	if ctx == nil {
		return nil, errors.New("mcmc: the context is nil")
	}
	if build == nil {
		return nil, errors.New("mcmc: no model: Build is nil")
	}
	p, err := c.plan()
	if err != nil {
		return nil, err
	}
	if params == nil {
		params = &graph.Params{Dtype: graph.Float64}
	}
	t, err := newTarget(params, c.Rows, func(s *graph.Scope, _ vi.Data) (vi.Model, vi.Data) { return build(s) }, nil)
	if err != nil {
		return nil, err
	}
	s, err := newSampler(ctx, t, p, nil)
	if err != nil {
		return nil, interruption(ctx, err)
	}
	defer s.stop()
	run := s.run(ctx)
	if run != nil && !errors.Is(run, ErrInterrupted) {
		return nil, run
	}
	post, err := s.posterior(context.WithoutCancel(ctx), c.Derived)
	if err != nil {
		return nil, err
	}
	return post, run
}

// plan is a Config without its zero values, and what chains have to know besides.
type plan struct {
	Config
	dim    int
	starts [][]float64
	radius float64
	lost   []float64 // where a chain found no start
}

func (c Config) plan() (*plan, error) {
	for _, n := range []struct {
		name string
		is   *int
		zero int
	}{{"Chains", &c.Chains, 4}, {"Warmup", &c.Warmup, 1000}, {"Draws", &c.Draws, 1000}, {"Rows", &c.Rows, 0}} {
		if *n.is < 0 || *n.is > maxCount {
			return nil, errors.Errorf("mcmc: %s is %d, want 1 to %d, or 0 for the default", n.name, *n.is, maxCount)
		}
		if *n.is == 0 {
			*n.is = n.zero
		}
	}
	if c.Kernel == nil {
		c.Kernel = NUTS{}
	}
	if op.Nil(c.Kernel) {
		return nil, errors.Errorf("mcmc: Kernel is a nil %T", c.Kernel)
	}
	if k, ok := c.Kernel.(*NUTS); ok {
		c.Kernel = *k
	}
	if c.Accept == 0 {
		c.Accept = .8
	}
	if c.Fixed {
		c.Warmup, c.Mass = 0, Unit
	}
	switch {
	case !(c.Accept > 0 && c.Accept < 1):
		return nil, errors.Errorf("mcmc: Accept %v, want a number between 0 and 1, or 0 for .8", c.Accept)
	case c.Mass > Unit:
		return nil, errors.Errorf("mcmc: Mass %d, want Diagonal, Dense or Unit", c.Mass)
	case !(c.StepSize >= 0 && c.StepSize < maxStep):
		return nil, errors.Errorf("mcmc: StepSize %v, want a number above 0, or 0 to look for one", c.StepSize)
	case c.Fixed && c.StepSize == 0:
		return nil, errors.New("mcmc: Fixed without a StepSize: give one, or leave Fixed out and have it tuned")
	}
	if err := c.Kernel.check(); err != nil {
		return nil, err
	}
	if err := c.Start.check(c.Chains); err != nil {
		return nil, err
	}
	return &plan{Config: c, radius: c.Start.radius()}, nil
}

const (
	maxCount = 1 << 24 // of chains, transitions and rows
	maxStep  = 1e100
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
