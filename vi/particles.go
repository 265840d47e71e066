package vi

import (
	"math"
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
	r := run(s, m, d, c)
	r.observes(p.of)
	r.choose(p.of)
	p.fits(r)

	parts := particleParts{p, r, r.shared(Auto, sticks)}
	e := &Estimate{Terms: map[string]*graph.Node{}, Record: r}
	e.Rows = graph.Reshape(p.mean(p.powers(r, nil)), r.Rows)
	plain := graph.Mean(r.perRow(r.LogWeights()))
	for _, t := range parts.shared {
		e.Terms[t.name] = t.node
		e.Rows = e.Rows.Sub(t.node)
		plain = plain.Sub(t.node)
	}
	e.Value = graph.Mean(e.Rows)
	e.Terms["elbo"] = plain
	e.Terms["ess"] = graph.Mean(EffectiveSampleSize(r.summed(), 0))
	b := &bound{r: r, of: p.of, value: e.Value, lower: p.lower, parts: parts}
	for _, s := range r.latents() {
		if _, ok := s.estimator.(DReG); ok { // (1−β) + β·w̃
			b.twice = graph.StopGrad(p.normalised(r).Scale(p.beta).Shift(1 - p.beta))
		}
	}
	if p.of == chi {
		if m.Guide == nil {
			return e
		}
		b.guide = parts.guide()
	}
	e.Costs = b.costs()
	return e
}

// oneDraw says what becomes of the objectives that mean nothing with one draw of
// a latent.
var oneDraw = map[objective]string{
	chi:        "is the ELBO, which lies below log p(x)",
	renyi:      "is the ELBO whatever its order, which is vi.ELBO",
	reweighted: "has the weight 1 and trains the guide by noise of mean 0",
}

// fits refuses what the weights cannot be made of.
func (p particles) fits(r *Record) {
	dreg, other := "", ""
	for _, s := range r.latents() {
		switch s.estimator.(type) {
		case Local:
		case DReG:
			dreg = s.Name
		default:
			if !s.Global && !(s.Enumerated && s.Q == nil) {
				other = s.Name
			}
		}
		if why := oneDraw[p.of]; why != "" && r.K < 2 && !s.Enumerated && !s.Global && (s.Q != nil || p.of != reweighted) {
			graph.Fail("vi: %s of 1 draw %s; want K of 2 or more", p.of, why)
		}
	}
	if dreg != "" && other != "" {
		graph.Fail("vi: site %s: under %s, DReG needs every latent of a datum to be DReG, or summed out by the joint; %s is not; use vi.Pathwise", dreg, p.of, other)
	}
}

// factors returns the summands of log w that belong to single data, Σ log p −
// Σ log q, without log q of what the guide enumerates.
func (r *Record) factors() []term {
	var ts []term
	out, among := r.summedOut()
	if out != nil {
		ts = append(ts, term{node: out})
	}
	for _, s := range r.sites {
		if !s.Global && !among[s] && (s.Observed || s.Q != nil) {
			ts = append(ts, term{node: s.LogP})
		}
		if !s.Global && !s.Observed && !s.Enumerated && s.Q != nil {
			ts = append(ts, term{node: sticks(s), kl: true})
		}
	}
	return ts
}

// product returns the logarithm of a product of factors, [E…, K, B].
func (r *Record) product(ts []term) *graph.Node {
	sum := r.Scope.Tensor([]float64{0}, ones(len(r.enum)+2)...)
	for _, t := range ts {
		if t.kl {
			sum = sum.Sub(t.node)
		} else {
			sum = sum.Add(t.node)
		}
	}
	return r.wide(sum)
}

// LogWeights returns log w = Σ log p − Σ log q of every draw and datum, [E…, K,
// B], with the globals left out and what only the joint enumerates summed out.
// A value that the guide enumerates and never draws has −Inf. Estimators that
// drop the score have log q constant in it.
func (r *Record) LogWeights() *graph.Node {
	r.alive()
	w := r.product(r.factors())
	if q := r.logWeight(); q != nil {
		w = possible(q, w, w.Sub(q))
	}
	return w
}

// possible returns x, and −Inf with no derivative where the log probability q
// is −Inf. Of the shape of wide.
func possible(q, wide, x *graph.Node) *graph.Node {
	q = graph.BroadcastTo(q, wide.Shape()...)
	never := q.Eq(graph.Const(math.Inf(-1)))
	return graph.Where(never, graph.Const(math.Inf(-1)), x)
}

// powers returns log Σ_y q(y)·w(y)^β of every draw and datum, [K, B]. With a
// site it leaves out the factors that neither depend on its draw nor differ
// between the draws and the enumerated values; nil if none depends on it.
func (p particles) powers(r *Record, s *Site) *graph.Node {
	ts, q := r.factors(), r.logWeight()
	if s != nil {
		below, depends := r.dependence(), false
		if q != nil {
			depends = below.On(q, s.Value)
		}
		ts = slices.DeleteFunc(ts, func(t term) bool {
			on := below.On(t.node, s.Value)
			depends = depends || on
			sh := t.node.Shape()
			return !on && graph.Size(sh[:len(sh)-1]) == 1
		})
		if !depends {
			return nil
		}
	}
	x := r.product(ts).Scale(p.beta)
	if q != nil {
		wide := x
		if p.beta != 1 {
			x = x.Add(q.Scale(1 - p.beta))
		}
		x = possible(q, wide, x)
	}
	if axes := r.enumerations(); len(axes) > 0 {
		x = logSum(x, axes...)
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
func (p particles) normalised(r *Record) *graph.Node {
	x := r.product(r.factors()).Scale(p.beta)
	if q := r.logWeight(); q != nil {
		x = possible(q, x, x.Add(q.Scale(1-p.beta)))
	}
	axes := append(r.enumerations(), len(r.enum))
	w := graph.Exp(x.Sub(largest(x, axes...)))
	total := graph.Sum(w, axes...) // 1 or more, as one weight is
	return w.Div(graph.Reshape(graph.Max(total, graph.Const(1)), append(ones(len(axes)), r.Rows)...))
}
