package mcmc

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// SandwichConfig says how log p(x) is bounded from both sides.
type SandwichConfig struct {
	Rows      map[string][]int // the shape of a row of each array of data
	Guide     bool             // go from the model's guide; else from the prior
	Chains    int              // of each datum; 0 means 16
	Steps     int              // T; 0 means 1000, and 1 is importance sampling
	Leapfrogs int              // of each transition; 0 means 10
	StepSize  float64          // of leapfrogs to begin with; 0 means .1
	Accept    float64          // mean acceptance that they are tuned to; 0 means .65
	Batch     int              // data at once; 0 means 100, or all if they are fewer
	Seed      uint64

	// Latents are a draw of the posterior of each datum, [rows, event…] by site, for the
	// upper bounds; nil for none.
	Latents map[string][]float64
}

// Bounds are the bounds on the log evidence of one datum. The expectation of Lower
// lies below log p(x), those of the others above it.
type Bounds struct {
	Lower      float64 // log mean w of the forward chains
	Upper      float64 // −log mean 1/w of the reverse chains; NaN without Latents
	UpperMixed float64 // log mean w of a reverse chain and all forward ones but one; NaN without Latents
	Accept     float64 // mean acceptance of the forward chains; NaN for T of 1
}

// Sandwich bounds log p(x) of each datum by annealed importance sampling, forward and
// reverse, along
//
//	π_t ∝ q(z|x)^(1−β_t)·p(x,z)^β_t,  0 = β_0 < … < β_T = 1
//	log w = Σ_t (β_t − β_{t−1})·log p(x,z_{t−1})/q(z_{t−1}|x)
//
// with q the guide, or the prior, and z_t by a transition of HMC that leaves π_t as it is
// (Neal, Statistics and Computing 11, 2001; the β_t are a sigmoid's, as Wu, Burda,
// Salakhutdinov and Grosse, arXiv 1611.04273, have them). Forward chains begin at draws of
// q; E w is p(x). Reverse chains begin at a draw of the posterior, Latents, and go the same
// way back; E 1/w is 1/p(x) (bidirectional Monte Carlo; Grosse, Ghahramani and Adams,
// arXiv 1511.02543). A draw of the posterior is known where the data were simulated
// with it from the joint. With draws of anything else, such as those of Sample, the
// upper bounds are none strictly. UpperMixed is that of importance sampling with a draw
// of the posterior among K for T of 1, and of independent chains for more (Brekelmans, Huang,
// Ghassemi, Ver Steeg, Grosse and Makhzani, arXiv 2303.06992).
//
// Step sizes of each datum and t are tuned in a run before that has noise of its own, since
// a transition that depends on its chain would leave nothing as it is. A datum takes
// (Leapfrogs + 1)·(T − 1) gradients a chain in each of two runs, of three with Latents. data
// are [rows, row…] by name. Discrete latents are refused: sum them out of the joint.
func Sandwich(ctx context.Context, params *graph.Params, model RowModel, data map[string][]float64, c SandwichConfig) ([]Bounds, error) {
	if ctx == nil {
		return nil, errors.New("mcmc: the context is nil")
	}
	if params == nil || model == nil {
		return nil, errors.New("mcmc: Sandwich without Params or without a model")
	}
	for _, n := range []struct {
		name string
		is   *int
		zero int
	}{{"Chains", &c.Chains, 16}, {"Steps", &c.Steps, 1000}, {"Leapfrogs", &c.Leapfrogs, 10}, {"Batch", &c.Batch, 100}} {
		if *n.is < 0 || *n.is > 1<<20 {
			return nil, errors.Errorf("mcmc: Sandwich of %s %d, want 1 to %d, or 0 for %d", n.name, *n.is, 1<<20, n.zero)
		}
		*n.is = cmp.Or(*n.is, n.zero)
	}
	c.StepSize, c.Accept = cmp.Or(c.StepSize, .1), cmp.Or(c.Accept, .65)
	switch {
	case !(c.StepSize > 0 && c.StepSize < maxStep):
		return nil, errors.Errorf("mcmc: Sandwich of StepSize %v, want a number above 0, or 0 for .1", c.StepSize)
	case !(c.Accept > 0 && c.Accept < 1):
		return nil, errors.Errorf("mcmc: Sandwich of Accept %v, want a number between 0 and 1, or 0 for .65", c.Accept)
	}
	t, err := rowTarget(params, model, c.Rows)
	if err != nil {
		return nil, err
	}
	if len(t.space.Enumerated) > 0 {
		return nil, errors.Errorf("mcmc: Sandwich of a joint with the discrete latents %v: sum them out in it", t.space.Enumerated)
	}
	rows := 0
	for i, name := range t.names {
		if rows == 0 {
			rows = len(data[name]) / max(1, graph.Size(t.rows[i]))
		}
	}
	if rows == 0 {
		return nil, errors.Errorf("mcmc: Sandwich of no data; Rows are of %v", t.names)
	}
	if err := checkRows(t, data, rows); err != nil {
		return nil, err
	}
	ends, err := t.freed(ctx, c.Latents, rows)
	if err != nil {
		return nil, err
	}
	a, err := newAnnealer(t, c, min(c.Batch, rows))
	if err != nil {
		return nil, err
	}
	var out []Bounds
	for from := 0; from < rows; from += a.batch {
		if err := a.take(data, from, rows); err != nil {
			return nil, err
		}
		bounds, err := a.bounds(ctx, ends)
		if err != nil {
			return nil, interruption(ctx, err)
		}
		out = append(out, bounds[:min(a.batch, rows-from)]...)
	}
	return out, nil
}

// freed returns the reals of latents given by value, [rows, D]; nil if there are none.
func (t *target) freed(ctx context.Context, values map[string][]float64, rows int) ([]float64, error) {
	if values == nil {
		return nil, nil
	}
	for _, name := range sorted(values) {
		if !slices.Contains(t.siteNames(), name) {
			return nil, errors.Errorf("mcmc: Latents has %s, which is no continuous latent; they are %v", name, t.siteNames())
		}
	}
	for _, site := range t.space.Sites {
		if want := rows * graph.Size(site.Shape); len(values[site.Name]) != want {
			return nil, errors.Errorf("mcmc: Latents has %d numbers for %s, want %d for %d rows of shape %v", len(values[site.Name]), site.Name, want, rows, site.Shape[1:])
		}
	}
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		var us []*graph.Node
		for _, site := range t.space.Sites {
			v := s.In("mcmc/value").Input(site.Name, append([]int{rows}, site.Shape[1:]...)...)
			us = append(us, graph.Reshape(prob.Constrain(site.Support).Inverse(v), rows, site.Size()))
		}
		s.Output(position, graph.Concat(1, us...))
	})
	if err != nil {
		return nil, errors.WithMessage(err, "mcmc: Latents")
	}
	for _, site := range t.space.Sites {
		if err := graph.Feed(p, "mcmc/value/"+site.Name, values[site.Name]); err != nil {
			return nil, errors.WithMessage(err, "mcmc: Latents")
		}
	}
	if err := p.Run(ctx, graph.Key{}); err != nil {
		return nil, interruption(ctx, errors.WithMessage(err, "mcmc: Latents"))
	}
	u, err := p.Value(position)
	if err == nil && !finite(u) {
		err = errors.New("mcmc: Latents has a value outside of the support of its law")
	}
	return u, err
}

// first builds the program of draws of the guide or the prior of one datum, [K, D].
func (t *target) first(k int, guide bool) (*graph.Program, error) {
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		m, d := t.model(s, 0, nil)
		if !guide {
			m.Guide = nil
		} else if m.Guide == nil {
			graph.Fail("mcmc: SandwichConfig.Guide, and the model has no guide")
		}
		r := vi.Run(s.In("mcmc"), m, d, vi.Config{K: k})
		var us []*graph.Node
		for _, site := range t.space.Sites {
			us = append(us, graph.Reshape(prob.Constrain(site.Support).Inverse(r.Site(site.Name).Value), k, site.Size()))
		}
		s.Output(position, graph.Concat(1, us...))
	})
	return p, errors.WithMessage(err, "mcmc: Sandwich")
}

// gap is the output of log p/q.
const gap = "mcmc/gap"

// path builds the program of the density between q and p at k points, β being an
// input: its logarithm [K], that of p/q [K] and the gradient [K, D].
func (t *target) path(k int, guide bool) (*graph.Program, error) {
	p, err := graph.Build(t.params, func(s *graph.Scope) {
		pt := point{k: k, with: map[*graph.Node]*graph.Node{}}
		m, d := t.model(s, k, pt.with)
		given := vi.Data{}
		for name, x := range d {
			given[name] = x
		}
		all, det := s.Input(position, k, t.space.Size), s.Const(0)
		for _, site := range t.space.Sites {
			u := s.In("mcmc/site").Input(site.Name, site.Free...)
			pt.u = append(pt.u, u)
			pt.with[u] = graph.Reshape(graph.Cols(all, site.From, site.From+site.Size()), append([]int{k}, site.Free...)...)
			b := prob.Constrain(site.Support)
			given[site.Name], det = b.Forward(u), det.Add(graph.Sum(b.LogDet(u)))
		}
		if !guide {
			m.Guide = nil
		}
		p, q := s.Const(0), s.Const(0)
		for _, site := range vi.Run(s.In("mcmc"), m, given, vi.Config{}).Sites() {
			p = p.Add(graph.Sum(site.LogP))
			switch latent := slices.Contains(t.siteNames(), site.Name); {
			case guide && site.LogQ != nil:
				q = q.Add(graph.Sum(site.LogQ))
			case !guide && latent:
				q = q.Add(graph.Sum(site.LogP))
			}
		}
		beta := s.Input("mcmc/beta")
		ratio := p.Sub(q)
		l := q.Add(det).Add(beta.Mul(ratio))
		t.deterministic(l, pt.with, beta)
		wide := pt.over(append([]*graph.Node{l, ratio}, graph.Grad(l, pt.u)...)...)
		var g []*graph.Node
		for _, n := range wide[2:] {
			g = append(g, graph.Reshape(n, k, -1))
		}
		s.Output(logp, wide[0])
		s.Output(gap, wide[1])
		s.Output(gradient, graph.Concat(1, g...))
	})
	return p, errors.WithMessage(err, "mcmc: Sandwich")
}

// logMean is the logarithm of the mean of exponentials.
func logMean(x []float64) float64 {
	top := slices.Max(x)
	if math.IsInf(top, -1) || math.IsNaN(top) {
		return top
	}
	sum := 0.
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum/float64(len(x)))
}
