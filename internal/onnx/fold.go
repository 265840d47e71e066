package onnx

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

func (a value) sumTo(from, to []int) value {
	if op.Size(from) == 0 {
		return a.w.full(to, 0)
	}
	var axes []int
	for i, d := range from {
		if j := i - (len(from) - len(to)); d != 1 && (j < 0 || to[j] == 1) {
			axes = append(axes, i)
		}
	}
	if axes != nil { // an empty list means all
		a = a.fold("ReduceSum", axes)
	}
	return a.reshape(to)
}

func (w *writer) reduce(r op.Reduce, x value, from, to []int) value {
	if op.Size(from) == 0 {
		of := map[op.Fold]float64{op.Sum: 0, op.Smallest: math.Inf(1), op.Largest: math.Inf(-1), op.LogSumExp: math.Inf(-1)}
		return w.full(to, of[r.Fold])
	}
	if len(r.Axes) == 0 && r.Fold != op.ArgMax { // of each element itself
		return x
	}
	axes := slices.Sorted(slices.Values(r.Axes))
	switch r.Fold {
	case op.Sum:
		x = x.fold("ReduceSum", axes)
	case op.Largest:
		x = x.fold("ReduceMax", axes)
	case op.Smallest:
		x = x.fold("ReduceMin", axes)
	case op.LogSumExp: // less the largest, where that is finite
		top := x.fold("ReduceMax", axes)
		top = top.zeroWhere(top.isInf())
		x = x.sub(top).exp().fold("ReduceSum", axes).log().add(top)
	case op.ArgMax: // over the axes side by side, brought to the end
		var perm, shape []int
		for i, d := range from {
			if !slices.Contains(axes, i) {
				perm, shape = append(perm, i), append(shape, d)
			}
		}
		x = x.transpose(append(perm, axes...)).reshape(append(shape, op.Size(from)/op.Size(shape)))
		x = w.apply("ArgMax", []value{x}, attribute{"axis", len(shape)}, attribute{"keepdims", 1}).number()
	}
	return x.reshape(to)
}

func (w *writer) matMul(r op.MatMul, a, b value, shapes [][]int) value {
	side := func(x value, shape []int, trans bool) value {
		if !trans {
			return x
		}
		n := len(shape)
		perm := make([]int, n)
		for i := range perm {
			perm[i] = i
		}
		perm[n-2], perm[n-1] = n-1, n-2
		return x.transpose(perm)
	}
	if op.Size(shapes[0]) == 0 { // sums of nothing
		out, _ := r.Shape(shapes)
		return w.full(out, 0)
	}
	return side(a, shapes[0], r.TransA).op("MatMul", side(b, shapes[1], r.TransB))
}
