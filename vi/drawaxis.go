package vi

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
)

// otherDraws is, at every draw, the mean of the other draws.
func (a axes) otherDraws(x *graph.Node) *graph.Node { return othersAlong(x, a.drawAxis()) }

// othersAlong is, at every place of an axis, the mean over the other places.
func othersAlong(x *graph.Node, axis int) *graph.Node {
	sum := graph.ExpandDims(graph.Sum(x, axis), axis)
	return sum.Sub(x).Scale(1 / float64(x.Shape()[axis]-1))
}

// splitDraws divides the axis of draws into groups of n and an axis within them;
// joinDraws puts the two together.
func (a axes) splitDraws(x *graph.Node, n int) *graph.Node {
	sh, at := x.Shape(), a.drawAxis()
	return graph.Reshape(x, slices.Concat(sh[:at], []int{sh[at] / n, n}, sh[at+1:])...)
}

func (a axes) joinDraws(x *graph.Node) *graph.Node {
	sh, at := x.Shape(), a.drawAxis()
	return graph.Reshape(x, slices.Concat(sh[:at], []int{sh[at] * sh[at+1]}, sh[at+2:])...)
}

// turned gives every draw of x what the draw n places after it has, around.
func (a axes) turned(x *graph.Node, n int) *graph.Node {
	at := make([]int, a.k)
	for i := range at {
		at[i] = (i + n) % a.k
	}
	return graph.Take(x, a.drawAxis(), at)
}

// logMeanOthers is, at every draw of [K, B], log (Σ_{j≠k} exp x_j + exp m_k) with m_k
// the mean of the other x_j: log Σ exp with the own one replaced by that mean. It
// takes time linear in K, and does not subtract what is large from what is large: the
// largest draw, whose others may all be small, has a sum of its own.
func logMeanOthers(x *graph.Node) *graph.Node {
	k := x.Shape()[0]
	low := graph.Const(math.Inf(-1))
	top := graph.Transpose(graph.OneHot(graph.ArgMax(x, 0), k), 1, 0)
	second := graph.Where(top, low, x)
	max1, max2 := largest(x, 0), largest(second, 0)
	e := graph.Exp(x.Sub(max1))
	sum := graph.BroadcastTo(graph.ExpandDims(graph.Sum(e, 0), 0), x.Shape()...)
	rest := graph.Log(graph.Where(top, graph.Const(1), sum.Sub(e))).Add(max1)
	small := graph.Log(graph.ExpandDims(graph.Sum(graph.Exp(second.Sub(max2)), 0), 0)).Add(max2)
	rest = graph.Where(top, graph.BroadcastTo(small, x.Shape()...), rest)
	// The mean of the others is −∞ if one of them is.
	never := x.Eq(low)
	finite := graph.Where(never, graph.Const(0), x)
	gone := graph.ExpandDims(graph.Sum(never, 0), 0).Sub(never)
	mean := graph.Where(gone.Gt(graph.Const(0)), low, othersAlong(finite, 0))
	return graph.LogAddExp(rest, mean)
}
