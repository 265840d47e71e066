package flow

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Radial moves points away from a centre or towards it,
//
//	f(x) = x + β̂·(x − x₀)/(α + r),  r = |x − x₀|
//	log|det ∂f/∂x| = (D−1)·log(1 + β̂/(α+r)) + log(1 + αβ̂/(α+r)²)
//	α = eᵃ,  β̂ = −α + log(1 + eᵇ)
//
// β̂ > −α makes it invertible, though not by a formula that is of use where r is
// not known: a Radial scores its own draws only. Rezende and Mohamed, arXiv
// 1505.05770, appendix A. a is kept within ±30, b above −30.
type Radial struct {
	base
	numbers numbers // x₀, a, b
}

// NewRadial declares a radial flow of events of d elements, which starts at the
// identity.
func NewRadial(s *graph.Scope, d int, c Config) Radial {
	return Radial{newBase(s, "radial", d, 1, c, "Context"), declare(s, c, d+2, segments{
		{d, graph.Gaussian{Std: 1}}, {1, graph.Constant(0)}, {1, graph.Constant(softplusInverse(1))}})}
}

// softplusInverse returns the x of log(1 + eˣ) = y.
func softplusInverse(y float64) float64 { return y + math.Log(-math.Expm1(-y)) }

// Given returns the flow for a context […, C].
func (f Radial) Given(context *graph.Node) Radial { f.base = f.given(context); return f }

// parts returns x₀, r, α and α + β̂.
func (f Radial) parts(x *graph.Node) (center, r, alpha, sum *graph.Node) {
	f.fit(x)
	p := split(f.numbers.at(f.context), x, f.size, 1, 1)
	e := x.Sub(p[0])
	r = graph.Sqrt(dot(e, e).Shift(0x1p-100)) // has a derivative at the centre
	return p[0], r, graph.Exp(bound(p[1], -30, 30)), graph.Softplus(bound(p[2], -30, math.Inf(1)))
}

// Forward implements prob.Bijector, as the mean of x and x₀ by the weights
// r + α+β̂ and −β̂, which keeps digits wherever the one outweighs the other.
func (f Radial) Forward(x *graph.Node) *graph.Node {
	center, r, alpha, sum := f.parts(x)
	far := r.Add(alpha)
	return x.Mul(r.Add(sum).Div(far)).Add(center.Mul(alpha.Sub(sum).Div(far)))
}

// LogDet implements prob.Bijector. With p = α/(α+r) and q = 1−p no term is
// negative: 1 + β̂/(α+r) is (r + α+β̂)/(α+r), and 1 + αβ̂/(α+r)² is
// q(1+p) + p(α+β̂)/(α+r).
func (f Radial) LogDet(x *graph.Node) *graph.Node {
	_, r, alpha, sum := f.parts(x)
	far := r.Add(alpha)
	p, q := alpha.Div(far), r.Div(far)
	along := graph.Log(q.Mul(p.Shift(1)).Add(p.Mul(sum.Div(far))))
	across := graph.Log(r.Add(sum)).Sub(graph.Log(far))
	return total(across.Scale(float64(f.size - 1)).Add(along))
}
