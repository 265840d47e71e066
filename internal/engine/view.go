package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A view says where the elements of a value lie: at a place in the memory of a base.
type view struct {
	base *value
	place
}

// view returns the view of a value. The result of a rule that only moves elements
// is a view of its operand where strides can describe it. Any other value is its
// own base.
func (e *expr) view(v *value) *view {
	w := e.views[v.id]
	if w == nil {
		if w = e.operandView(v); w == nil {
			w = &view{v, place{st: rowMajor(v.shape)}}
		}
		e.views[v.id] = w
	}
	return w
}

// operandView returns v as a view of its operand, or nil.
func (e *expr) operandView(v *value) *view {
	if v.op.view == nil || v.size == 0 {
		return nil
	}
	u := e.view(v.in[0])
	if at, ok := v.op.view(v.rule, u.place, v.in[0].shape, v.shape); ok {
		return &view{u.base, at}
	}
	return nil
}

// base returns the value in whose memory v lies.
func (e *expr) base(v *value) *value { return e.view(v).base }

// whole reports whether a view is all of its base in order.
func (w *view) whole(shape []int) bool {
	return w.off == 0 && w.base.size == op.Size(shape) && slices.Equal(w.st, rowMajor(shape))
}

// alias returns the value whose memory v is, element by element: v itself or
// the operand of reshapes. It returns nil for a part of one or a stretched one.
func (e *expr) alias(v *value) *value {
	if w := e.view(v); w.whole(v.shape) {
		return w.base
	}
	return nil
}
