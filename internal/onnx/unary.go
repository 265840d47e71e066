package onnx

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// operators are the functions that ONNX has.
var operators = map[op.Fn]string{
	op.Neg: "Neg", op.Abs: "Abs", op.Sign: "Sign", op.Exp: "Exp", op.Log: "Log", op.Sqrt: "Sqrt", op.Recip: "Reciprocal",
	op.Tanh: "Tanh", op.Sigmoid: "Sigmoid", op.Softplus: "Softplus", op.Relu: "Relu", op.Sin: "Sin", op.Cos: "Cos", op.Floor: "Floor",
}

// unary writes a function of one number.
func (w *writer) unary(r op.Unary, x value) (value, bool) {
	if kind, ok := operators[r.Fn]; ok {
		return x.op(kind), true
	}
	of := func(f func(value) value) value { return w.double([]value{x}, func(x []value) value { return f(x[0]) }) }
	switch r.Fn {
	case op.Expm1:
		return x.expm1(), true
	case op.Log1p:
		return x.log1p(), true
	case op.Rsqrt:
		return x.sqrt().recip(), true
	case op.Square:
		return x.square(), true
	case op.LogSigmoid:
		return x.neg().softplus().neg(), true
	case op.LeakyRelu:
		return w.where(x.below(0), x.scale(r.A), x), true
	case op.Elu:
		return w.where(x.below(0), x.expm1(), x), true
	case op.Gelu:
		y := of(func(x value) value { return x.mul(x.scale(-1 / math.Sqrt2).erfc()).scale(.5) })
		return y.zeroWhere(x.is(math.Inf(-1))), true
	case op.Silu:
		return x.mul(x.sigmoid()).zeroWhere(x.is(math.Inf(-1))), true
	case op.Erf: // whose float64 ONNX Runtime does not compute
		if w.graph == floatElem {
			return x.op("Erf"), true
		}
		return x.erf(), true
	case op.Erfinv:
		return of(value.erfinv), true
	case op.Lgamma:
		return of(value.lgamma), true
	case op.Digamma:
		return of(value.digamma), true
	case op.Trigamma:
		return of(func(x value) value { return x.polygamma(1) }), true
	case op.Polygamma:
		return of(func(x value) value { return x.polygamma(int(r.A)) }), true
	case op.LogLogistic:
		size := x.abs().neg()
		return size.sub(size.softplus().scale(2)), true
	case op.ExpRest:
		return x.expRest(), true
	case op.Clamp, op.Bound:
		return x.max(x.num(r.A)).min(x.num(r.B)), true
	case op.Shift:
		return x.shift(r.A), true
	case op.Scale:
		return x.scale(r.A), true
	case op.Stop:
		return x, true
	case op.IsFinite:
		return x.isNaN().or(x.isInf()).not().number(), true
	case op.Outside:
		return x.below(r.A).or(x.above(r.B)).number(), true
	}
	return x, false
}
