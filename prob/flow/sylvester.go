package flow

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Sylvester is a planar flow of D directions at once,
//
//	f(x) = x + Q·R₁·tanh(R₂·Qᵀx + b)
//	log|det ∂f/∂x| = Σ_i log(1 + tanh′(t_i)·r₁_ii·r₂_ii),  t = R₂·Qᵀx + b
//
// with upper-triangular R₁ and R₂ whose diagonals are hyperbolic tangents, so
// that r₁r₂ > −1 and f is invertible, though by no formula: it scores its own
// draws only. Q is a product of Householder reflections 1 − 2vvᵀ/|v|², or 1
// where there are none: the triangular variant, between which Reverse goes. Van
// den Berg, Hasenclever, Tomczak and Welling, Sylvester normalizing flows for
// variational inference, arXiv 1803.05649.
type Sylvester struct {
	base
	reflections int
	numbers     numbers // the triangles, the diagonals, b, v
}

// NewSylvester declares a Sylvester flow of events of d elements with a number of
// reflections, 0 for the triangular variant. It has D²+3D numbers and D for each
// reflection.
func NewSylvester(s *graph.Scope, d, reflections int, c Config) Sylvester {
	b := newBase(s, "Sylvester", d, 1, c, "Context")
	if reflections < 0 || reflections > mostElements {
		b.fail("%d reflections, want 0 to %d", reflections, mostElements)
	}
	small := graph.Gaussian{Std: .1 / math.Sqrt(float64(d))}
	return Sylvester{b, reflections, declare(s, c, d*(d+3+reflections), segments{
		{d * d, small}, {d, small}, {d, graph.Gaussian{Std: .5}}, {d, graph.Constant(0)}, {d * reflections, graph.Gaussian{Std: 1}}})}
}

// Given returns the flow for a context […, C].
func (f Sylvester) Given(context *graph.Node) Sylvester { f.base = f.given(context); return f }

// sylvester is what both methods need.
type sylvester struct {
	square *graph.Node   // […, D, D]: R₁ above the diagonal, R₂ᵀ below
	a      []*graph.Node // the diagonals are tanh a
	v      []*graph.Node
	t      *graph.Node
}

func (f Sylvester) parts(x *graph.Node) sylvester {
	f.fit(x)
	d := f.size
	all := f.numbers.at(f.context)
	sh := all.Shape()
	q := sylvester{square: graph.Reshape(graph.Cols(all, 0, d*d), append(sh[:len(sh)-1:len(sh)-1], d, d)...)}
	p := split(all, x, d*d, d, d, d, d*f.reflections)
	// Where the diagonals come to ±1 their product stays above −1.
	q.a = []*graph.Node{bound(p[1], -20, 20), bound(p[2], -20, 20)}
	for i := range f.reflections {
		q.v = append(q.v, graph.Cols(p[4], i*d, (i+1)*d))
	}
	for _, v := range q.v {
		x = mirror(x, v)
	}
	q.t = onVectors(x, graph.Tril(q.square, -1), graph.MatMul).Add(x.Mul(graph.Tanh(q.a[1]))).Add(p[3])
	return q
}

// mirror returns x − 2v·vᵀx/|v|².
func mirror(x, v *graph.Node) *graph.Node {
	norm := graph.Max(dot(v, v), graph.Const(0x1p-100))
	return x.Sub(dot(x, v).Scale(2).Div(norm).Mul(v))
}

// Forward implements prob.Bijector.
func (f Sylvester) Forward(x *graph.Node) *graph.Node {
	q := f.parts(x)
	h := graph.Tanh(q.t)
	above := q.square.Sub(graph.Tril(q.square, 0))
	y := onVectors(h, above, graph.MatMulT).Add(h.Mul(graph.Tanh(q.a[0])))
	for i := len(q.v) - 1; i >= 0; i-- {
		y = mirror(y, q.v[i])
	}
	return x.Add(y)
}

// LogDet implements prob.Bijector. No term is negative: the determinant of an
// element is tanh² + tanh′·(1 + r₁r₂), and 1 + tanh a·tanh b is
// cosh(a+b)/(cosh a·cosh b).
func (f Sylvester) LogDet(x *graph.Node) *graph.Node {
	q := f.parts(x)
	a, b := q.a[0], q.a[1]
	one := graph.Exp(logCosh(a.Add(b)).Sub(logCosh(a)).Sub(logCosh(b)))
	return total(graph.Log(graph.Tanh(q.t).Square().Add(slope(q.t).Mul(one))))
}

// logCosh returns log cosh x.
func logCosh(x *graph.Node) *graph.Node {
	return x.Add(graph.Softplus(x.Scale(-2))).Shift(-math.Ln2)
}
