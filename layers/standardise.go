package layers

import "github.com/latentgo/latent/graph"

// Moments returns the mean and the variance, over all leading axes, of each
// element of the last axis: of x [… D] two nodes [D]. The variance is the mean
// square of the differences from the mean, so that in float32 too it is right
// where the mean is large; it divides by the number of rows.
func Moments(x *graph.Node) (mean, variance *graph.Node) {
	rows := leadingAxes(x, "moments")
	mean = graph.Mean(x, rows...)
	return mean, graph.Mean(x.Sub(mean).Square(), rows...)
}

// Standardise returns x·scale + shift, of x [… D] and two parameters [D]; shift
// may be nil. In a program of graph.BuildInitialising the parameters start at
//
//	scale = 1/σ,  shift = −μ/σ
//
// with the mean μ and the standard deviation σ of each element of the last axis
// over all leading axes, so that the result has mean 0 and variance 1 there
// (Salimans and Kingma, arXiv 1602.07868, section 3). An element that does not vary
// over the batch has scale 1. A frozen parameter stays as it is; beside a frozen
// scale the shift starts at −μ·scale. A layer with other parameters, such as the
// logarithm of a scale, calls graph.Scope.Initial itself with what Moments gives.
func Standardise(s *graph.Scope, x, scale, shift *graph.Node) *graph.Node {
	leadingAxes(x, "standardise")
	if scale == nil {
		graph.Fail("layers: standardise: the scale is nil")
	}
	scale = s.Initial(scale, func() *graph.Node {
		mean, variance := Moments(x)
		rounding := 0x1p-21 // eight times, of a constant's mean
		if s.Dtype() == graph.Float64 {
			rounding = 0x1p-50
		}
		varies := variance.Gt(mean.Square().Scale(rounding * rounding))
		return graph.Where(varies, graph.Rsqrt(graph.Where(varies, variance, graph.Const(1))), graph.Const(1))
	})
	y := x.Mul(scale)
	if shift == nil {
		return y
	}
	return y.Add(s.Initial(shift, func() *graph.Node {
		mean, _ := Moments(x)
		return mean.Mul(scale).Neg()
	}))
}

// leadingAxes returns all axes but the last, of which there must be one at
// least.
func leadingAxes(x *graph.Node, what string) []int {
	if x == nil {
		graph.Fail("layers: %s: input is nil", what)
	}
	n := len(x.Shape()) - 1
	if n < 1 {
		graph.Fail("layers: %s: input %v, want [… D] with a batch axis", what, x.Shape())
	}
	return ascending(n)
}
