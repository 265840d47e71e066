package layers

import "github.com/latentgo/latent/graph"

// Moments returns the mean and the variance, over all leading axes, of each
// element of the last axis: of x [… D] two nodes [D]. The variance, divided by
// the number of rows, is that of differences from the mean, so that it is right
// in float32 also where the mean is large.
func Moments(x *graph.Node) (mean, variance *graph.Node) {
	rows := leadingAxes(x, "moments")
	mean = graph.Mean(x, rows...)
	c := x.Sub(mean)
	// What rounding leaves of the mean of c is taken out of its square.
	variance = graph.Mean(c.Square(), rows...).Sub(graph.Mean(c, rows...).Square())
	return mean, graph.Max(variance, graph.Const(0))
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
