package vi

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// ARMS is the score-function estimator of a prob.Bernoulli latent whose K draws of a datum
// are antithetic among one another, n at a time,
//
//	∂E[f]/∂l_i ≈ 1/(n−1) Σ_k (f(b_k) − f̄)·(b_ki − p_i)/(1−ρ_i)
//
// with ρ_i the correlation of two draws of element i (Dimitriev and Zhou, arXiv
// 2105.14141). The uniform numbers (1−D_k)^(n−1) have the copula of a uniform
// D on the simplex, from below where p ≤ ½ and from above elsewhere, for which with
// m = min(p, 1−p)
//
//	1/(1−ρ) = p(1−p)/(m − max(0, 2·m^(1/(n−1)) − 1)^(n−1))
//
// For n = 2 it is DisARM, with no run but that of the draws. It needs K ≥ 2 draws from
// one law: a site whose law depends on an earlier draw of the datum takes DisARM.
//
// A prob.OneHot latent is the tree of bits that it is for DisARM. Of two draws of which one
// alone visits a bit, that one has the derivative as there, without ρ; the estimate is
// the mean over all pairs. (CARMS of the same authors, arXiv 2110.14002, draws classes by
// one number each and divides by the chances of pairs.)
type ARMS struct {
	Group int // n, draws that are antithetic among one another, a divisor of K: 2 makes K/2 pairs; 0 means all
}

func (e ARMS) describe() estimator {
	return estimator{name: "ARMS", needs: signals | averages | countable | density | several | relaxable, held: true, draw: e.draw, costs: e.costs}
}

// group returns n.
func (e ARMS) group(r *Record, site string) int {
	switch {
	case e.Group == 0:
		return r.K
	case e.Group < 2 || r.K%e.Group != 0:
		graph.Fail("vi: site %s: ARMS with groups of %d of %d draws, want 2 or more that divide them, or 0 for all", site, e.Group, r.K)
	}
	return e.Group
}

func (e ARMS) draw(r *Record, site string, d prob.Dist) *graph.Node {
	logits := bitLogits(site, d)
	if l := r.padded(logits, 1); l.Shape()[r.drawAxis()] > 1 {
		graph.Fail("vi: site %s: ARMS couples draws of one law, and that of %s differs between the draws, as it depends on an earlier one; use vi.DisARM", site, site)
	}
	n := e.group(r, site)
	if n < 2 {
		return drawPair(r, site, d) // which is refused afterwards
	}
	u := r.splitDraws(uniform(r, site, eventOf(logits)), n)
	at := r.drawAxis() + 1
	// 1 − D of each draw: the stick that is left, of which each breaks off its part.
	var rest []*graph.Node
	left := graph.BroadcastTo(r.Scope.Const(1), graph.Slice(u, at, 0, 1).Shape()...)
	for i := range n {
		if i == n-1 {
			rest = append(rest, left.Neg().Shift(1))
			break
		}
		next := left.Mul(root(graph.Log(graph.Slice(u, at, i, i+1)), n-1-i))
		rest = append(rest, left.Sub(next).Neg().Shift(1))
		left = next
	}
	s := r.joinDraws(graph.Concat(at, rest...))
	low, high := root(graph.LogSigmoid(logits), n-1), root(graph.LogSigmoid(logits.Neg()), n-1)
	below, above := s.Lt(low), s.Gt(high)
	return fromBits(d, graph.Where(graph.BroadcastTo(logits.Le(r.Scope.Const(0)), below.Shape()...), below, above))
}

// root returns the n-th root of what it is given the logarithm of.
func root(log *graph.Node, n int) *graph.Node { return graph.Exp(log.Scale(1 / float64(n))) }

func (e ARMS) costs(g *gradient, l latent) []Cost {
	r, n := g.r, e.group(g.r, l.Name)
	b, visited := toBits(l.law(), l.Value)
	logits := graph.BroadcastTo(bitLogits(l.Name, l.law()), b.Shape()...)
	p, m := graph.Sigmoid(logits), graph.LogSigmoid(graph.Abs(logits).Neg())
	both := graph.Max(root(m, n-1).Scale(2).Shift(-1), r.Scope.Const(0))
	joint := both
	for range n - 2 {
		joint = joint.Mul(both)
	}
	// m is not above 1/2, so that joint is m at n = 2 alone, and 0 then.
	least := graph.Exp(m)
	scale := graph.Sigmoid(graph.Abs(logits)).Div(joint.Div(least).Neg().Shift(1))
	at := r.drawAxis() + 1
	f := r.splitDraws(graph.ExpandDims(g.bound.signal(r, l.Site), -1), n)
	f = f.Sub(othersAlong(f, at))
	by := r.splitDraws(scale, n)
	if visited != nil {
		// As the sum of f over a group is 0: Σ_j (f_k − f_j) over the draws j that visit a
		// bit, and over the others.
		v := r.splitDraws(visited, n)
		sum := func(x *graph.Node) *graph.Node { return graph.ExpandDims(graph.Sum(x, at), at) }
		meet := sum(v).Mul(f).Sub(sum(v.Mul(f))).Scale(1 / float64(n))
		f = v.Mul(by.Mul(meet).Add(f.Sub(meet)))
	} else {
		f = f.Mul(by)
	}
	return []Cost{g.toward(l, "arms", r.joinDraws(f).Mul(b.Sub(p)), logits)}
}
