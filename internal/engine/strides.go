package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A place says where in some memory the elements of an array lie: at an offset,
// and with a stride for each axis, which is 0 for axes of size 1.
type place struct {
	off int
	st  []int
}

// rowMajor returns the strides of an array in row-major order.
func rowMajor(shape []int) []int {
	st := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] != 1 {
			st[i] = step
		}
		step *= shape[i]
	}
	return st
}

// restride returns strides that give the elements of a view, in order, another
// shape, if there are any.
func restride(from []int, st []int, to []int) ([]int, bool) {
	var n, step []int // runs of the operand that one stride covers, inner first
	for i := len(from) - 1; i >= 0; i-- {
		switch k := len(n) - 1; {
		case from[i] == 1:
		case k >= 0 && st[i] == step[k]*n[k]:
			n[k] *= from[i]
		default:
			n, step = append(n, from[i]), append(step, st[i])
		}
	}
	out := make([]int, len(to))
	k := 0
	for i := len(to) - 1; i >= 0; i-- {
		if to[i] == 1 {
			continue
		}
		for k < len(n) && n[k] == 1 {
			k++
		}
		if k == len(n) || n[k]%to[i] != 0 {
			return nil, false
		}
		out[i] = step[k]
		step[k] *= to[i]
		n[k] /= to[i]
	}
	return out, true
}

// leading returns strides over more axes, 0 for those before.
func leading(st []int, axes int) []int {
	out := make([]int, axes)
	copy(out[axes-len(st):], st)
	return out
}

func allZero(x []int) bool { return !slices.ContainsFunc(x, func(i int) bool { return i != 0 }) }

func sum(x []int) (s int) {
	for _, v := range x {
		s += v
	}
	return s
}

// lastTwo returns the sizes of the last two axes, swapped if trans.
func lastTwo(s []int, trans bool) (int, int) {
	r, c := s[len(s)-2], s[len(s)-1]
	if trans {
		return c, r
	}
	return r, c
}

// splitAxis returns the number of elements before, on and after an axis.
func splitAxis(s []int, axis int) (outer, n, inner int) {
	return op.Size(s[:axis]), s[axis], op.Size(s[axis+1:])
}

// splitFold returns the number of elements before, on and after the axes if they
// are neighbours, axes of size 1 aside.
func splitFold(axes []int, shape []int) (outer, n, inner int, ok bool) {
	folded := make([]bool, len(shape))
	for _, a := range axes {
		folded[a] = true
	}
	outer, n, inner = 1, 1, 1
	for i, d := range shape {
		switch {
		case d == 1:
		case folded[i] && inner > 1:
			return 0, 0, 0, false
		case folded[i]:
			n *= d
		case n > 1:
			inner *= d
		default:
			outer *= d
		}
	}
	return outer, n, inner, true
}

// keptAxes returns strides of the result of a reduction over the axes of its
// operand, 0 for those that it reduces.
func keptAxes(axes []int, rank int, result []int) []int {
	st := make([]int, rank)
	k := 0
	for i := range st {
		if !slices.Contains(axes, i) {
			st[i] = result[k]
			k++
		}
	}
	return st
}

// cutsOf returns the numbers of elements after which an axis of a shape ends,
// ascending.
func cutsOf(shape []int) []int {
	var cuts []int
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] != 1 {
			n *= shape[i]
			cuts = append(cuts, n)
		}
	}
	return cuts
}

// gridStrides returns the strides of an array of a shape over the axes dims, a
// refinement of the shape.
func gridStrides(dims []int, shape []int, st []int) []int {
	out := make([]int, len(dims))
	j := len(dims) - 1
	for i := len(shape) - 1; i >= 0; i-- {
		step := st[i]
		for d := shape[i]; d > 1; j-- {
			out[j] = step
			step *= dims[j]
			d /= dims[j]
		}
	}
	return out
}
