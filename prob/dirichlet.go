package prob

import (
	"math"

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
		graph.Fail("prob: Dirichlet: concentrations of shape %v, want [… C]", sh)
	}
	return sh[len(sh)-1]
}

// LogProb implements Dist. The density is that of gamma numbers of one rate over
// that of their sum, at a point where the sum is 1.
func (d Dirichlet) LogProb(x *graph.Node) *graph.Node {
	complete(d)
	sameEvent("Dirichlet", x, d.LogConcentration)
	a := d.LogConcentration
	bad := graph.Max(x.Lt(graph.Const(0)), emptyEnd(x, 0, a))
	off := far(graph.ExpandDims(total(x), -1).Shift(-1), rowTolerance)
	out := graph.Max(graph.ExpandDims(graph.MaxOver(bad, -1), -1), off)
	return insideEvent(x, out, d.Support().harmless(d.classes()), func(x *graph.Node) *graph.Node {
		logN := graph.LogSumExp(a, -1)
		rate := graph.StopGrad(graph.ExpandDims(logN, -1)) // any would do
		each := total(density(op.ShareLaw, a, rate, x))
		sum := density(op.GammaLaw, logN, graph.StopGrad(logN), graph.Const(1))
		excess := graph.Exp(logN).Mul(total(x).Shift(-1)) // of the sum over 1, by rounding
		return each.Sub(sum).Add(graph.StopGrad(excess)).Add(d.unrounded(logN))
	})
}

// unrounded is 0, with the derivative that log n = log Σ α lacks by its rounding:
// log n enters that by log α_i as α_i·log n, and α may be thousands. What the
// rounding dropped is Σ α/n − 1.
func (d Dirichlet) unrounded(logN *graph.Node) *graph.Node {
	n := graph.Exp(graph.Clamp(logN, math.Inf(-1), 80)) // finite
	rest := total(graph.Exp(d.LogConcentration)).Div(n).Shift(-1)
	near := graph.Abs(rest).Lt(graph.Const(1e-3)) // not of infinite, vanishing or clamped ones
	rest = graph.StopGrad(graph.Where(near, rest, graph.Const(0)))
	return rest.Mul(n.Sub(graph.StopGrad(n)))
}

// Sample returns gamma numbers of shape α over their sum.
func (d Dirichlet) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
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
	complete(d)
	_, n := d.sum()
	mean = graph.Softmax(d.LogConcentration)
	spread := mean.Mul(mean.Neg().Shift(1))
	return mean, spread.Div(n.Shift(1))
}

// Entropy returns log B(α) − Σ (α−1)(ψ(α)−ψ(n)), n = Σ α.
func (d Dirichlet) Entropy() *graph.Node {
	complete(d)
	logN := graph.LogSumExp(d.LogConcentration, -1)
	each := special(op.GammaEntropy, d.LogConcentration)
	all := special(op.GammaEntropy, logN).Add(term(op.DigammaExp, logN).Scale(float64(d.classes() - 1)))
	return total(each).Sub(all)
}

func init() {
	// Independent gamma numbers of one rate are their sum, a gamma number, and
	// their shares, a Dirichlet one, independent of it; so the divergence is that
	// of the gamma laws less that of their sums. With the rates at which the sums
	// have one mean what is left is m·KL(p's mean ‖ q's mean), m = Σ β, and rests.
	RegisterKL(func(q, p Dirichlet) *graph.Node {
		if q.classes() != p.classes() {
			graph.Fail("prob: KL of Dirichlet with %d and %d classes", q.classes(), p.classes())
		}
		m := graph.LogSumExp(p.LogConcentration, -1)
		between := mulExp(klOf("Dirichlet", p.LogConcentration, q.LogConcentration), m)
		each := total(term(op.GammaRest, q.LogConcentration, p.LogConcentration))
		all := term(op.GammaRest, graph.LogSumExp(q.LogConcentration, -1), m)
		return graph.ExpandDims(between.Add(each.Sub(all)), -1)
	})
}
