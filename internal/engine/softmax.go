package engine

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// logSoftmax returns x − l if l, stretched over the rows of x, is their
// log-sum-exp, and a row is one axis and fits in a block.
func (e *expr) logSoftmax(x, l *value, shape []int) *value {
	w := e.view(l)
	sum, low := w.base, math.Inf(-1)
	if u, y := matchUnary(sum, op.Clamp); y != nil && u.A <= -math.MaxFloat32 && math.IsInf(u.B, 1) { // in the gradient of sum
		sum, low = e.alias(y), u.A
	}
	if sum == nil { // of a part or another order of it
		return nil
	}
	r, ok := isRule[op.Reduce](sum)
	if !ok || r.Fold != op.LogSumExp || sum.in[0] != x || !slices.Equal(x.shape, shape) || !byRows(r, shape) || !oneAxis(r, shape) {
		return nil
	}
	if w.off != 0 || !slices.Equal(leading(w.st, len(shape)), keptAxes(r.Axes, len(shape), rowMajor(sum.shape))) {
		return nil
	}
	return e.intern(logSoftmax{op.Binary{Fn: op.Sub}, low}, []*value{x}, shape)
}
