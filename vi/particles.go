package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// particles is the family of bounds that average importance weights,
//
//	L = E (1/β) log (1/K) Σ_k w_k^β,  w_k = p(x,z_k)/q(z_k|x),
//
// K draws for each datum. Globals stay outside the logarithm; enumerations of
// the guide too, as E_q(y) L(y).
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

	e := &Estimate{Terms: map[string]*graph.Node{}, Record: r}
	e.Rows = r.perRow(p.mean(r.LogWeights()))
	plain := graph.Mean(r.perRow(r.LogWeights()))
	for _, t := range r.shared(Auto, sticks) {
		e.Terms[t.name] = t.node
		e.Rows = graph.Sub(e.Rows, t.node)
		plain = graph.Sub(plain, t.node)
	}
	e.Value = graph.Mean(e.Rows)
	e.Terms["elbo"] = plain
	e.Terms["ess"] = graph.Mean(r.perRow(EffectiveSampleSize(r.LogWeights(), len(r.enum))))
	b := &bound{r: r, of: p.of, value: e.Value, lower: p.lower, draws: r.K, full: p.full}
	b.without = func() *graph.Node {
		rows := p.mean(others(r.LogWeights(), len(r.enum))) // [E…, K, 1, B]
		sh := rows.Shape()
		return p.spread(r, graph.Reshape(rows, slices.Delete([]int(sh), len(r.enum)+1, len(r.enum)+2)...))
	}
	b.scores = func(global bool) *graph.Node { return p.scores(r, global) }
	// (1−β) + β·w̃
	b.twice = graph.StopGrad(graph.Shift(graph.Scale(p.normalised(r), p.beta), 1-p.beta))
	e.Costs = b.costs()
	return e
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
		if s.Enumerated && s.Q != nil && s.LogQ.Shape()[len(r.enum)] != 1 {
			graph.Fail("vi: site %s: %s averages the draws inside the logarithm, and the guide's enumeration depends on the draw; draw %s before the other latents, or leave it out of the guide to sum it out of the joint", s.Name, p.of, s.Name)
		}
	}
	if dreg != "" && other != "" {
		graph.Fail("vi: site %s: under %s, DReG needs every latent of a datum to be DReG, or summed out by the joint; %s is not; use vi.Pathwise", dreg, p.of, other)
	}
}

// LogWeights returns log w = Σ log p − Σ log q of every draw and datum, [E…, K,
// B], with the globals left out and what only the joint enumerates summed out.
// Estimators that drop the score have log q constant in it.
func (r *Record) LogWeights() *graph.Node {
	r.alive()
	total, among := r.summedOut()
	add := func(x *graph.Node) {
		if total == nil {
			total = x
		} else {
			total = graph.Add(total, x)
		}
	}
	for _, s := range r.sites {
		if !s.Global && !among[s] && (s.Observed || s.Q != nil) {
			add(s.LogP)
		}
	}
	if total == nil {
		total = r.Scope.Tensor([]float64{0}, ones(len(r.enum)+2)...)
	}
	for _, s := range r.latents() {
		if !s.Global && s.Q != nil {
			total = graph.Sub(total, sticks(s))
		}
	}
	return r.wide(total)
}

// mean returns (1/β) log mean_k exp(β·log w), the axis of draws kept as 1.
func (p particles) mean(logw *graph.Node) *graph.Node {
	a := len(logw.Shape()) - 2
	k := logw.Shape()[a]
	l := graph.LogSumExp(graph.Scale(logw, p.beta), a)
	return graph.ExpandDims(graph.Scale(graph.Shift(l, -logOf(k)), 1/p.beta), a)
}

// normalised returns w̃ ∝ w^β, which add up to 1 over the draws: [E…, K, B].
func (p particles) normalised(r *Record) *graph.Node {
	logw := graph.Scale(r.LogWeights(), p.beta)
	a := len(r.enum)
	return graph.Exp(graph.Sub(logw, graph.ExpandDims(graph.LogSumExp(logw, a), a)))
}

// spread gives every draw the whole of a row: [E…, K, B].
func (p particles) spread(r *Record, rows *graph.Node) *graph.Node {
	return graph.Scale(r.weighted(r.wide(rows)), 1/float64(r.Rows))
}

func (p particles) full(r *Record, _ *Site) *graph.Node { return p.spread(r, p.mean(r.LogWeights())) }

// scores returns the scores that sites which stick leave out of the weights,
// each with the derivative of the bound by it, a scalar.
func (p particles) scores(r *Record, global bool) *graph.Node {
	var sum []*graph.Node
	for _, s := range r.latents() {
		switch {
		case !s.sticky() || s.Global != global:
		case s.Global:
			sum = append(sum, graph.Scale(s.LogQ, 1/float64(r.Total)))
		default:
			w := graph.StopGrad(r.weighted(p.normalised(r)))
			sum = append(sum, graph.Scale(graph.Sum(graph.Mul(w, s.LogQ)), 1/float64(r.Rows)))
		}
	}
	return graph.AddN(sum...)
}

// others replaces the weight of draw k by the mean of the other draws', for
// every k: [E…, K, B] to [E…, K, K, B], with k first.
func others(logw *graph.Node, axis int) *graph.Node {
	k := logw.Shape()[axis]
	if k < 2 {
		graph.Fail("vi: a baseline from the other draws needs K of 2 or more, not %d", k)
	}
	mean := graph.Scale(graph.Sub(graph.ExpandDims(graph.Sum(logw, axis), axis), logw), 1/float64(k-1))
	own := make([]float64, k*k)
	for i := range k {
		own[i*k+i] = 1
	}
	shape := append(ones(axis), k, k, 1)
	wide := append([]int(logw.Shape()[:axis:axis]), k, k, logw.Shape()[axis+1])
	mask := graph.BroadcastTo(graph.Tensor(own, shape...), wide...)
	return graph.Where(mask, graph.BroadcastTo(graph.ExpandDims(mean, axis+1), wide...), graph.BroadcastTo(graph.ExpandDims(logw, axis), wide...))
}
