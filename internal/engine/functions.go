package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// plain is the estimated nanoseconds an element of a step, on one core with
// 256-bit vectors, where the tables say nothing of it.
const plain = .08

// A function1 is the step of a function of one number, whose parameters are its
// scalars. The zero value calls the rule.
type function1 struct {
	code   code
	kernel kernel.Unary
	cost   float64
}

var functions1 = [...]function1{
	op.Neg: {mapOf, kernel.OpNeg, 0}, op.Abs: {mapOf, kernel.OpAbs, 0}, op.Sign: {mapOf, kernel.OpSign, 0},
	op.Exp: {mapOf, kernel.OpExp, .3}, op.Expm1: {mapOf, kernel.OpExpm1, .4}, op.Log: {mapOf, kernel.OpLog, .4},
	op.Log1p: {mapOf, kernel.OpLog1p, .5}, op.Sqrt: {mapOf, kernel.OpSqrt, .3}, op.Rsqrt: {mapOf, kernel.OpRsqrt, .5},
	op.Square: {mapOf, kernel.OpSquare, 0}, op.Recip: {mapOf, kernel.OpRecip, .2}, op.Tanh: {mapOf, kernel.OpTanh, .5},
	op.Sigmoid: {mapOf, kernel.OpSigmoid, .4}, op.LogSigmoid: {mapOf, kernel.OpLogSigmoid, .7},
	op.Softplus: {mapOf, kernel.OpSoftplus, .7}, op.Relu: {mapOf, kernel.OpRelu, 0}, op.LeakyRelu: {code: leaky},
	op.Elu: {mapOf, kernel.OpElu, .4}, op.Gelu: {mapOf, kernel.OpGelu, .8}, op.Silu: {mapOf, kernel.OpSilu, .5},
	op.Sin: {mapOf, kernel.OpSin, .5}, op.Cos: {mapOf, kernel.OpCos, .5}, op.Erf: {mapOf, kernel.OpErf, .6},
	op.Erfinv: {mapOf, kernel.OpErfInv, 20}, op.Lgamma: {mapOf, kernel.OpLgamma, 30},
	op.Digamma: {mapOf, kernel.OpDigamma, 30}, op.Trigamma: {mapOf, kernel.OpTrigamma, 30}, op.Polygamma: {cost: 50},
	op.Floor: {mapOf, kernel.OpFloor, 0}, op.Clamp: {code: clamp}, op.Bound: {code: clamp},
	op.Shift: {zipRight, kernel.Unary(kernel.OpAdd), 0}, op.Scale: {zipRight, kernel.Unary(kernel.OpMul), 0},
	op.IsFinite: {code: finite}, op.Outside: {code: outside},
}

// A function2 is the kernel of a function of two numbers. One without a cost has
// none: simplify replaces those.
type function2 struct {
	kernel kernel.Binary
	cost   float64
}

var functions2 = [...]function2{
	op.Add: {kernel.OpAdd, plain}, op.Sub: {kernel.OpSub, plain}, op.Mul: {kernel.OpMul, plain},
	op.Div: {kernel.OpDiv, .2}, op.Pow: {kernel.OpPow, 40}, op.Max: {kernel.OpMax, plain}, op.Min: {kernel.OpMin, plain},
	op.LogAddExp: {kernel.OpLogAddExp, .8}, op.MulSquare: {kernel.OpMulSquare, plain}, op.Lt: {kernel.OpLt, plain},
	op.Le: {kernel.OpLe, plain}, op.Gt: {kernel.OpGt, plain}, op.Ge: {kernel.OpGe, plain}, op.Eq: {kernel.OpEq, plain},
	op.Ne: {kernel.OpNe, plain},
}

// mapKernel returns the kernel of a function of elements, if one call computes it.
func mapKernel(f op.Fn) (kernel.Unary, bool) {
	d := functionOf(f)
	return d.kernel, d.code == mapOf
}

func functionOf(f op.Fn) (d function1) {
	if int(f) < len(functions1) {
		d = functions1[f]
	}
	return d
}

// elementCost returns the estimated nanoseconds of a function of one element.
func elementCost(f op.Fn) float64 { return max(plain, functionOf(f).cost) }

// rowCost returns the estimated nanoseconds of softmax or its logarithm for one
// element of a row.
func rowCost(cols int) float64 { return .6 + min(60/float64(cols), 3) }

func unaryInstr(r op.Rule) instr {
	u := r.(op.Unary)
	f := functionOf(u.Fn)
	return instr{code: f.code, fn: uint8(f.kernel), k: [2]float64{u.A, u.B}, cost: elementCost(u.Fn), rule: r}
}

func binaryInstr(r op.Rule) instr {
	f := functions2[r.(op.Binary).Fn]
	return instr{code: zip, fn: uint8(f.kernel), cost: f.cost}
}
