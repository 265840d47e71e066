package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// A class out of n is n−1 bits: the classes are halves of halves, two and two from the
// leaves up, and each bit decides for the first half (Dong, Mnih and Tucker, arXiv
// 2106.08056). A class visits the decisions on its way; the other bits change nothing.

// climb goes up from the classes, [… n], and returns what is left and right at each
// decision, [… n−1], where join makes one of two.
func climb(x *graph.Node, join func(left, right *graph.Node) *graph.Node) (left, right *graph.Node) {
	var lefts, rights []*graph.Node
	for eventOf(x) > 1 {
		n := eventOf(x)
		sh := x.Shape()
		pairs := graph.Reshape(graph.Cols(x, 0, n/2*2), append(slices.Clone([]int(sh[:len(sh)-1])), n/2, 2)...)
		l, r := graph.Squeeze(graph.Cols(pairs, 0, 1), -1), graph.Squeeze(graph.Cols(pairs, 1, 2), -1)
		lefts, rights = append(lefts, l), append(rights, r)
		up := join(l, r)
		if n%2 == 1 {
			up = graph.Concat(-1, up, graph.Cols(x, n-1, n))
		}
		x = up
	}
	return graph.Concat(-1, lefts...), graph.Concat(-1, rights...)
}

// decide goes down by bits, [… n−1], to the class, [… n].
func decide(bits *graph.Node, n int) *graph.Node {
	var sizes []int
	for m := n; m > 1; m = (m + 1) / 2 {
		sizes = append(sizes, m)
	}
	end := n - 1
	at := graph.Cols(bits, 0, 1).Scale(0).Shift(1)
	for _, m := range slices.Backward(sizes) {
		bit, here := graph.Cols(bits, end-m/2, end), graph.Cols(at, 0, m/2)
		end -= m / 2
		both := graph.Concat(-1, graph.ExpandDims(here.Mul(bit), -1), graph.ExpandDims(here.Mul(bit.Neg().Shift(1)), -1))
		sh := both.Shape()
		down := graph.Reshape(both, append(slices.Clone([]int(sh[:len(sh)-2])), m/2*2)...)
		if m%2 == 1 {
			down = graph.Concat(-1, down, graph.Cols(at, m/2, m/2+1))
		}
		at = down
	}
	return at
}

// bitLogits returns the logits of the bits of a Bernoulli or of the decisions of a
// OneHot.
func bitLogits(site string, d prob.Dist) *graph.Node {
	class, ok := d.(prob.OneHot)
	if !ok {
		return d.(prob.Bernoulli).Logits
	}
	if n := eventOf(class.Logits); n < 2 {
		graph.Fail("vi: site %s is prob.OneHot of %d class: there is nothing to decide", site, n)
	}
	left, right := climb(graph.Max(class.Logits, graph.Const(-1e30)), graph.LogAddExp) // −Inf − −Inf is no number
	return left.Sub(right)
}

// fromBits returns the value that bits are of.
func fromBits(d prob.Dist, bits *graph.Node) *graph.Node {
	if class, ok := d.(prob.OneHot); ok {
		return decide(bits, eventOf(class.Logits))
	}
	return bits
}

// toBits returns the bits of a value, and whether it visits them; nil if it does all.
func toBits(d prob.Dist, value *graph.Node) (bits, visited *graph.Node) {
	if _, ok := d.(prob.OneHot); !ok {
		return value, nil
	}
	left, right := climb(value, func(l, r *graph.Node) *graph.Node { return l.Add(r) })
	return left, left.Add(right)
}
