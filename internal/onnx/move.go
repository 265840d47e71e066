package onnx

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// nan stands where a run of the graph would stop.
func (w *writer) nan() value { return w.num(math.NaN()) }

// full is a constant that is the same everywhere.
func (w *writer) full(shape []int, x float64) value {
	return w.num(x).expand(shape)
}

// slice takes from ≤ i < to of an axis.
func (a value) slice(axis, from, to int) value {
	return a.op("Slice", a.w.ints(from), a.w.ints(to), a.w.ints(axis))
}

func (a value) pad(shape []int, r op.Pad) value {
	pads := make([]int, 2*len(shape))
	pads[r.Axis], pads[len(shape)+r.Axis] = r.Before, r.After
	return a.op("Pad", a.w.ints(pads...))
}

// take picks positions of an axis.
func (a value) take(axis int, index []int) value {
	return a.w.apply("Gather", []value{a, a.w.ints(index...)}, attribute{"axis", axis})
}

// put adds along an axis by constant positions: the axis is brought to the front
// and back.
func (a value) put(shape []int, r op.Put) value {
	perm := make([]int, len(shape))
	for i := range perm {
		perm[i] = i
	}
	perm = slices.Insert(slices.Delete(perm, r.Axis, r.Axis+1), 0, r.Axis)
	table := []int{r.N}
	for _, i := range perm[1:] {
		table = append(table, shape[i])
	}
	back := make([]int, len(perm))
	for i, p := range perm {
		back[p] = i
	}
	index := a.w.intArray([]int{len(r.Index), 1}, r.Index)
	return a.w.scatter(table, index, a.transpose(perm)).transpose(back)
}

// scatter adds rows by indices […,1] to zeros.
func (w *writer) scatter(shape []int, index, rows value) value {
	return w.apply("ScatterND", []value{w.full(shape, 0), index, rows}, attribute{"reduction", "add"})
}

// index makes whole numbers of indices below n; valid tells which of them are
// such, others become 0.
func (a value) index(n int) (index, valid value) {
	valid = a.eq(a.floor()).and(a.below(0).not()).and(a.below(float64(n)))
	return a.w.where(valid, a, a.num(0)).cast(intElem), valid
}

// valued is the value of rows whose index is valid, and NaN of others.
func (a value) valued(valid value, index []int, axes int) value {
	for range axes {
		index = append(slices.Clone(index), 1)
	}
	return a.w.where(valid.reshape(index), a, a.w.nan())
}

func (a value) gather(at value, table, index []int) value {
	i, valid := at.index(table[0])
	rows := a.w.apply("Gather", []value{a, i}, attribute{"axis", 0})
	return rows.valued(valid, index, len(table)-1)
}

func (a value) scatterAdd(at value, rows, index []int, v int) value {
	i, valid := at.index(v)
	rest := rows[len(index):]
	a = a.valued(valid, index, len(rest))
	return a.w.scatter(append([]int{v}, rest...), i.reshape(append(slices.Clone(index), 1)), a)
}

func (a value) oneHot(index []int, classes int) value {
	_, valid := a.index(classes)
	class := op.NewArray(op.Float64, []int{classes})
	for i := range classes {
		class.F64[i] = float64(i)
	}
	if a.w.graph == floatElem {
		single := op.NewArray(op.Float32, class.Shape)
		for i := range classes {
			single.F32[i] = float32(i)
		}
		class = single
	}
	hot := a.reshape(append(slices.Clone(index), 1)).eq(a.w.array(class)).number()
	return hot.valued(valid, index, 1)
}

// diagonal is the mask of the diagonal of a matrix.
func (w *writer) diagonal(n int) value {
	return w.bools([]int{n, n}, func(i int) bool { return i%(n+1) == 0 })
}

func (a value) diag(shape []int) value {
	n := shape[len(shape)-1]
	return a.w.where(a.w.diagonal(n), a.reshape(append(slices.Clone(shape), 1)), a.num(0))
}

func (a value) diagPart(shape []int) value {
	n := shape[len(shape)-1]
	kept := a.w.where(a.w.diagonal(n), a, a.num(0))
	return a.w.apply("ReduceSum", []value{kept, a.w.ints(len(shape) - 1)}, attribute{"keepdims", 0})
}
