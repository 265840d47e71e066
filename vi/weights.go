package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// logWeight returns the log probabilities Σ log q(y|…) of the values that the
// guide's enumerations go through, [E…, K or 1, B or 1]; nil if there are none.
func (r *Record) logWeight() *graph.Node {
	var logq []*graph.Node
	for _, s := range r.sites {
		if s.Enumerated && s.Q != nil {
			logq = append(logq, s.logChance())
		}
	}
	if logq == nil {
		return nil
	}
	return graph.AddN(logq...)
}

// logChance returns the log probabilities of the values of an enumerated site, or
// where it has some of them their log weights, whose derivative is that of log q.
func (s *Site) logChance() *graph.Node {
	if s.logWeight == nil {
		return s.LogQ
	}
	return possible(s.logWeight, s.logWeight.Add(s.LogQ.Sub(graph.StopGrad(s.LogQ))))
}

// weight returns the probabilities themselves; nil if there are none.
func (r *Record) weight() *graph.Node {
	logq := r.logWeight()
	if logq == nil {
		return nil
	}
	return graph.Exp(logq)
}

// weighted multiplies a score by the weights of the enumerations.
func (r *Record) weighted(x *graph.Node) *graph.Node {
	if w := r.weight(); w != nil {
		return expect(w, x)
	}
	return x
}

// expect returns w·x, and 0 with no derivative by x where the weight is 0:
// what cannot happen counts nothing, though its score be infinite.
func expect(w, x *graph.Node) *graph.Node {
	never := w.Eq(graph.Const(0))
	return w.Mul(graph.Where(never, graph.Const(0), x))
}

// perRow returns the expectation of a score over the guide's enumerations and
// its mean over the draws: [B].
func (r *Record) perRow(x *graph.Node) *graph.Node { return r.meanDraws(r.weighted(x)) }

// term is a summand of a bound: [E…, K or 1, B or 1].
type term struct {
	site string // whose divergence it is; "" if it is none
	node *graph.Node
	kl   bool  // part of the divergences, and so negative in the bound
	draw *Site // whose log q at its draw is in it; nil if none
}

// addTo adds the term to a sum: of a divergence −β times itself. No β is 1.
func (t term) addTo(sum, beta *graph.Node) *graph.Node {
	if t.kl {
		return sum.Sub(times(t.node, beta))
	}
	return sum.Add(t.node)
}

// times returns x·β; no β is 1.
func times(x, beta *graph.Node) *graph.Node {
	if beta == nil {
		return x
	}
	return x.Mul(beta)
}

// constant returns a score that is a everywhere, [1…, 1, 1].
func (r *Record) constant(a float64) *graph.Node { return r.Scope.Tensor([]float64{a}, r.one()...) }

// sum adds terms up: [E…, K, B].
func (r *Record) sum(ts []term, beta *graph.Node) *graph.Node {
	sum := r.constant(0)
	for _, t := range ts {
		sum = t.addTo(sum, beta)
	}
	return r.wide(sum)
}

// factors returns the summands of log w that belong to single data, Σ log p −
// Σ log q, without log q of what the guide enumerates. Where an estimator among
// the latents drops the score, log q is constant; of no latents it is live.
func (r *Record) factors(ls latents) []term {
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
			ts = append(ts, term{node: ls.guideScore(s), kl: true})
		}
	}
	return ts
}

// LogWeights returns log w = Σ log p − Σ log q of every draw and datum, [E…, K,
// B], with the globals left out and what only the joint enumerates summed out.
// A value that the guide enumerates and never draws has −Inf. Its derivatives
// are those of the model, whatever estimator an objective has.
func (r *Record) LogWeights() *graph.Node {
	r.alive()
	return r.logWeights(nil)
}

func (r *Record) logWeights(ls latents) *graph.Node {
	w := r.sum(r.factors(ls), nil)
	if q := r.logWeight(); q != nil {
		w = possible(q, w.Sub(q))
	}
	return w
}

// possible returns x, and −Inf with no derivative where the log probability q,
// which has no axis that x has not, is −Inf.
func possible(q, x *graph.Node) *graph.Node {
	q = graph.BroadcastTo(q, x.Shape()...)
	never := q.Eq(graph.Const(math.Inf(-1)))
	return graph.Where(never, graph.Const(math.Inf(-1)), x)
}

// summedOut sorts the scores of the joint into those that depend on a site
// which only the joint enumerates, added up and summed over its values as
// log Σ exp, and says of each site whether it was among them.
func (r *Record) summedOut() (total *graph.Node, among map[*Site]bool) {
	var scores []*graph.Node
	among = map[*Site]bool{}
	for _, s := range r.sites {
		if s.Global || !s.summed() && r.summedIn(s.LogP.Shape()) == "" {
			continue
		}
		if among[s] = true; !s.prior || s.Enumerated {
			scores = append(scores, s.LogP)
		}
	}
	if scores == nil {
		return nil, nil
	}
	return r.logSumSummed(graph.AddN(scores...)), among
}

// jointScore returns Σ log p of all local sites, what only the joint enumerates
// summed out: [E…, K, B].
func (r *Record) jointScore() *graph.Node {
	var scores []*graph.Node
	out, among := r.summedOut()
	if out != nil {
		scores = append(scores, out)
	}
	for _, s := range r.sites {
		if !s.Global && !among[s] {
			scores = append(scores, s.LogP)
		}
	}
	return r.wide(graph.AddN(scores...))
}

// summed returns log weights [K, B] with the guide's enumerations added up,
// log Σ q·w.
func (r *Record) summed() *graph.Node { return particles{beta: 1}.powers(r, nil, nil) }

// logSum returns log Σ exp over axes, [the others], measured from the largest,
// so that its derivative, the normalised weights, keeps its digits where the
// logs are large.
func logSum(x *graph.Node, axes ...int) *graph.Node {
	top := largest(x, axes...)
	rest := graph.LogSumExp(x.Sub(top), axes...)
	return graph.Reshape(top, rest.Shape()...).Add(rest)
}

// largest returns the maximum over axes, which it keeps as 1, as a finite
// constant.
func largest(x *graph.Node, axes ...int) *graph.Node {
	top := graph.Clamp(graph.MaxOver(x, axes...), -math.MaxFloat32, math.MaxFloat32)
	keep := x.Shape()
	for _, a := range axes {
		if a < 0 {
			a += len(keep)
		}
		keep[a] = 1
	}
	return graph.StopGrad(graph.Reshape(top, keep...))
}

// EffectiveSampleSize returns (Σw)²/Σw² over an axis of log weights, which it
// keeps as 1 (Kong, 1992): between 1 and the number of draws, 0 where no draw
// has a weight.
func EffectiveSampleSize(logw *graph.Node, axis int) *graph.Node {
	w := graph.Exp(logw.Sub(largest(logw, axis)))
	square := graph.Max(graph.Sum(w.Square(), axis), graph.Const(1)) // one weight is 1
	return graph.ExpandDims(graph.Sum(w, axis).Square().Div(square), axis)
}
