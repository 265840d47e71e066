package layers

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Residual is x + Inner(x), which keeps the shape (He, Zhang, Ren and Sun,
// arXiv 1512.03385, eq. 1).
type Residual struct{ Inner Layer }

// Apply implements Layer.
func (r Residual) Apply(x *graph.Node) *graph.Node {
	if op.Nil(r.Inner) {
		graph.Fail("layers: residual: Inner is nil")
	}
	y := r.Inner.Apply(x)
	if x == nil || y == nil {
		graph.Fail("layers: residual: input or result of Inner is nil")
	}
	if !slices.Equal(x.Shape(), y.Shape()) {
		graph.Fail("layers: residual: Inner makes %v of %v, want the same shape", y.Shape(), x.Shape())
	}
	return x.Add(y)
}

// GLU is the gated linear unit: of the two halves a, b of the last axis it
// returns a·sigmoid(b) (Dauphin, Fan, Auli and Grangier, arXiv 1612.08083). Func(GLU) is a layer.
func GLU(x *graph.Node) *graph.Node {
	if x == nil {
		graph.Fail("layers: GLU: input is nil")
	}
	sh := x.Shape()
	if len(sh) == 0 || sh[len(sh)-1]%2 != 0 {
		graph.Fail("layers: GLU: input %v, want an even last axis", sh)
	}
	n := sh[len(sh)-1] / 2
	return graph.Cols(x, 0, n).Mul(graph.Sigmoid(graph.Cols(x, n, 2*n)))
}
