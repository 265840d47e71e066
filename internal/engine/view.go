package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A view says where the elements of a value lie: in the memory of a base, at
// an offset and strides. The strides of axes of size 1 are 0.
type view struct {
	base *value
	off  int
	st   []int
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

// view returns the view of a value. The result of a rule that only moves elements
// is a view of its operand where strides can describe it. Any other value is its
// own base.
func (v *value) view() *view {
	if v.cachedView != nil {
		return v.cachedView
	}
	v.cachedView = v.operandView()
	if v.cachedView == nil {
		v.cachedView = &view{base: v, st: rowMajor(v.shape)}
	}
	return v.cachedView
}

// operandView returns v as a view of its operand, or nil.
func (v *value) operandView() *view {
	if v.form != applied || v.size == 0 {
		return nil
	}
	switch r := v.rule.(type) {
	case op.Reshape:
		u := v.in[0].view()
		if st, ok := restride(v.in[0].shape, u.st, v.shape); ok {
			return &view{u.base, u.off, st}
		}
	case op.BroadcastTo:
		u := v.in[0].view()
		st := make([]int, len(v.shape))
		copy(st[len(st)-len(u.st):], u.st)
		return &view{u.base, u.off, st}
	case op.Slice:
		u := v.in[0].view()
		w := &view{u.base, u.off + r.From*u.st[r.Axis], slices.Clone(u.st)}
		if v.shape[r.Axis] == 1 {
			w.st[r.Axis] = 0
		}
		return w
	case op.Transpose:
		u := v.in[0].view()
		st := make([]int, len(r.Perm))
		last := 0
		for i, p := range r.Perm {
			if st[i] = u.st[p]; v.shape[i] != 1 {
				last = st[i]
			}
		}
		if last <= 1 {
			return &view{u.base, u.off, st}
		}
	}
	return nil
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

// whole reports whether a view is all of its base in order.
func (w *view) whole(shape []int) bool {
	return w.off == 0 && w.base.size == op.Size(shape) && slices.Equal(w.st, rowMajor(shape))
}

// alias returns the value whose memory v is, element by element: v itself or
// the operand of reshapes. It returns nil for a part of one or a stretched one.
func (v *value) alias() *value {
	if w := v.view(); w.whole(v.shape) {
		return w.base
	}
	return nil
}
