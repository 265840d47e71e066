package graph

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// Element-wise functions of one node; the result has its shape.

// Abs returns |x|, with derivative 0 at 0.
func Abs(x *Node) *Node { return op.Map(op.Abs, x) }

// Sign returns −1, 0 or 1.
func Sign(x *Node) *Node { return op.Map(op.Sign, x) }

// Exp returns eˣ.
func Exp(x *Node) *Node { return op.Map(op.Exp, x) }

// Expm1 returns eˣ−1, accurate near 0.
func Expm1(x *Node) *Node { return op.Map(op.Expm1, x) }

// Log returns the natural logarithm.
func Log(x *Node) *Node { return op.Map(op.Log, x) }

// Log1p returns log(1+x), accurate near 0.
func Log1p(x *Node) *Node { return op.Map(op.Log1p, x) }

// Log1mExp returns log(1−eˣ) for x < 0, accurate near 0 and far from it
// (Mächler, Accurately computing log(1−exp(−|a|)), 2012, eq. 7).
func Log1mExp(x *Node) *Node {
	near := x.Gt(op.Current().Const(-math.Ln2))
	half := op.Current().Const(-1) // each branch sees only arguments of its own
	return Where(near, Log(Expm1(Where(near, x, half)).Neg()), Log1p(Exp(Where(near, half, x)).Neg()))
}

// Sqrt returns the square root.
func Sqrt(x *Node) *Node { return op.Map(op.Sqrt, x) }

// Rsqrt returns 1/√x.
func Rsqrt(x *Node) *Node { return op.Map(op.Rsqrt, x) }

// Recip returns 1/x.
func Recip(x *Node) *Node { return op.Map(op.Recip, x) }

// Tanh returns the hyperbolic tangent.
func Tanh(x *Node) *Node { return op.Map(op.Tanh, x) }

// Sigmoid returns 1/(1+e⁻ˣ).
func Sigmoid(x *Node) *Node { return op.Map(op.Sigmoid, x) }

// LogSigmoid returns log sigmoid(x) without overflow.
func LogSigmoid(x *Node) *Node { return op.Map(op.LogSigmoid, x) }

// Softplus returns log(1+eˣ) without overflow.
func Softplus(x *Node) *Node { return op.Map(op.Softplus, x) }

// Relu returns max(x,0), with derivative 0 at 0.
func Relu(x *Node) *Node { return op.Map(op.Relu, x) }

// LeakyRelu returns x, or slope·x below 0.
func LeakyRelu(x *Node, slope float64) *Node {
	return op.Apply(op.Unary{Fn: op.LeakyRelu, A: slope}, x)
}

// Elu returns x, or eˣ−1 below 0.
func Elu(x *Node) *Node { return op.Map(op.Elu, x) }

// Gelu returns x·Φ(x), with the exact normal distribution function Φ.
func Gelu(x *Node) *Node { return op.Map(op.Gelu, x) }

// Silu returns x·sigmoid(x).
func Silu(x *Node) *Node { return op.Map(op.Silu, x) }

// Sin returns the sine.
func Sin(x *Node) *Node { return op.Map(op.Sin, x) }

// Cos returns the cosine.
func Cos(x *Node) *Node { return op.Map(op.Cos, x) }

// Erf returns the error function.
func Erf(x *Node) *Node { return op.Map(op.Erf, x) }

// Erfinv returns the inverse of the error function on (−1,1).
func Erfinv(x *Node) *Node { return op.Map(op.Erfinv, x) }

// Lgamma returns log|Γ(x)|.
func Lgamma(x *Node) *Node { return op.Map(op.Lgamma, x) }

// Digamma returns the derivative of log Γ.
func Digamma(x *Node) *Node { return op.Map(op.Digamma, x) }

// Trigamma returns the second derivative of log Γ.
func Trigamma(x *Node) *Node { return op.Map(op.Trigamma, x) }

// Floor returns the largest whole number not above x; its derivative is 0.
func Floor(x *Node) *Node { return op.Map(op.Floor, x) }

// Clamp returns x limited to [lo,hi], with derivative 0 outside.
func Clamp(x *Node, lo, hi float64) *Node { return op.Apply(op.Unary{Fn: op.Clamp, A: lo, B: hi}, x) }

// StopGrad returns x as a constant: no derivative passes.
func StopGrad(x *Node) *Node { return op.Map(op.Stop, x) }

// IsFinite returns 1 where x is finite and 0 elsewhere.
func IsFinite(x *Node) *Node { return op.Map(op.IsFinite, x) }

// Element-wise functions of two nodes, which broadcast (see the package
// comment).

func binary(f op.Fn2, a, b *Node) *Node { return op.Apply(op.Binary{Fn: f}, a, b) }

// Max returns the larger; a tie shares the derivative equally.
func Max(a, b *Node) *Node { return binary(op.Max, a, b) }

// Min returns the smaller; a tie shares the derivative equally.
func Min(a, b *Node) *Node { return binary(op.Min, a, b) }

// LogAddExp returns log(eᵃ+eᵇ) without overflow.
func LogAddExp(a, b *Node) *Node { return binary(op.LogAddExp, a, b) }

// Where returns a where mask is not 0 and b elsewhere, and routes the
// derivative likewise. A derivative of the branch not taken that is infinite
// still makes a NaN: give that branch a harmless argument.
func Where(mask, a, b *Node) *Node { return op.Apply(op.Where{}, mask, a, b) }

// AddN adds nodes, of which there must be one at least.
func AddN(xs ...*Node) *Node {
	if len(xs) == 0 {
		Fail("graph: sum of no nodes")
	}
	s := xs[0]
	for _, x := range xs[1:] {
		s = s.Add(x)
	}
	return s
}
