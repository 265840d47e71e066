package kernel

// Each of these is Map with the operation of its name; see there and Unary.

// Neg sets dst[i] to -x, x = src[i].
func Neg[T Float](dst, src []T) { Map(OpNeg, dst, src) }

// Abs sets dst[i] to |x|, x = src[i].
func Abs[T Float](dst, src []T) { Map(OpAbs, dst, src) }

// Sign sets dst[i] to -1, ±0 or 1, x = src[i].
func Sign[T Float](dst, src []T) { Map(OpSign, dst, src) }

// Sqrt sets dst[i] to √x, x = src[i].
func Sqrt[T Float](dst, src []T) { Map(OpSqrt, dst, src) }

// Rsqrt sets dst[i] to 1/√x, x = src[i].
func Rsqrt[T Float](dst, src []T) { Map(OpRsqrt, dst, src) }

// Square sets dst[i] to x², x = src[i].
func Square[T Float](dst, src []T) { Map(OpSquare, dst, src) }

// Recip sets dst[i] to 1/x, x = src[i].
func Recip[T Float](dst, src []T) { Map(OpRecip, dst, src) }

// Floor sets dst[i] to the largest integer not above x, x = src[i].
func Floor[T Float](dst, src []T) { Map(OpFloor, dst, src) }

// Relu sets dst[i] to max(x, 0), x = src[i].
func Relu[T Float](dst, src []T) { Map(OpRelu, dst, src) }

// Exp sets dst[i] to eˣ, x = src[i].
func Exp[T Float](dst, src []T) { Map(OpExp, dst, src) }

// Expm1 sets dst[i] to eˣ - 1, x = src[i].
func Expm1[T Float](dst, src []T) { Map(OpExpm1, dst, src) }

// Log sets dst[i] to ln x, x = src[i].
func Log[T Float](dst, src []T) { Map(OpLog, dst, src) }

// Log1p sets dst[i] to ln(1 + x), x = src[i].
func Log1p[T Float](dst, src []T) { Map(OpLog1p, dst, src) }

// Tanh sets dst[i] to tanh x, x = src[i].
func Tanh[T Float](dst, src []T) { Map(OpTanh, dst, src) }

// Sigmoid sets dst[i] to 1/(1 + e⁻ˣ), x = src[i].
func Sigmoid[T Float](dst, src []T) { Map(OpSigmoid, dst, src) }

// LogSigmoid sets dst[i] to -ln(1 + e⁻ˣ), x = src[i].
func LogSigmoid[T Float](dst, src []T) { Map(OpLogSigmoid, dst, src) }

// Softplus sets dst[i] to ln(1 + eˣ), x = src[i].
func Softplus[T Float](dst, src []T) { Map(OpSoftplus, dst, src) }

// Silu sets dst[i] to x/(1 + e⁻ˣ), x = src[i].
func Silu[T Float](dst, src []T) { Map(OpSilu, dst, src) }

// Elu sets dst[i] to x above zero and eˣ - 1 below, x = src[i].
func Elu[T Float](dst, src []T) { Map(OpElu, dst, src) }

// Erf sets dst[i] to erf x, x = src[i].
func Erf[T Float](dst, src []T) { Map(OpErf, dst, src) }

// Sin sets dst[i] to sin x, x = src[i].
func Sin[T Float](dst, src []T) { Map(OpSin, dst, src) }

// Cos sets dst[i] to cos x, x = src[i].
func Cos[T Float](dst, src []T) { Map(OpCos, dst, src) }

// Gelu sets dst[i] to x·Φ(x), x = src[i].
func Gelu[T Float](dst, src []T) { Map(OpGelu, dst, src) }

// ErfInv sets dst[i] to the inverse of erf at x = src[i].
func ErfInv[T Float](dst, src []T) { Map(OpErfInv, dst, src) }

// Lgamma sets dst[i] to ln |Γ(x)|, x = src[i].
func Lgamma[T Float](dst, src []T) { Map(OpLgamma, dst, src) }

// Digamma sets dst[i] to ψ(x), x = src[i].
func Digamma[T Float](dst, src []T) { Map(OpDigamma, dst, src) }

// Trigamma sets dst[i] to ψ′(x), x = src[i].
func Trigamma[T Float](dst, src []T) { Map(OpTrigamma, dst, src) }
