package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// particles is the family of bounds that average importance weights,
//
//	L = E (1/β) log (1/K) Σ_k Σ_y q(y)·w_k(y)^β,  w_k(y) = p(x,y,z_k)/(q(y)·q(z_k|y)),
//
// K draws for each datum, with the sum over what the guide enumerates inside the
// logarithm. Globals stay outside.
type particles struct {
	of    objective
	beta  float64
	lower bool
}

func (p particles) estimate(s *graph.Scope, m Model, d Data, c Config) *Estimate {
	r := trace(s, m, d, c)
	r.observes(p.of)
	ls := assign(r, p.of)
	p.fits(r, ls)

	e := newEstimate(r)
	b := weighted{p, r, ls, r.shared(ls, Auto)}
	e.PerRow = graph.Reshape(p.mean(p.powers(r, ls, nil)), r.Rows)
	plain := graph.Mean(r.perRow(r.logWeights(ls)))
	for _, t := range b.shared {
		if t.kl {
			e.divergence(t.site, t.node, t.draw != nil)
		}
		e.PerRow = t.addTo(e.PerRow, nil)
		plain = t.addTo(plain, nil)
	}
	e.Value = graph.Mean(e.PerRow)
	e.Terms["elbo"] = plain
	e.Terms["ess"] = graph.Mean(EffectiveSampleSize(r.summed(), 0))
	g := &gradient{r: r, latents: ls, name: p.of.name, value: e.Value, lower: p.lower, bound: b}
	if !p.lower { // its costs train the guide alone
		if m.Guide == nil {
			return e
		}
		g.guide = b.guide()
	}
	e.Costs = g.costs()
	return e
}

// fits refuses what the weights cannot be made of.
func (p particles) fits(r *Record, ls latents) {
	dreg, other, of := "", "", "a datum"
	if p.of.inside {
		of = "all data"
	}
	for _, l := range ls {
		switch {
		case l.scaled:
			dreg = l.Name
		case l.Global == p.of.inside && !l.summed():
			other = l.Name
		}
		if p.of.oneDraw != "" && r.K < 2 && !l.Enumerated && !l.Global {
			graph.Fail("vi: %s of 1 draw %s; want K of 2 or more", p.of.name, p.of.oneDraw)
		}
	}
	if dreg != "" && other != "" {
		graph.Fail("vi: site %s: under %s, DReG needs every latent of %s to be DReG, or summed out by the joint; %s is not; use vi.Pathwise", dreg, p.of.name, of, other)
	}
}

// powers returns log Σ_y q(y)·w(y)^β of every draw and datum, [K, B]. With a
// site it leaves out the factors that neither depend on its draw nor differ
// between the draws and the enumerated values; nil if none depends on it.
func (p particles) powers(r *Record, ls latents, s *Site) *graph.Node {
	ts := r.factors(ls)
	if s != nil {
		below, depends := r.dependence(), false
		if q := r.logWeight(); q != nil {
			depends = below.On(q, s.Value)
		}
		ts = slices.DeleteFunc(ts, func(t term) bool {
			on := below.On(t.node, s.Value)
			depends = depends || on
			return !on && !r.varies(t.node.Shape())
		})
		if !depends {
			return nil
		}
	}
	return r.logSumValues(p.exponents(r, ts))
}

// exponents returns log (q(y)·w^β) of every enumerated value, draw and datum,
// [E…, K, B], from terms that add up to log w but for −log q(y).
func (p particles) exponents(r *Record, ts []term) *graph.Node {
	x := r.sum(ts, nil).Scale(p.beta)
	if q := r.logWeight(); q != nil {
		if p.beta != 1 {
			x = x.Add(q.Scale(1 - p.beta))
		}
		x = possible(q, x)
	}
	return x
}

// mean returns (1/β) log mean_k exp of [K, B], the axis of draws kept as 1.
func (p particles) mean(powers *graph.Node) *graph.Node {
	a := len(powers.Shape()) - 2
	l := logSum(powers, a).Shift(-logOf(powers.Shape()[a]))
	return graph.ExpandDims(l.Scale(1/p.beta), a)
}

// normalised returns w̃ ∝ q·w^β, which add up to 1 over the enumerated values
// and the draws: [E…, K, B].
func (p particles) normalised(r *Record, ls latents) *graph.Node {
	return r.axes.normalised(p.exponents(r, r.factors(ls)))
}
