package mcmc

import (
	"context"
	"iter"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/mark"
)

// sampler runs chains, each a coroutine, on one program.
type sampler struct {
	*plan
	target  *target
	program *graph.Program
	own     laneData
	chains  []*chain
	next    []func() (struct{}, bool) // goes on with a chain until it needs a gradient
	stops   []func()
	ended   []bool

	q, logp, grad []float64 // of all chains
}

// laneData is what chains have of data of their own, [chains, row…] by name.
type laneData map[string][]float64

// feed gives a program of k lanes those from one on.
func (d laneData) feed(p *graph.Program, from, k int) error {
	for _, name := range sorted(d) {
		v := d[name]
		row := graph.Size(p.Shape("mcmc/lanes/"+name)) / k
		if err := graph.Feed(p, "mcmc/lanes/"+name, v[from*row:(from+k)*row]); err != nil {
			return err
		}
	}
	return nil
}

// maxNumbers is the most numbers that draws are kept in.
const maxNumbers = 1 << 30

func newSampler(ctx context.Context, t *target, p *plan, own laneData) (*sampler, error) {
	p.dim = t.space.Size
	if need := float64(p.Chains) * float64(p.dim) * float64(p.Draws); need > maxNumbers {
		return nil, errors.Errorf("mcmc: %d chains of %d draws of %d reals are %.3g numbers, more than %d: keep fewer draws, or sample several times", p.Chains, p.Draws, p.dim, need, maxNumbers)
	}
	program, err := t.density(p.Chains)
	if err != nil {
		return nil, err
	}
	if p.starts, err = t.starts(ctx, p.Start, p.Chains, p.Seed); err != nil {
		return nil, err
	}
	if err := own.feed(program, 0, p.Chains); err != nil {
		return nil, errors.WithMessage(err, "mcmc")
	}
	s := &sampler{plan: p, target: t, program: program, own: own}
	s.q, s.grad, s.logp = make([]float64, p.Chains*p.dim), make([]float64, p.Chains*p.dim), make([]float64, p.Chains)
	for i := range p.Chains {
		s.chains = append(s.chains, newChain(i, p))
	}
	s.begin()
	return s, nil
}

// begin makes the chains' coroutines.
func (s *sampler) begin() {
	s.next, s.stops, s.ended = nil, nil, make([]bool, len(s.chains))
	for _, c := range s.chains {
		next, stop := iter.Pull(c.run)
		s.next, s.stops = append(s.next, next), append(s.stops, stop)
	}
}

// stop ends the chains' coroutines.
func (s *sampler) stop() {
	for _, stop := range s.stops {
		stop()
	}
}

// run goes on until all chains have their draws.
func (s *sampler) run(ctx context.Context) error {
	for {
		on, err := s.advance(ctx)
		if err != nil {
			return interruption(ctx, err)
		}
		if !on {
			return nil
		}
	}
}

// advance brings every chain to where it needs a gradient, and computes those. It
// tells whether there is a chain that has not ended.
func (s *sampler) advance(ctx context.Context) (bool, error) {
	on := false
	for i, c := range s.chains {
		if s.ended[i] {
			continue
		}
		if _, more := s.next[i](); !more {
			s.ended[i] = true
			if c.err != nil {
				return false, s.told(ctx, c)
			}
			continue
		}
		copy(s.q[i*s.dim:], c.z.q)
		on = true
	}
	if !on {
		return false, nil
	}
	if err := graph.Feed(s.program, position, s.q); err != nil {
		return false, errors.WithMessage(err, "mcmc")
	}
	if err := s.program.Run(ctx, graph.Key{}); err != nil {
		return false, errors.WithMessage(err, "mcmc")
	}
	if err := graph.Read(s.program, logp, s.logp); err != nil {
		return false, errors.WithMessage(err, "mcmc")
	}
	if err := graph.Read(s.program, gradient, s.grad); err != nil {
		return false, errors.WithMessage(err, "mcmc")
	}
	for i, c := range s.chains {
		c.z.logp = s.logp[i]
		copy(c.z.g, s.grad[i*s.dim:])
	}
	return true, nil
}

// told adds to the error of a chain that found no start what is not finite there.
func (s *sampler) told(ctx context.Context, c *chain) error {
	if s.lost == nil {
		return c.err
	}
	return errors.Errorf("%v: %s at its first point; begin where it is finite (Start.Values), nearer to 0 (a smaller Start.Radius), or look at the data", c.err, s.target.explain(ctx, s.lost, s.own, c.id))
}

// interruption marks an error that comes of the end of ctx.
func interruption(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return mark.Error(err, ErrInterrupted)
	}
	return err
}
