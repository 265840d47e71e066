package engine

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// Functions that have a derivative of their own, which a formula of others
// would lose to cancellation, but no kernel: they are computed as that formula.
// The graph has been differentiated by now.

func (e *expr) one(f op.Fn, x *value) *value { return e.make(op.Unary{Fn: f}, x) }

func (e *expr) number(c float64) *value { return e.splat([]int{}, c) }

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
		under := e.neg(e.one(op.Abs, x))
		return e.two(op.Sub, under, e.scale(e.one(op.Softplus, under), 2))
	}
	near := e.two(op.Lt, e.one(op.Abs, x), e.number(.5))
	terms := op.ExpRestTerms
	if e.dt == op.Float32 {
		terms = 9
	}
	sum := e.shift(e.scale(x, 1/float64(terms)), 1)
	for k := terms - 1; k > 2; k-- { // the series, 1 + x/3·(1 + x/4·(…))
		sum = e.shift(e.two(op.Mul, sum, e.scale(x, 1/float64(k))), 1)
	}
	series := e.two(op.Mul, e.scale(e.one(op.Square, x), .5), sum)
	far := e.two(op.Sub, e.one(op.Expm1, x), e.clamp(x, math.Inf(-1), e.largest()))
	return e.make(op.Where{}, near, series, far)
}

// expand2 returns MulExp, LogBernoulli and LogisticBin, and nil of others.
func (e *expr) expand2(f op.Fn2, a, b *value) *value {
	switch f {
	case op.MulExp: // by the root twice: eᵇ may be beyond the dtype where a·eᵇ is not
		return e.two(op.MulSquare, a, e.one(op.Exp, e.scale(b, .5)))
	case op.LogBernoulli: // an infinite logit as the largest number, which is within 2⁻²⁰ of it
		limit := e.largest()
		l := e.clamp(b, -limit, limit)
		y := e.two(op.Sub, e.two(op.Mul, a, l), e.one(op.Softplus, l))
		never := e.two(op.Lt, y, e.number(-math.Ldexp(limit, -20)))
		return e.make(op.Where{}, never, e.number(math.Inf(-1)), y)
	case op.LogisticBin:
		width := e.one(op.Log, e.neg(e.one(op.Expm1, e.scale(b, -2))))
		below := e.one(op.Softplus, e.neg(e.two(op.Add, a, b)))
		return e.two(op.Sub, e.two(op.Sub, width, below), e.one(op.Softplus, e.two(op.Sub, a, b)))
	}
	return nil
}
