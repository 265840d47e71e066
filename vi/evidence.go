package vi

import "github.com/latentgo/latent/graph"

// Evidence estimates log p(x) by importance sampling from the guide,
//
//	log p(x) ≈ log (1/K) Σ_k p(x,z_k)/q(z_k|x)
//
// It is the value of IWAE (whose expectation lies below log p(x)) for judging a
// model, with no costs. Terms, means over the rows: "evidence"; "variance", the
// square of each row's standard error by the delta method,
//
//	se² = (K/ESS − 1)/(K−1)
//
// so that the error of a mean over N rows is √(variance/N); and "ess".
type Evidence struct {
	K         int      // draws for each datum, 2 or more; 0 means 50
	Enumerate []string // as in Config
}

var _ Objective = Evidence{}

// Estimate implements Objective.
func (o Evidence) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	if o.K == 0 {
		o.K = 50
	}
	if o.K < 2 {
		graph.Fail("vi: Evidence of %d draws, want 2 or more for a standard error", o.K)
	}
	r := Run(s, m, d, Config{K: o.K, Enumerate: o.Enumerate})
	if g := r.globals(); len(g) > 0 {
		graph.Fail("vi: Evidence of a model with the global site %s: p(x) is not a product over the rows", g[0].Name)
	}
	if len(r.observed()) == 0 {
		graph.Fail("vi: Evidence of a model without an observed site; its sites are %v", r.names(nil))
	}
	logp, stderr := r.Evidence()
	e := &Estimate{Rows: logp, Value: graph.Mean(logp), Record: r}
	e.Terms = map[string]*graph.Node{
		"evidence": e.Value,
		"variance": graph.Mean(graph.Square(stderr)),
		"ess":      graph.Mean(EffectiveSampleSize(r.summed(), 0)),
	}
	return e
}

// Evidence returns log p(x) of every row by importance sampling with the run's
// draws, and its standard error by the delta method: [B] both.
func (r *Record) Evidence() (logp, stderr *graph.Node) {
	w := r.summed()
	logp = graph.Shift(graph.LogSumExp(w, 0), -logOf(r.K))
	over := graph.Shift(graph.Scale(graph.Recip(EffectiveSampleSize(w, 0)), float64(r.K)), -1) // K/ESS − 1
	over = graph.Reshape(graph.Max(over, graph.Const(0)), r.Rows)
	return logp, graph.Sqrt(graph.Scale(over, 1/float64(max(r.K-1, 1))))
}

// summed returns log weights [K, B] with the guide's enumerations added up,
// log Σ q·w.
func (r *Record) summed() *graph.Node { return particles{beta: 1}.powers(r, nil) }

// EffectiveSampleSize returns (Σw)²/Σw² over an axis of log weights, which it
// keeps as 1 (Kong, 1992): between 1 and the number of draws, 0 where no draw
// has a weight.
func EffectiveSampleSize(logw *graph.Node, axis int) *graph.Node {
	w := graph.Exp(graph.Sub(logw, largest(logw, axis)))
	square := graph.Max(graph.Sum(graph.Square(w), axis), graph.Const(1)) // one weight is 1
	return graph.ExpandDims(graph.Div(graph.Square(graph.Sum(w, axis)), square), axis)
}
