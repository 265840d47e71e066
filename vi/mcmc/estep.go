package mcmc

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// RowModel declares a model of single data in a scope: d has one row of each array.
type RowModel func(s *graph.Scope, d vi.Data) vi.Model

// EStepConfig says how latents are drawn.
type EStepConfig struct {
	Rows        map[string][]int // the shape of a row of each array of data
	Batch       int              // number of data, at least 1
	Kernel      Kernel           // nil means HMC{Steps: 10}
	Transitions int              // of each chain in an E step; 0 means 1
	Accept      float64          // mean acceptance that the step size is tuned to; 0 means .9
	StepSize    float64          // to begin with; 0 means .1
	Seed        uint64
}

// EStep is the E step of Monte Carlo EM (Wei and Tanner, Journal of the American
// Statistical Association 85, 1990), with which Kingma and Welling, arXiv 1312.6114,
// compare: draws of the local latents of each datum from p(z|x), by a chain for each
// that goes on from E step to E step. The zero values of EStepConfig are those of
// that paper, ten leapfrog steps at an acceptance of 90%.
//
// The M step is any optimiser's: with the draws as data beside those that are
// observed, all sites have a value, and vi.ELBO of the joint without a guide is the
// mean over the data of
//
//	log p(x, z)
//
// whose gradient by the parameters is an unbiased estimate of that of Σ log p(x) when
// z is of the posterior. So no part of training has to know of chains; the example
// trains by a trainers.Updater.
//
// The step size is one for all data, since a chain takes few steps before the
// parameters have changed, and never ceases to be tuned: after each E step of mean
// acceptance ā, log ε ← log ε + ⅕(ā − Accept).
type EStep struct {
	s           *sampler
	values      *graph.Program
	vars        []variable
	transitions int
	accept      float64
	steps       int // E steps made
}

// NewEStep builds the programs of an E step for one size of batches. It refuses a
// joint with a global latent, which data share.
func NewEStep(params *graph.Params, model RowModel, c EStepConfig) (*EStep, error) {
	switch {
	case params == nil:
		return nil, errors.New("mcmc: an E step without Params: give it those that the M step trains")
	case model == nil:
		return nil, errors.New("mcmc: an E step without a model")
	case c.Batch < 1 || c.Batch > maxCount:
		return nil, errors.Errorf("mcmc: an E step for a Batch of %d data, want 1 to %d", c.Batch, maxCount)
	case c.Transitions < 0 || c.Transitions > maxCount:
		return nil, errors.Errorf("mcmc: an E step of %d Transitions, want 1 to %d, or 0 for 1", c.Transitions, maxCount)
	}
	e := &EStep{transitions: cmp.Or(c.Transitions, 1)}
	if c.Kernel == nil {
		c.Kernel = HMC{Steps: 10}
	}
	p, err := Config{
		Kernel: c.Kernel, Chains: c.Batch, Draws: e.transitions, Seed: c.Seed,
		Accept: cmp.Or(c.Accept, .9), StepSize: cmp.Or(c.StepSize, .1), Fixed: true,
	}.plan()
	if err != nil {
		return nil, err
	}
	t, err := rowTarget(params, model, c.Rows)
	if err != nil {
		return nil, err
	}
	e.accept = p.Accept
	if e.s, err = newSampler(context.Background(), t, p, nil); err != nil {
		return nil, err
	}
	e.values, e.vars, err = t.values(c.Batch, nil)
	return e, err
}

// rowTarget is the target of a model of single data.
func rowTarget(params *graph.Params, model RowModel, rows map[string][]int) (*target, error) {
	if len(rows) == 0 {
		return nil, errors.New("mcmc: no Rows: want the shape of a row of each array of data")
	}
	for _, name := range sorted(rows) {
		if len(rows[name]) == 0 || slices.Min(rows[name]) < 0 {
			return nil, errors.Errorf("mcmc: rows of %s of shape %v, want sizes with an event axis, such as [1]", name, rows[name])
		}
	}
	t, err := newTarget(params, 0, func(s *graph.Scope, own vi.Data) (vi.Model, vi.Data) { return model(s, own), own }, rows)
	if err != nil {
		return nil, err
	}
	for _, site := range t.space.Sites {
		if site.Global {
			return nil, errors.Errorf("mcmc: site %s is Global, and each datum has a chain of its own: make it a parameter, or sample all data together by Sample", site.Name)
		}
	}
	return t, nil
}

// Size returns the number of reals that stand for the latents of a datum.
func (e *EStep) Size() int {
	e.notNil()
	return e.s.dim
}

// StepSize returns the step size as tuned so far.
func (e *EStep) StepSize() float64 {
	e.notNil()
	return e.s.chains[0].step
}

// Draw goes on with the chain of each datum of a batch: data are [Batch, row…] by
// name, and u, [Batch, Size], is where the chains are, zeros to begin with, and
// where they are afterwards. It returns the mean acceptance. A caller that goes
// through more data than a batch keeps u for each datum. What is drawn is a function
// of the seed and of how many E steps there were before. An error leaves u as it was.
func (e *EStep) Draw(ctx context.Context, data map[string][]float64, u []float64) (accept float64, err error) {
	switch {
	case e == nil || e.s == nil:
		return 0, errNoEStep
	case ctx == nil:
		return 0, errors.New("mcmc: the context is nil")
	case len(u) != len(e.s.chains)*e.s.dim:
		return 0, errors.Errorf("mcmc: %d reals of %d chains, want %d for each", len(u), len(e.s.chains), e.s.dim)
	case !finite(u):
		return 0, errors.New("mcmc: a chain is at a point that is not finite")
	}
	s := e.s
	if err := checkRows(s.target, data, len(s.chains)); err != nil {
		return 0, err
	}
	if err := laneData(data).feed(s.program, 0, len(s.chains)); err != nil {
		return 0, errors.WithMessage(err, "mcmc")
	}
	s.own, s.lost = data, nil
	for i, c := range s.chains {
		s.starts[i] = u[i*s.dim : (i+1)*s.dim]
		c.trace, c.first, c.err = c.trace[:0], e.steps*e.transitions, nil
	}
	s.begin()
	defer s.stop()
	if err := s.run(ctx); err != nil {
		return 0, err
	}
	var all []float64
	for i, c := range s.chains {
		copy(u[i*s.dim:], c.now.q)
		for _, t := range c.trace {
			all = append(all, t.Accept)
		}
	}
	accept = stat.Mean(all, nil)
	step := e.StepSize() * math.Exp((accept-e.accept)/5)
	for _, c := range s.chains {
		c.step = step
	}
	e.steps++
	return accept, nil
}

var errNoEStep = errors.New("mcmc: the EStep is nil or zero, want one of NewEStep")

func (e *EStep) notNil() {
	if e == nil || e.s == nil {
		panic(errNoEStep.Error())
	}
}

// checkRows refuses data that are not the arrays of a batch.
func checkRows(t *target, data map[string][]float64, batch int) error {
	for _, name := range sorted(data) {
		i := slices.Index(t.names, name)
		if i < 0 {
			return errors.Errorf("mcmc: data %s have no shape among Rows, which are of %v", name, t.names)
		}
		if want := batch * graph.Size(t.rows[i]); len(data[name]) != want {
			return errors.Errorf("mcmc: %d numbers of data %s, want %d for %d rows of shape %v", len(data[name]), name, want, batch, t.rows[i])
		}
	}
	for _, name := range t.names {
		if _, ok := data[name]; !ok {
			return errors.Errorf("mcmc: no data %s", name)
		}
	}
	return nil
}

// Values returns the latents that stand at u, [Batch, event…] by name.
func (e *EStep) Values(ctx context.Context, u []float64) (map[string][]float64, error) {
	if e == nil || e.s == nil {
		return nil, errNoEStep
	}
	if ctx == nil {
		return nil, errors.New("mcmc: the context is nil")
	}
	if err := graph.Feed(e.values, position, u); err != nil {
		return nil, errors.WithMessage(err, "mcmc")
	}
	if err := e.values.Run(ctx, graph.Key{}); err != nil {
		return nil, interruption(ctx, errors.WithMessage(err, "mcmc"))
	}
	out := map[string][]float64{}
	for _, v := range e.vars {
		all, err := e.values.Value("mcmc/value/" + v.name)
		if err != nil {
			return nil, errors.WithMessage(err, "mcmc")
		}
		out[v.name] = all
	}
	return out, nil
}
