package flow

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Planar moves points along one direction, by how far they are on one side of a
// plane,
//
//	f(x) = x + û·tanh(wᵀx + b)
//	log|det ∂f/∂x| = log|1 + tanh′(wᵀx + b)·wᵀû|
//	û = u + (m(wᵀu) − wᵀu)·w/|w|²,  m(a) = −1 + log(1 + eᵃ)
//
// û makes wᵀû = m > −1, so that f is invertible, though by no formula: a Planar
// scores its own draws only. One bends little; chain several. Rezende and
// Mohamed, Variational inference with normalizing flows, arXiv 1505.05770,
// appendix A. wᵀu counts as −60 below that.
type Planar struct {
	base
	numbers numbers // u, w, b
}

// NewPlanar declares a planar flow of events of d elements.
func NewPlanar(s *graph.Scope, d int, c Config) Planar {
	return Planar{newBase(s, "planar", d, 1, c, "Context"), declare(s, c, 2*d+1, segments{
		{d, graph.Gaussian{Std: .01}}, {d, graph.Gaussian{Std: 1 / math.Sqrt(float64(d))}}, {1, graph.Constant(0)}})}
}

// Given returns the flow for a context […, C].
func (f Planar) Given(context *graph.Node) Planar { f.base = f.given(context); return f }

// parts returns û, tanh(wᵀx + b), its derivative, and 1 + wᵀû.
func (f Planar) parts(x *graph.Node) (u, h, dh, one *graph.Node) {
	f.fit(x)
	p := split(f.numbers.at(f.context), x, f.size, f.size, 1)
	u, w, b := p[0], p[1], p[2]
	// At w = 0, which has no û, f is x + u·tanh b: fade there from m to wᵀu.
	norm := graph.Max(dot(w, w), graph.Const(0x1p-100))
	is := dot(w, w).Div(norm)
	a := dot(w, u)
	rest := graph.Softplus(bound(a, -60, math.Inf(1))) // 1 + m
	u = u.Add(w.Mul(rest.Shift(-1).Sub(a).Div(norm)))
	one = rest.Mul(is).Add(a.Shift(1).Mul(is.Neg().Shift(1)))
	t := dot(x, w).Add(b)
	return u, graph.Tanh(t), slope(t), one
}

// Forward implements prob.Bijector.
func (f Planar) Forward(x *graph.Node) *graph.Node {
	u, h, _, _ := f.parts(x)
	return x.Add(h.Mul(u))
}

// LogDet implements prob.Bijector. With 1 − tanh′ = tanh² no term is negative:
// the determinant is tanh² + tanh′·(1 + wᵀû).
func (f Planar) LogDet(x *graph.Node) *graph.Node {
	_, h, dh, one := f.parts(x)
	return total(graph.Log(h.Square().Add(dh.Mul(one))))
}
