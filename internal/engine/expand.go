package engine

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// Functions that have a derivative of their own, which a formula of others
// would lose to cancellation, but no kernel: they are computed as that formula.
// The graph has been differentiated by now.

func (e *expr) fn(f op.Fn, x *value) *value { return e.make(op.Unary{Fn: f}, x) }

func (e *expr) number(c float64) *value { return e.uniform([]int{}, c) }

func (e *expr) clamp(x *value, lo, hi float64) *value {
	return e.make(op.Unary{Fn: op.Clamp, A: lo, B: hi}, x)
}

// largest is the largest number of the dtype.
func (e *expr) largest() float64 {
	if e.dt == op.Float64 {
		return math.MaxFloat64
	}
	return math.MaxFloat32
}

// expand returns LogLogistic or ExpRest.
func (e *expr) expand(r op.Unary, x *value) *value {
	if r.Fn == op.LogLogistic { // −|x| − 2·log(1+e^−|x|)
		under := e.neg(e.fn(op.Abs, x))
		return e.fn2(op.Sub, under, e.scale(e.fn(op.Softplus, under), 2))
	}
	near := e.fn2(op.Lt, e.fn(op.Abs, x), e.number(.5))
	terms := op.ExpRestTerms
	if e.dt == op.Float32 {
		terms = 9
	}
	sum := e.shift(e.scale(x, 1/float64(terms)), 1)
	for k := terms - 1; k > 2; k-- { // the series, 1 + x/3·(1 + x/4·(…))
		sum = e.shift(e.fn2(op.Mul, sum, e.scale(x, 1/float64(k))), 1)
	}
	series := e.fn2(op.Mul, e.scale(e.fn(op.Square, x), .5), sum)
	far := e.fn2(op.Sub, e.fn(op.Expm1, x), e.clamp(x, math.Inf(-1), e.largest()))
	return e.make(op.Where{}, near, series, far)
}

// expand2 returns MulExp, LogBernoulli and LogisticBin, and nil of others.
func (e *expr) expand2(f op.Fn2, a, b *value) *value {
	switch f {
	case op.MulExp: // by the root twice: eᵇ may be beyond the dtype where a·eᵇ is not
		return e.fn2(op.MulSquare, a, e.fn(op.Exp, e.scale(b, .5)))
	case op.LogBernoulli: // an infinite logit as the largest number, which is within 2⁻²⁰ of it
		limit := e.largest()
		l := e.clamp(b, -limit, limit)
		y := e.fn2(op.Sub, e.fn2(op.Mul, a, l), e.fn(op.Softplus, l))
		never := e.fn2(op.Lt, y, e.number(-math.Ldexp(limit, -20)))
		return e.make(op.Where{}, never, e.number(math.Inf(-1)), y)
	case op.LogisticBin:
		width := e.fn(op.Log, e.neg(e.fn(op.Expm1, e.scale(b, -2))))
		below := e.fn(op.Softplus, e.neg(e.fn2(op.Add, a, b)))
		return e.fn2(op.Sub, e.fn2(op.Sub, width, below), e.fn(op.Softplus, e.fn2(op.Sub, a, b)))
	}
	return nil
}
