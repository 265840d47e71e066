package mcmc

import (
	"context"
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// Posterior is what Sample has drawn.
type Posterior struct {
	Chains, Draws int            // Draws of each chain
	Transitions   [][]Transition // of the draws that were kept, [chains][draws]
	StepSize      []float64      // of each chain, after the warm-up
	InverseMass   [][]float64    // of each chain: the diagonal, or row by row; by the reals that stand for the latents, in the order of Names
	Leapfrogs     int            // steps taken in all, with the warm-up

	vars   []variable
	values map[string][]float64
	depth  int // the largest that NUTS allows
}

// Transition reports on one draw.
type Transition struct {
	LogP      float64 // log density of the reals that stand for the latents
	Energy    float64 // −LogP and the kinetic energy of the momentum
	Accept    float64 // mean acceptance of the points of the trajectory; with HMC of its end
	StepSize  float64
	Steps     int  // leapfrog steps
	Depth     int  // of the tree of NUTS; 0 with HMC
	Divergent bool // the energy rose by more than 1000: the draw is near a place that the step size is too large for
}

type stats = Transition

// posterior gathers the draws that every chain has; nil if there are none.
func (s *sampler) posterior(ctx context.Context, derived func(*vi.Record) map[string]*graph.Node) (*Posterior, error) {
	n := s.Config.Draws
	for _, c := range s.chains {
		n = min(n, len(c.trace))
	}
	if n == 0 {
		return nil, nil
	}
	p := &Posterior{Chains: s.Config.Chains, Draws: n, values: map[string][]float64{}}
	for _, c := range s.chains {
		p.Transitions = append(p.Transitions, c.trace[:n])
		p.StepSize = append(p.StepSize, c.step)
		p.InverseMass = append(p.InverseMass, slices.Clone(c.metric.inverse))
		for _, ts := range [][]stats{c.warm, c.trace} {
			for _, t := range ts {
				p.Leapfrogs += t.Steps
			}
		}
	}
	if k, ok := s.Kernel.(NUTS); ok {
		p.depth = k.depth()
	}
	lanes := min(64, p.Chains*n)
	program, vars, err := s.target.values(lanes, derived)
	if err != nil {
		return nil, err
	}
	p.vars = vars
	for _, v := range vars {
		p.values[v.name] = make([]float64, p.Chains*n*graph.Size(v.shape))
	}
	q := make([]float64, lanes*s.dim)
	for from := 0; from < p.Chains*n; from += lanes {
		many := min(lanes, p.Chains*n-from)
		for i := range many {
			c, d := (from+i)/n, (from+i)%n
			copy(q[i*s.dim:(i+1)*s.dim], s.chains[c].positions[d*s.dim:])
		}
		if err := graph.Feed(program, position, q); err != nil {
			return nil, errors.WithMessage(err, "mcmc")
		}
		if err := program.Run(ctx, graph.Key{}); err != nil {
			return nil, errors.WithMessage(err, "mcmc")
		}
		for _, v := range vars {
			all, err := program.Value("mcmc/value/" + v.name)
			if err != nil {
				return nil, errors.WithMessage(err, "mcmc")
			}
			size := graph.Size(v.shape)
			copy(p.values[v.name][from*size:], all[:many*size])
		}
	}
	return p, nil
}

// Names returns the latents in the order drawn, and then what was derived.
func (p *Posterior) Names() []string {
	p.notNil()
	var names []string
	for _, v := range p.vars {
		names = append(names, v.name)
	}
	return names
}

// Shape returns the shape of one draw of a latent: [B, event…], of a global
// [lead…, event]; nil for an unknown name.
func (p *Posterior) Shape(name string) []int {
	p.notNil()
	for _, v := range p.vars {
		if v.name == name {
			return slices.Clone(v.shape)
		}
	}
	return nil
}

// Values returns the draws of a latent, on the scale of its law: [chains, draws,
// shape…] in row-major order; nil for an unknown name. It may not be changed.
func (p *Posterior) Values(name string) []float64 {
	p.notNil()
	return p.values[name]
}

// Series returns the draws of one element of a latent, in row-major order of its
// shape: [chains][draws]. It panics if there is none.
func (p *Posterior) Series(name string, element int) [][]float64 {
	p.notNil()
	all, size := p.values[name], graph.Size(p.Shape(name))
	if all == nil || element < 0 || element >= size {
		panic(fmt.Sprintf("mcmc: no element %d of %s; there are %v, %s of shape %v", element, name, p.Names(), name, p.Shape(name)))
	}
	out := make([][]float64, p.Chains)
	for c := range out {
		out[c] = make([]float64, p.Draws)
		for d := range out[c] {
			out[c][d] = all[(c*p.Draws+d)*size+element]
		}
	}
	return out
}

// Divergence is where a trajectory went astray.
type Divergence struct{ Chain, Draw int }

// Divergences returns the draws whose trajectory diverged. The draw itself, which
// Series has, lies near the place where it did: draws that crowd somewhere show
// which part of the posterior the sampler does not get into.
func (p *Posterior) Divergences() []Divergence {
	p.notNil()
	var out []Divergence
	for c, ts := range p.Transitions {
		for d, t := range ts {
			if t.Divergent {
				out = append(out, Divergence{c, d})
			}
		}
	}
	return out
}

func (p *Posterior) notNil() {
	if p == nil {
		panic("mcmc: the Posterior is nil, want one of Sample")
	}
}
