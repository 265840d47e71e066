package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// Flipout draws one perturbation of a normal weight for the whole batch and turns
// its signs for each row: of y = x·W with W = μ + Δ it makes
//
//	y_b = x_b·μ + ((x_b∘s_b)·Δ)∘r_b
//
// with s_b and r_b of independent fair signs (Wen, Vicol, Ba, Tran and Grosse,
// arXiv 1803.04386). As Δ is symmetric, each row sees a draw of the weight, and the
// perturbations of two rows are uncorrelated, at the cost of two products of the
// batch. Rows still share the size of Δ, so that what is not linear in it stays
// correlated: Local is better wherever it is possible. The map must be a Flipping.
type Flipout struct{}

func (Flipout) describe() estimator {
	return estimator{name: "Flipout", needs: derivatives | weight | normal, multiply: flipoutNoise}
}

// Flipping is a Bilinear map that can turn the signs of a weight row by row
// without a weight for each row, as Flipout needs.
type Flipping interface {
	Bilinear
	// Flip returns, of the shape of Mul(x, w), the product of x with weights that
	// are w up to their signs. Those of the weights that lead from input i to
	// output k of a row are s_i·r_k, with signs s of the shape of a row's x and r
	// of that of a row of the product: fair and, in any two rows, independent.
	Flip(x, w, s, r *graph.Node) *graph.Node
}

// Flip implements Flipping: ((x∘s)·w)∘r.
func (MatMul) Flip(x, w, s, r *graph.Node) *graph.Node { return graph.MatMul(x.Mul(s), w).Mul(r) }

// flipoutNoise turns the signs of one perturbation in every row.
func flipoutNoise(r *Record, name string, q NormalLaw, shape graph.Shape, x *graph.Node, f Bilinear) *graph.Node {
	flip, ok := f.(Flipping)
	if !ok {
		graph.Fail("vi: %s: vi.Flipout noise needs a map with a Flip method, vi.Flipping, and %T has none; use vi.Local", name, f)
	}
	m, _ := q.Moments()
	mean := r.meanProduct(name, m, shape, x, f)
	noise := r.Scope.In(name).RowAxis(-1).Noise("flipout", graph.GaussianNoise, shape...)
	signs := func(side string, of *graph.Node) *graph.Node {
		u := r.noise(name).Noise(side, graph.UniformNoise, r.each(r.event(of.Shape())...)...)
		return u.Gt(graph.Const(.5)).Scale(2).Shift(-1)
	}
	y := flip.Flip(x, graph.BroadcastTo(q.Std(), shape...).Mul(noise), signs("in", x), signs("out", mean))
	if !slices.Equal(y.Shape(), mean.Shape()) {
		graph.Fail("vi: %s: %T has a Flip of shape %v, want that of its Mul, %v", name, f, y.Shape(), mean.Shape())
	}
	return mean.Add(y)
}
