package onnx

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// binary writes a function of two numbers.
func (w *writer) binary(f op.Fn2, a, b value) value {
	switch f {
	case op.Add:
		return a.add(b)
	case op.Sub:
		return a.sub(b)
	case op.Mul:
		return a.mul(b)
	case op.Div:
		return a.div(b)
	case op.Pow:
		return a.op("Pow", b)
	case op.Max:
		return a.max(b)
	case op.Min:
		return a.min(b)
	case op.LogAddExp:
		return w.where(a.eq(b), a.shift(math.Ln2), a.max(b).add(a.sub(b).abs().neg().softplus()))
	case op.MulExp:
		e := b.scale(.5).exp()
		return w.where(a.is(0).and(b.isNaN().not()), a, a.mul(e).mul(e))
	case op.LogBernoulli:
		certain := w.where(a.eq(b.above(0).number()), a.num(0), a.num(math.Inf(-1)))
		score := a.mul(b).sub(b.max(b.num(0))).sub(b.abs().neg().softplus())
		return w.where(b.isInf().and(a.isNaN().not()), certain, score)
	case op.MulSquare:
		b = b.min(b.num(w.largest()))
		return a.mul(b).mul(b)
	case op.LogisticBin:
		return b.scale(-2).expm1().neg().log().sub(a.add(b).neg().softplus()).sub(a.sub(b).softplus())
	case op.Lt:
		return a.lt(b).number()
	case op.Le:
		return a.op("LessOrEqual", b).number()
	case op.Gt:
		return a.gt(b).number()
	case op.Ge:
		return a.op("GreaterOrEqual", b).number()
	case op.Eq:
		return a.eq(b).number()
	}
	return a.eq(b).not().number() // Ne
}

// largest is the largest finite number.
func (w *writer) largest() float64 {
	if w.now == doubleElem {
		return math.MaxFloat64
	}
	return math.MaxFloat32
}

// between moves x between lo and hi, to a number that is next to an end or the
// one after that.
func (w *writer) between(x, lo, hi value) value {
	eps, tiny := 0x1p-52, 1/op.MaxDraw(op.Float64)
	if w.graph == floatElem {
		eps, tiny = 0x1p-23, 1/op.MaxDraw(op.Float32)
	}
	inf := math.Inf(1)
	lo = w.where(lo.isNaN(), lo.num(-inf), lo)
	low := w.where(lo.is(-inf), lo, lo.add(lo.abs().scale(eps)).shift(tiny))
	top := w.where(hi.below(inf), hi.sub(hi.abs().scale(eps)).shift(-tiny), hi.num(inf)).max(lo)
	return x.min(top).max(low.min(top))
}
