package vi

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// Evidence estimates log p(x) by importance sampling from the guide,
//
//	log p(x) ≈ L̂ = log (1/K) Σ_k p(x,z_k)/q(z_k|x)
//
// It is the value of IWAE for judging a model, with no costs. Its expectation
// lies below log p(x), by about half the variance of L̂, and no number of rows
// makes that less. The delete-a-group jackknife says how much it is: with L̂₋g
// made without the draws of group g, one of G = min(K, 50) groups of m_g draws,
// and h_g = K/m_g,
//
//	bias = Σ_g (1 − 1/h_g)(L̂₋g − L̂)
//	variance = (1/G) Σ_g (bias − (h_g − 1)(L̂₋g − L̂))²/(h_g − 1)
//
// (Busing, Meijer and van der Leeden, Statistics and Computing 9, 1999). Terms,
// means over the rows: "evidence"; "bias" and "variance", of each row's L̂; and
// "ess", the effective number of draws. EvidenceInterval makes an interval of
// them.
//
// The draws are made Chunk at a time and what is kept of them has the size of
// the groups: memory does not grow with K. The first draws are the same for any
// K and Chunk. Estimate.Record is of the last chunk.
type Evidence struct {
	K         int      // draws for each datum, 2 or more; 0 means 50
	Chunk     int      // draws at once, rounded up to a multiple of 50; 0 means 50
	Enumerate []string // as in Config
}

var _ Objective = Evidence{}

// RowEvidence is what importance sampling says of every row: [B] each.
type RowEvidence struct {
	LogP   *graph.Node // L̂
	StdErr *graph.Node // the square root of its variance over the draws
	Bias   *graph.Node // E L̂ − log p(x), below 0 mostly
	ESS    *graph.Node // effective number of draws
}

// Estimate implements Objective.
func (o Evidence) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	rows, r := o.PerRow(s, m, d)
	e := &Estimate{PerRow: rows.LogP, Value: graph.Mean(rows.LogP), Record: r}
	e.Terms = map[string]*graph.Node{
		"evidence": e.Value,
		"bias":     graph.Mean(rows.Bias),
		"variance": graph.Mean(rows.StdErr.Square()),
		"ess":      graph.Mean(rows.ESS),
	}
	return e
}

// EvidenceInterval returns a 95 % interval of the mean of log p(x) over some
// rows, given the terms of Evidence: evidence − bias, within
//
//	1.96·√(variance/rows + bias²)
//
// as the bias is known no better than to its own size. That of forty rows of a
// Gaussian model covers .93 to .98 for guides off by ½ to 1 standard deviation
// in 1 to 16 dimensions and 10 to 500 draws, where evidence ± 1.96·√(variance/
// rows) falls to .02. Below a guide much narrower than the posterior, whose
// weights have no variance, and for a single row, nothing covers.
func EvidenceInterval(terms map[string]float64, rows int) (lo, hi float64) {
	bias := terms["bias"]
	centre := terms["evidence"] - bias
	r := 1.96 * math.Sqrt(terms["variance"]/float64(rows)+bias*bias)
	return centre - r, centre + r
}

// evidenceGroups is the most groups of draws that are left out in turn.
const evidenceGroups = 50

// PerRow returns the estimates of every row, and the record of the last chunk.
func (o Evidence) PerRow(s *graph.Scope, m Model, d Data) (RowEvidence, *Record) {
	if o.K == 0 {
		o.K = evidenceGroups
	}
	switch {
	case o.K < 2:
		graph.Fail("vi: Evidence of %d draws, want 2 or more for a standard error", o.K)
	case o.Chunk < 0:
		graph.Fail("vi: Evidence of %d draws at once, want 1 or more, or 0", o.Chunk)
	}
	chunk := min(roundUp(min(max(o.Chunk, 1), o.K), evidenceGroups), o.K)
	passes := (o.K-1)/chunk + 1
	if passes > 1 {
		s = door.Passes(s, passes).(*graph.Scope)
	}
	r := trace(s, m, d, Config{K: chunk, Enumerate: o.Enumerate})
	if g := r.globals(); len(g) > 0 {
		graph.Fail("vi: Evidence of a model with the global site %s: p(x) is not a product over the rows: use trainers.Evidence", g[0].Name)
	}
	if len(r.observed()) == 0 {
		graph.Fail("vi: Evidence of a model without an observed site; its sites are %v", r.names(nil))
	}
	return r.evidence(o.K, passes > 1), r
}

// Evidence returns log p(x) of every row by importance sampling with the run's
// draws, of which there must be 2 or more.
func (r *Record) Evidence() RowEvidence {
	r.alive()
	if r.K < 2 {
		graph.Fail("vi: evidence by %d draws, want 2 or more for a standard error", r.K)
	}
	return r.evidence(r.K, false)
}

// GlobalLogWeight returns the logarithm of the weight of the run's draw θ of the globals,
// for importance sampling from the guide where rows share globals, in two parts:
//
//	log w = log p(θ) − log q(θ) + Σ_i log (1/K) Σ_k p(x_i, z_ik|θ)/q(z_ik|x_i, θ)
//
// what the rows share, a scalar, and the summand of each row, [B]. The expectation
// of w, the rows being those of the whole data set, is p(data): trainers.Evidence
// takes its mean. A global that is drawn from its prior has the weight 1, one that
// is given the weight p(θ).
func (r *Record) GlobalLogWeight() (shared, rows *graph.Node) {
	r.alive()
	shared = r.Scope.Const(0)
	for _, s := range r.sites {
		switch {
		case !s.Global || s.isPart() || s.P == nil:
		case s.Value == nil:
			graph.Fail("vi: the weight %s has no draw to weigh, as its noise is Local: set its estimator to Single", s.Name)
		case s.Observed:
			shared = shared.Add(s.LogP)
		case s.Q != nil:
			shared = shared.Add(s.LogP).Sub(s.LogQ)
		}
	}
	return shared, logSum(r.summed(), 0).Shift(-math.Log(float64(r.K)))
}

// evidence is that of k draws in all, the run's or those of all passes. Weights
// are kept relative to the largest so far, M: the sums S_g = Σ w/e^M of each
// group and Q = Σ (w/e^M)².
func (r *Record) evidence(k int, passes bool) RowEvidence {
	w, s := r.summed(), r.Scope.In("evidence")
	groups := min(k, evidenceGroups)
	if n := roundUp(r.K, groups); n > r.K {
		w = graph.Pad(w, 0, 0, n-r.K)
	}
	n := w.Shape()[0]
	index := make([]float64, n) // of each draw; those of the padding are past all draws
	for i := range index {
		if index[i] = float64(i); i >= r.K {
			index[i] = math.Inf(1)
		}
	}
	at := s.Tensor(index, n, 1)
	if passes {
		first := door.Carry(s, "first", 0)
		door.HandOn(s, first, first.Shift(float64(r.K)))
		at = at.Add(first)
	}
	if passes || n > r.K {
		counts := graph.BroadcastTo(at.Lt(s.Const(float64(k))), n, r.Rows)
		w = graph.Where(counts, w, s.Const(math.Inf(-1)))
	}
	const least = -1e30 // below any weight but 0, and no infinity to subtract
	top := graph.Max(graph.MaxOver(w, 0), s.Const(least))
	var before, sums0, squares0 *graph.Node
	if passes {
		before = door.Carry(s, "top", least, r.Rows)
		sums0, squares0 = door.Carry(s, "sums", 0, groups, r.Rows), door.Carry(s, "squares", 0, r.Rows)
		top = graph.Max(top, before)
	}
	u := graph.Exp(w.Sub(graph.ExpandDims(top, 0)))
	sums := graph.Sum(graph.Reshape(u, n/groups, groups, r.Rows), 0)
	squares := graph.Sum(u.Square(), 0)
	if passes {
		fade := graph.Exp(before.Sub(top))
		sums = sums.Add(sums0.Mul(graph.ExpandDims(fade, 0)))
		squares = squares.Add(squares0.Mul(fade.Square()))
		door.HandOn(s, before, top)
		door.HandOn(s, sums0, sums)
		door.HandOn(s, squares0, squares)
	}
	return jackknife(s, k, top, sums, squares)
}

// jackknife makes the estimates from the sums of the groups, [G, B], relative to
// the exponential of top, [B].
func jackknife(s *graph.Scope, k int, top, sums, squares *graph.Node) RowEvidence {
	g := sums.Shape()[0]
	others := slices.Repeat([]float64{1}, g*g)
	log, keep, part, inverse := make([]float64, g), make([]float64, g), make([]float64, g), make([]float64, g)
	for i := range g {
		others[i*g+i] = 0
		size := float64((k - i + g - 1) / g) // of the draws i, i+g, …
		h := float64(k) / size
		log[i], keep[i], part[i], inverse[i] = math.Log(float64(k)-size), 1-1/h, h-1, 1/((h-1)*float64(g))
	}
	column := func(v []float64) *graph.Node { return s.Tensor(v, g, 1) }
	all := graph.Sum(sums, 0)
	mean := graph.Log(all).Shift(-math.Log(float64(k)))
	without := graph.Log(graph.MatMul(s.Tensor(others, g, g), sums)).Sub(column(log))
	off := without.Sub(graph.ExpandDims(mean, 0)) // L̂₋g − L̂
	bias := graph.Sum(off.Mul(column(keep)), 0)
	apart := graph.ExpandDims(bias, 0).Sub(off.Mul(column(part)))
	return RowEvidence{
		LogP: top.Add(mean), Bias: bias,
		StdErr: graph.Sqrt(graph.Sum(apart.Square().Mul(column(inverse)), 0)),
		ESS:    all.Square().Div(squares),
	}
}

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }
