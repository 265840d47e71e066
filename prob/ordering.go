package prob

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// Rising maps numbers to rising ones: y_1 = x_1, y_k = y_{k−1} + exp(x_k).
type Rising struct{}

// inner keeps each gap wide enough to be told at the size that numbers have
// there, |y_1| and the gaps up to it together.
func (b Rising) inner(x *graph.Node) *graph.Node {
	n := eventSize("Rising", x)
	e, first := endsOf(x), boundReal(graph.Cols(x, 0, 1))
	if n == 1 {
		return first
	}
	l := boundLog(graph.Cols(x, 1, n))
	size := graph.CumSum(graph.Concat(-1, graph.Abs(first), graph.Exp(l)), -1)
	least := graph.Log(graph.Cols(size, 1, n).Scale(4 * e.eps).Shift(e.tiny))
	return graph.Concat(-1, first, boundBetween(l, least, nil))
}

// Forward implements Bijector.
func (b Rising) Forward(x *graph.Node) *graph.Node {
	n := eventSize("Rising", x)
	x = b.inner(x)
	return graph.CumSum(graph.Concat(-1, graph.Cols(x, 0, 1), graph.Exp(graph.Cols(x, 1, n))), -1)
}

// Inverse returns the logarithms of the differences.
func (Rising) Inverse(y *graph.Node) *graph.Node {
	n := eventSize("Rising", y)
	gaps := graph.Cols(y, 1, n).Sub(graph.Cols(y, 0, n-1))
	return graph.Concat(-1, graph.Cols(y, 0, 1), graph.Log(gaps))
}

// LogDet returns Σ_{k>1} x_k.
func (Rising) LogDet(x *graph.Node) *graph.Node {
	return total(graph.Cols(x, 1, eventSize("Rising", x)))
}

// Range returns events of rising numbers.
func (Rising) Range() Support { return Support{Kind: Ordered} }

// Permutation reorders the event: y_i = x_Index[i].
type Permutation struct{ Index []int }

func (b Permutation) check(x *graph.Node) {
	n := eventSize("Permutation", x)
	sorted := slices.Sorted(slices.Values(b.Index))
	for i, k := range sorted {
		if i != k || len(sorted) != n {
			graph.Fail("prob: Permutation: %v is none of %d elements", b.Index, n)
		}
	}
}

// Forward implements Bijector.
func (b Permutation) Forward(x *graph.Node) *graph.Node {
	b.check(x)
	return graph.Take(x, -1, b.Index)
}

// Inverse implements Inverter.
func (b Permutation) Inverse(y *graph.Node) *graph.Node {
	b.check(y)
	back := make([]int, len(b.Index))
	for i, k := range b.Index {
		back[k] = i
	}
	return graph.Take(y, -1, back)
}

// LogDet returns 0.
func (b Permutation) LogDet(x *graph.Node) *graph.Node { return noChange(x) }
