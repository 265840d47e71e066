package layers

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Upsample makes pictures […, H, W, C], or sequences […, T, C] if Axes is 1, larger
// by whole factors.
type Upsample struct {
	Axes int   // 1 or 2; 0 means 2
	By   []int // the factor of each axis, or one for all

	// Linear interpolates between the middles of places, and beyond the outermost
	// takes their value; else every place is repeated.
	Linear bool
}

// Apply implements Layer.
func (u Upsample) Apply(x *graph.Node) *graph.Node {
	const what = "upsample"
	axes := PoolConfig{Axes: u.Axes}.axes(what)
	by := perAxis(what, nil, "By", u.By, axes, 0, 1)
	checkPictures(x, axes, 0, what, "")
	for i, f := range by {
		a := len(x.Shape()) - 1 - axes + i
		switch {
		case f == 1:
		case u.Linear:
			x = interpolate(x, a, f)
		default:
			x = graph.Repeat(x, a, f)
		}
	}
	return x
}

// interpolate makes an axis larger: it multiplies the matrices whose rows are that
// axis by one of weights.
func interpolate(x *graph.Node, a, by int) *graph.Node {
	sh := x.Shape()
	n := sh[a]
	if n > mostUnits/by/max(n, 1) {
		graph.Fail("layers: upsample: %d places by %d, too many to interpolate", n, by)
	}
	weights := make([]float64, n*by*n)
	for i := range n * by {
		at := min(max((float64(i)+.5)/float64(by)-.5, 0), float64(n-1))
		k := int(math.Floor(at))
		weights[i*n+k] += 1 - (at - float64(k))
		weights[i*n+min(k+1, n-1)] += at - float64(k)
	}
	rows := graph.Reshape(x, append(append([]int{}, sh[:a+1]...), graph.Size(sh[a+1:]))...)
	sh[a] *= by
	return graph.Reshape(graph.MatMul(graph.Tensor(weights, n*by, n), rows), sh...)
}
