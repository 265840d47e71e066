package engine

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// rewriteShape simplifies rules that move elements or reduce.
func (e *expr) rewriteShape(r op.Rule, in []*value, shape []int) *value {
	if len(in) == 0 {
		return nil
	}
	x := in[0]
	switch r.(type) {
	case op.Reshape, op.BroadcastTo, op.Transpose, op.Slice, op.Take:
		if x.form == uniform {
			return e.uniform(shape, x.c)
		}
		if _, ok := r.(op.Take); !ok && slices.Equal(x.shape, shape) && !moves(r) {
			return x
		}
	}
	switch r := r.(type) {
	case op.Reshape:
		if _, ok := isRule[op.Reshape](x); ok {
			return e.make(r, x.in[0])
		}
	case op.BroadcastTo:
		if x.size == op.Size(shape) {
			return e.make(op.Reshape{To: shape}, x)
		}
		if _, ok := isRule[op.BroadcastTo](x); ok {
			return e.make(r, x.in[0])
		}
	case op.SumTo:
		switch {
		case x.size == 0:
			return e.uniform(shape, 0)
		case x.form == uniform:
			return e.uniform(shape, x.c*float64(x.size)/float64(max(op.Size(shape), 1)))
		case slices.Equal(x.shape, shape):
			return x
		case x.size == op.Size(shape):
			return e.make(op.Reshape{To: shape}, x)
		}
		return e.sumJoined(r, x)
	case op.Reduce:
		return e.reduce(r, x, shape)
	case op.Transpose:
		if t, ok := isRule[op.Transpose](x); ok {
			perm := make([]int, len(r.Perm))
			for i, p := range r.Perm {
				perm[i] = t.Perm[p]
			}
			return e.make(op.Transpose{Perm: perm}, x.in[0])
		}
		if !moves(r) {
			return x
		}
		if stays(r.Perm, x.shape) {
			return e.make(op.Reshape{To: shape}, x)
		}
	case op.Slice:
		if s, ok := isRule[op.Slice](x); ok && s.Axis == r.Axis {
			return e.make(op.Slice{Axis: r.Axis, From: r.From + s.From, To: r.To + s.From}, x.in[0])
		}
		if p, ok := isRule[op.Pad](x); ok && p.Axis == r.Axis && r.From >= p.Before && r.To <= p.Before+x.in[0].shape[p.Axis] {
			return e.make(op.Slice{Axis: r.Axis, From: r.From - p.Before, To: r.To - p.Before}, x.in[0])
		}
		if c, ok := isRule[op.Concat](x); ok && c.Axis == r.Axis {
			return e.part(r, x)
		}
	case op.Take:
		if t, ok := isRule[op.Take](x); ok && t.Axis == r.Axis {
			at := make([]int, len(r.Index))
			for i, k := range r.Index {
				at[i] = t.Index[k]
			}
			return e.make(op.Take{Axis: r.Axis, Index: at}, x.in[0])
		}
		for i, k := range r.Index {
			if i != k || len(r.Index) != x.shape[r.Axis] {
				return nil
			}
		}
		return x
	case op.Put: // a permutation put is the inverse one taken
		back := make([]int, r.N)
		for i, k := range r.Index {
			back[k] += i + 1
		}
		for i, k := range back {
			if back[i] = k - 1; k == 0 || len(r.Index) != r.N || r.Index[(k-1)%r.N] != i {
				return nil
			}
		}
		return e.make(op.Take{Axis: r.Axis, Index: back}, x)
	case op.Pad:
		if r.Before == 0 && r.After == 0 {
			return x
		}
	case op.Concat:
		if len(in) == 1 {
			return x
		}
	}
	return nil
}

// part finds a slice of joined operands in one of them.
func (e *expr) part(r op.Slice, x *value) *value {
	at := 0
	for _, v := range x.in {
		n := v.shape[r.Axis]
		if r.From >= at && r.To <= at+n {
			return e.make(op.Slice{Axis: r.Axis, From: r.From - at, To: r.To - at}, v)
		}
		at += n
	}
	return nil
}

// moves reports whether a rule of one operand of the result's shape may change
// where elements are.
func moves(r op.Rule) bool {
	t, ok := r.(op.Transpose)
	if !ok {
		return false
	}
	for i, p := range t.Perm {
		if i != p {
			return true
		}
	}
	return false
}

// stays reports whether a permutation moves axes of size 1 only.
func stays(perm []int, shape []int) bool {
	last := -1
	for _, p := range perm {
		if shape[p] == 1 {
			continue
		}
		if p < last {
			return false
		}
		last = p
	}
	return true
}

func (e *expr) reduce(r op.Reduce, x *value, shape []int) *value {
	count := 1
	for _, a := range r.Axes {
		count *= x.shape[a]
	}
	c := x.c
	switch {
	case count == 0:
		return e.uniform(shape, map[op.Fold]float64{op.Largest: math.Inf(-1), op.Smallest: math.Inf(1), op.LogSumExp: math.Inf(-1)}[r.Fold])
	case r.Fold == op.ArgMax && (x.form == uniform || count == 1):
		return e.uniform(shape, 0)
	case count == 1:
		return e.make(op.Reshape{To: shape}, x)
	case x.form != uniform:
		return e.runs(r, x)
	case r.Fold == op.Sum:
		c *= float64(count)
	case r.Fold == op.LogSumExp:
		c += math.Log(float64(count))
	}
	return e.uniform(shape, c)
}

// runs reduces over one run of neighbouring axes after the other, the last
// first, where that comes to the same.
func (e *expr) runs(r op.Reduce, x *value) *value {
	if r.Fold == op.Sum || r.Fold == op.ArgMax {
		return nil
	}
	axes := slices.Sorted(slices.Values(r.Axes))
	for i := len(axes) - 1; i > 0; i-- {
		if op.Size(x.shape[axes[i-1]+1:axes[i]]) > 1 {
			return e.make(op.Reduce{Fold: r.Fold, Axes: axes[:i]}, e.make(op.Reduce{Fold: r.Fold, Axes: axes[i:]}, x))
		}
	}
	return nil
}

// matmul takes transposes into the product.
func (e *expr) matmul(r op.MatMul, in []*value, shape []int) *value {
	a, b := in[0], in[1]
	if _, k := lastTwo(a.shape, r.TransA); k == 0 {
		return e.uniform(shape, 0)
	}
	x, y := swapped(a), swapped(b)
	if x == nil && y == nil {
		return nil
	}
	if x != nil {
		a, r.TransA = x, !r.TransA
	}
	if y != nil {
		b, r.TransB = y, !r.TransB
	}
	return e.make(r, a, b)
}

// swapped returns the operand of a transpose of the last two axes.
func swapped(v *value) *value {
	t, ok := isRule[op.Transpose](v)
	n := len(v.shape)
	if !ok || n < 2 || t.Perm[n-1] != n-2 || t.Perm[n-2] != n-1 {
		return nil
	}
	for i, p := range t.Perm[:n-2] {
		if i != p {
			return nil
		}
	}
	return v.in[0]
}

// maxFoldedSize bounds the size of arrays that are evaluated at compile time.
const maxFoldedSize = 4096

// foldConstants evaluates a rule whose operands are all constants; nil if they are
// not, or are too large.
func (e *expr) foldConstants(r op.Rule, in []*value, shape []int) *value {
	size := op.Size(shape)
	same := true
	for _, v := range in {
		if v.form != uniform && (v.form != constant || v.size > maxFoldedSize) {
			return nil
		}
		same = same && v.form == uniform
	}
	if len(in) == 0 || len(shape) > 0 && size == 0 || op.Foreign(r) {
		return nil
	}
	if same && operationOf(r).byElement { // one element tells all
		args := make([]op.Array, len(in))
		for i, v := range in {
			args[i] = op.NewArray(e.dt, []int{})
			args[i].Set(0, v.c)
		}
		out := op.NewArray(e.dt, []int{})
		if r.Eval(out, args) != nil {
			return nil
		}
		return e.uniform(shape, out.At(0))
	}
	if size > maxFoldedSize {
		return nil
	}
	args := make([]op.Array, len(in))
	for i, v := range in {
		if v.form == uniform && v.size > maxFoldedSize {
			return nil
		}
		args[i] = v.array(e.dt)
	}
	out := op.NewArray(e.dt, shape)
	if r.Eval(out, args) != nil {
		return nil // it is the run that fails
	}
	return e.constant(out)
}

// array returns the elements of a constant or leaf; those of a uniform value are new memory.
func (v *value) array(dt op.Dtype) op.Array {
	if v.form != uniform {
		return v.data
	}
	a := op.NewArray(dt, v.shape)
	for i := range a.Len() {
		a.Set(i, v.c)
	}
	return a
}
