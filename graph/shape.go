package graph

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// Axes may be given as negative numbers, counted from the end: −1 is the last.

func axis(x *Node, a int) int {
	rank := len(dims(x))
	switch {
	case rank == 0:
		Fail("graph: %s: axis %d of a scalar, which has none", called(), a)
	case a < -rank || a >= rank:
		Fail("graph: %s: axis %d of shape %v, want %d to %d; the last is -1", called(), a, x.Shape(), -rank, rank-1)
	}
	return (a + rank) % rank
}

func reduce(f op.Fold, x *Node, axes []int) *Node {
	seen := make([]bool, len(dims(x)))
	for _, a := range axes {
		if a = axis(x, a); seen[a] {
			Fail("graph: axis %d of shape %v named twice", a, x.Shape())
		}
		seen[a] = true
	}
	var list []int
	for a := range seen {
		if len(axes) == 0 || seen[a] {
			list = append(list, a)
		}
	}
	if len(list) == 0 {
		return x
	}
	return op.Apply(op.Reduce{Fold: f, Axes: list}, x)
}

// Sum adds over the axes, which it drops; over all of them if none is named.
// Summation is pairwise.
func Sum(x *Node, axes ...int) *Node { return reduce(op.Sum, x, axes) }

// Mean averages over the axes, which it drops; over all if none is named.
func Mean(x *Node, axes ...int) *Node {
	s := Sum(x, axes...)
	return s.Scale(float64(max(op.Size(s.Shape()), 1)) / float64(op.Size(x.Shape())))
}

// MaxOver returns the largest over the axes, which it drops; ties share the
// derivative equally.
func MaxOver(x *Node, axes ...int) *Node { return reduce(op.Largest, x, axes) }

// MinOver returns the smallest over the axes, which it drops; ties share the
// derivative equally.
func MinOver(x *Node, axes ...int) *Node { return reduce(op.Smallest, x, axes) }

// LogSumExp returns log Σ eˣ over the axes, which it drops, without overflow.
func LogSumExp(x *Node, axes ...int) *Node { return reduce(op.LogSumExp, x, axes) }

// ArgMax returns the position of the first largest element of an axis.
func ArgMax(x *Node, a int) *Node { return reduce(op.ArgMax, x, []int{a}) }

// CumSum returns the running sum along an axis.
func CumSum(x *Node, a int) *Node { return op.Apply(op.CumSum{Axis: axis(x, a)}, x) }

// Softmax returns eˣ/Σeˣ over the last axis.
func Softmax(x *Node) *Node { return Exp(LogSoftmax(x)) }

// LogSoftmax returns x − log Σeˣ over the last axis.
func LogSoftmax(x *Node) *Node { return x.Sub(ExpandDims(LogSumExp(x, -1), -1)) }

// BroadcastTo stretches axes of size 1 and adds leading axes.
func BroadcastTo(x *Node, shape ...int) *Node {
	dims(x)
	return op.Stretch(x, slices.Clone(shape))
}

// SumTo sums x down to a shape that broadcasts to its own.
func SumTo(x *Node, shape ...int) *Node {
	dims(x)
	return op.Fit(x, slices.Clone(shape))
}

// Reshape gives the elements, in order, another shape; a size of −1, at most
// one, is found from the others.
func Reshape(x *Node, shape ...int) *Node {
	size, to := op.Size(dims(x)), slices.Clone(shape)
	free, rest := -1, 1
	for i, d := range to {
		switch {
		case d == -1 && free < 0:
			free = i
		case d < 0:
			Fail("graph: reshape %v to %v", x.Shape(), to)
		default:
			rest *= d
		}
	}
	if free >= 0 {
		if rest == 0 || size%rest != 0 {
			Fail("graph: reshape %v to %v", x.Shape(), to)
		}
		to[free] = size / rest
	}
	return op.Reshaped(x, to)
}

// ExpandDims inserts an axis of size 1 so that it becomes axis a; −1 appends.
func ExpandDims(x *Node, a int) *Node {
	s := dims(x)
	if a < 0 {
		a += len(s) + 1
	}
	if a < 0 || a > len(s) {
		Fail("graph: new axis %d of shape %v", a, s)
	}
	to := append(s[:a:a], 1)
	return op.Reshaped(x, append(to, s[a:]...))
}

// Transpose permutes the axes: axis i of the result is axis perm[i] of x.
func Transpose(x *Node, perm ...int) *Node {
	return op.Apply(op.Transpose{Perm: append([]int(nil), perm...)}, x)
}

// Slice takes positions from ≤ i < to of an axis.
func Slice(x *Node, a, from, to int) *Node {
	return op.Apply(op.Slice{Axis: axis(x, a), From: from, To: to}, x)
}

// Cols takes positions from ≤ i < to of the last axis.
func Cols(x *Node, from, to int) *Node { return Slice(x, -1, from, to) }

// Pad puts zeros before and after on an axis.
func Pad(x *Node, a, before, after int) *Node {
	return op.Apply(op.Pad{Axis: axis(x, a), Before: before, After: after}, x)
}

// Squeeze drops axes of size 1. They are named, so that no axis goes that
// happens to have size 1, such as a batch of one row.
func Squeeze(x *Node, axes ...int) *Node {
	s := dims(x)
	drop := make([]bool, len(s))
	if len(axes) == 0 {
		Fail("graph: squeeze of shape %v without an axis", s)
	}
	for _, a := range axes {
		if a = axis(x, a); s[a] != 1 || drop[a] {
			Fail("graph: squeeze of axis %d of shape %v, want each axis once and of size 1", a, s)
		}
		drop[a] = true
	}
	to := Shape{}
	for a, d := range s {
		if !drop[a] {
			to = append(to, d)
		}
	}
	return op.Reshaped(x, to)
}

// Concat joins nodes of one rank along an axis. Their other axes are equal or
// of size 1, which is stretched, so that a latent of K draws goes beside an
// input that has one row a datum.
func Concat(a int, xs ...*Node) *Node {
	if len(xs) == 0 {
		Fail("graph: concat of no nodes")
	}
	for _, x := range xs {
		op.Check(x, "concat")
	}
	a = axis(xs[0], a)
	wide := xs[0].Shape()
	for _, x := range xs {
		for i, d := range x.Shape() {
			if i < len(wide) && wide[i] == 1 {
				wide[i] = d
			}
		}
	}
	in := make([]*Node, len(xs))
	for i, x := range xs {
		in[i] = x
		if s := x.Shape(); len(s) == len(wide) {
			to := slices.Clone(wide)
			to[a] = s[a]
			if stretches(s, to) {
				in[i] = op.Stretch(x, to)
			}
		}
	}
	return op.Apply(op.Concat{Axis: a}, in...) // which refuses what does not fit
}

// stretches tells whether a shape differs from another of its rank in axes of
// size 1 alone, and in one of them at least.
func stretches(from, to Shape) bool {
	differ := false
	for i, d := range from {
		if d != to[i] && d != 1 {
			return false
		}
		differ = differ || d != to[i]
	}
	return differ
}

// Repeat repeats every position of an axis n times in a row.
func Repeat(x *Node, a, n int) *Node {
	if n < 0 {
		Fail("graph: repeat %d times", n)
	}
	a = axis(x, a)
	to := ExpandDims(x, a+1)
	wide := to.Shape()
	wide[a+1] = n
	out := x.Shape()
	out[a] *= n
	return op.Reshaped(op.Stretch(to, wide), out)
}

// Take picks positions of an axis that are known when the graph is built.
func Take(x *Node, a int, index []int) *Node {
	return op.Apply(op.Take{Axis: axis(x, a), Index: append([]int(nil), index...)}, x)
}

// Reverse reverses an axis.
func Reverse(x *Node, a int) *Node {
	n := dims(x)[axis(x, a)]
	index := make([]int, n)
	for i := range index {
		index[i] = n - 1 - i
	}
	return Take(x, a, index)
}

// Gather picks rows of a table [V,…] by indices […]; the result is […,…]. An
// index that is no whole number in [0,V) stops the run with an error.
func Gather(table, index *Node) *Node { return op.Apply(op.Gather{}, table, index) }

// ScatterAdd adds rows […,…] by indices […] to a table [v,…] of zeros.
func ScatterAdd(rows, index *Node, v int) *Node { return op.Apply(op.ScatterAdd{V: v}, rows, index) }

// OneHot turns indices […] into rows […,classes]. An index that is no whole
// number in [0,classes) stops the run with an error.
func OneHot(index *Node, classes int) *Node { return op.Apply(op.OneHot{C: classes}, index) }

// Labels turns a column of class numbers […,1], as data sets have them, into
// one-hot rows […,classes].
func Labels(column *Node, classes int) *Node { return OneHot(Squeeze(column, -1), classes) }

// Diag puts the last axis on the diagonals of matrices of zeros.
func Diag(x *Node) *Node { return op.Apply(op.Diag{}, x) }

// DiagPart takes the diagonals of the square matrices on the last two axes.
func DiagPart(x *Node) *Node { return op.Apply(op.DiagPart{}, x) }

// Tril zeroes the matrices on the last two axes above diagonal k: 0 is the
// main one, negative numbers lie below it.
func Tril(x *Node, k int) *Node { return op.Apply(op.Tril{K: k}, x) }
