package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Dirichlet is a distribution over the points of a simplex,
//
//	p(x) = Γ(Σ_c α_c) / Π_c Γ(α_c) · Π_c x_c^(α_c−1)
//
// in terms of log α […, C]. Values are […, C]; densities are with respect to
// the first C−1 elements. No element of a draw is nearer to 0 than the dtype
// allows (see "Draws and ends").
type Dirichlet struct {
	LogConcentration *graph.Node
}

var (
	_ Pathwise  = Dirichlet{}
	_ Moments   = Dirichlet{}
	_ Entropic  = Dirichlet{}
	_ Supported = Dirichlet{}
)

// classes returns C.
func (d Dirichlet) classes() int {
	sh := d.LogConcentration.Shape()
	if len(sh) == 0 || sh[len(sh)-1] == 0 {
		graph.Fail("prob: Dirichlet: concentrations of shape %v, want [… C]", []int(sh))
	}
	return sh[len(sh)-1]
}

// LogProb implements Dist.
func (d Dirichlet) LogProb(x *graph.Node) *graph.Node {
	sameEvent("Dirichlet", x, d.LogConcentration)
	set := d.Support()
	return insideEvent(x, set.outside(x), set.harmless(d.classes()), func(x *graph.Node) *graph.Node {
		excess := graph.Shift(total(x), -1)
		return graph.Add(d.logProb(graph.Log(x)), graph.Mul(total(graph.Exp(d.LogConcentration)), excess))
	})
}

// logProb returns the log density at the logarithms of a point whose elements
// add up to 1: with n = Σ α and the terms of counts
//
//	S(n) − log n − Σ S(α) + Σ log α − Σ log x − Σ D(α, nx)
//
// of which none is large where x is near its mean.
func (d Dirichlet) logProb(logX *graph.Node) *graph.Node {
	logN := graph.ExpandDims(graph.LogSumExp(d.LogConcentration, -1), -1)
	a := graph.Exp(d.LogConcentration)
	each := graph.Sub(d.LogConcentration, graph.Add(stirling(a), logX))
	each = graph.Sub(each, deviance(a, graph.Add(logN, logX)))
	return graph.Add(total(each), total(graph.Sub(stirling(graph.Exp(logN)), logN)))
}

// Sample returns gamma numbers of shape α over their sum.
func (d Dirichlet) Sample(s *graph.Scope, lead ...int) *graph.Node {
	l := variate(s, op.Dirichlet, lead, d.classes(), d.LogConcentration)
	x := bound(graph.Exp(onLogSimplex(l)), endsOf(l).tiny, 1)
	return implicit(op.Dirichlet, graph.StopGrad(x), l, d.LogConcentration)
}

// Pathwise marks Sample as differentiable: each gamma number has the implicit
// derivative −(∂F/∂α)/f of its distribution function F (Figurnov et al., arXiv
// 1805.08498).
func (Dirichlet) Pathwise() {}

// Support returns the simplex.
func (Dirichlet) Support() Support { return Support{Kind: Simplex} }

// sum returns α and Σ α […, 1].
func (d Dirichlet) sum() (a, n *graph.Node) {
	a = graph.Exp(d.LogConcentration)
	return a, graph.ExpandDims(total(a), -1)
}

// Moments returns m = α/n and m(1−m)/(n+1), n = Σ α.
func (d Dirichlet) Moments() (mean, variance *graph.Node) {
	_, n := d.sum()
	mean = graph.Softmax(d.LogConcentration)
	spread := graph.Mul(mean, graph.Shift(graph.Neg(mean), 1))
	return mean, graph.Div(spread, graph.Shift(n, 1))
}

// Entropy returns log B(α) − Σ (α−1)(ψ(α)−ψ(n)), n = Σ α.
func (d Dirichlet) Entropy() *graph.Node {
	a, n := d.sum()
	psi := graph.Sub(graph.Digamma(a), graph.Digamma(n))
	each := graph.Sub(graph.Lgamma(a), graph.Mul(graph.Shift(a, -1), psi))
	return graph.Sub(total(each), total(graph.Lgamma(n)))
}

func init() {
	// log B(β) − log B(α) + Σ (α−β)(ψ(α) − ψ(Σ α))
	RegisterKL(func(q, p Dirichlet) *graph.Node {
		if q.classes() != p.classes() {
			graph.Fail("prob: KL of Dirichlet with %d and %d classes", q.classes(), p.classes())
		}
		a, n := q.sum()
		b, m := p.sum()
		psi := graph.Sub(graph.Digamma(a), graph.Digamma(n))
		each := graph.Add(graph.Sub(graph.Lgamma(b), graph.Lgamma(a)), graph.Mul(graph.Sub(a, b), psi))
		all := graph.Sub(graph.Lgamma(n), graph.Lgamma(m))
		return graph.Add(graph.ExpandDims(total(each), -1), all)
	})
}
