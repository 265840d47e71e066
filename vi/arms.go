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
//
// With Gaussian the copula is that of n normal numbers of mean 0 and correlations −1/(n−1)
// instead, for which with Owen's T
//
//	1/(1−ρ) = p(1−p)/2T(Φ⁻¹(p), √(n/(n−2)))
//
// and which is the same for n = 2.
type ARMS struct {
	Group    int  // n, draws that are antithetic among one another, a divisor of K: 2 makes K/2 pairs; 0 means all
	Gaussian bool // the copula is Gaussian; else that of the Dirichlet law
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
	return fromBits(d, e.copula().draw(r, site, logits, n))
}

func (e ARMS) costs(g *gradient, l latent) []Cost {
	r, n := g.r, e.group(g.r, l.Name)
	b, visited := toBits(l.law(), l.Value)
	logits := graph.BroadcastTo(bitLogits(l.Name, l.law()), b.Shape()...)
	at := r.drawAxis() + 1
	f := r.splitDraws(graph.ExpandDims(g.bound.signal(r, l.Site), -1), n)
	f = f.Sub(othersAlong(f, at))
	by := r.splitDraws(e.copula().scale(logits, n), n)
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
	return []Cost{g.toward(l, "arms", r.joinDraws(f).Mul(b.Sub(graph.Sigmoid(logits))), logits)}
}
