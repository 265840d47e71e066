package vi

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
)

// TVO is the thermodynamic variational objective, a left Riemann sum of
//
//	log p(x) = ∫₀¹ E_β[log w] dβ,  π_β ∝ q^(1−β)·p^β,  w = p(x,z)/q(z|x)
//
// at the points 0 = β₀ < β₁ < … < 1,
//
//	L = Σ_i (β_{i+1} − β_i)·m_i,  m_i = Σ_k w̃_k·log w_k,  w̃ ∝ w^β_i
//
// of K draws of the guide for all points (Masrani, Le and Wood, arXiv 1907.00031). At
// β₀ alone it is ELBO. The integral of the m_β of some draws is the value of IWAE of them, so
// that the expectation of L lies below that and below log p(x) at any K; the term "upper",
// the right sum, lies above that of IWAE.
//
// All values are held, and the gradient is that by covariances,
//
//	∂E_β[log w] = E_β[∂log w] + Cov_β(log w, ∂(β·log p + (1−β)·log q))
//
// both by the same weights. By the parameters of the joint it is unbiased for the
// expectation of L, by those of the guide biased at finite K. It needs K ≥ 2, and no run
// besides that of the draws. Terms: "elbo", "ess" (at β = 1) and "upper".
type TVO struct {
	K         int       // draws for each datum, 2 or more
	Points    []float64 // β₁, β₂, …, rising between 0 and 1; nil means .1
	Enumerate []string  // as in Config: sites of the joint that the guide does not have
}

var _ Objective = TVO{}

// Estimate implements Objective.
func (o TVO) Estimate(s *graph.Scope, m Model, d Data) *Estimate {
	if o.Points == nil {
		o.Points = []float64{.1}
	}
	points := slices.Concat([]float64{0}, o.Points, []float64{1})
	for i, b := range points[1:] {
		if !(b > points[i]) || math.IsNaN(b) {
			graph.Fail("vi: TVO with the points %v, want numbers that rise between 0 and 1", o.Points)
		}
	}
	r := trace(s, m, d, Config{K: o.K, Enumerate: o.Enumerate, Estimator: asDrawn{}})
	r.observes(thermodynamic)
	ls := assign(r, thermodynamic)
	particles{of: thermodynamic, beta: 1}.fits(r, ls)
	if r.logWeight() != nil {
		graph.Fail("vi: TVO draws what the guide has; leave the enumerated sites %v out of the guide to sum them out of the joint", r.enumerated())
	}
	logw := r.summed() // [K, B]
	held := graph.StopGrad(logw)
	lower, upper := zeros(r), zeros(r)
	var byJoint, byGuide []*graph.Node
	for i, beta := range points {
		w := graph.BroadcastTo(s.Const(1/float64(r.K)), r.K, r.Rows)
		if beta > 0 { // 0·−Inf is no number
			w = graph.StopGrad(graph.Transpose(graph.Softmax(graph.Transpose(held.Scale(beta), 1, 0)), 1, 0))
		}
		mean := graph.Sum(expect(w, logw), 0)
		if i > 0 {
			upper = upper.Add(mean.Scale(beta - points[i-1]))
		}
		if beta == 1 {
			break
		}
		step := points[i+1] - beta
		lower = lower.Add(mean.Scale(step))
		off := expect(w, held.Sub(graph.ExpandDims(mean, 0))).Scale(step)
		byJoint = append(byJoint, w.Scale(step).Add(off.Scale(beta)))
		byGuide = append(byGuide, off.Scale(1-beta).Sub(w.Scale(step)))
	}
	e := &Estimate{Record: r, PerRow: lower, Value: graph.Mean(lower), Terms: map[string]*graph.Node{
		"elbo": graph.Mean(r.perRow(r.LogWeights())), "ess": graph.Mean(EffectiveSampleSize(logw, 0)), "upper": graph.Mean(upper),
	}}
	cost := func(by []*graph.Node, score *graph.Node) *graph.Node {
		return graph.Sum(r.ofRows(graph.StopGrad(graph.AddN(by...))).Mul(score)).Scale(-1 / float64(r.Rows))
	}
	e.Costs = []Cost{{Name: "tvo joint", Node: cost(byJoint, r.jointScore()), Hold: ls.held()}}
	for _, l := range ls {
		if l.Q != nil {
			e.Costs = append(e.Costs, Cost{Name: "tvo guide/" + l.Name, Node: cost(byGuide, l.LogQ), Hold: ls.held()})
		}
	}
	return e
}
