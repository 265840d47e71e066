package kernel

import (
	"unsafe"
)

// Unary names a function of one number.
type Unary uint8

// The functions of one number. The accuracy in brackets is the largest error in
// ulp over every float32, on the vector path; the portable path computes in
// float64 and rounds once, which leaves at most 0.51. The second number is for
// float64 on the vector path, a bit above the most seen in ten million arguments;
// without one, float64 has the accuracy of package math, as have OpSin and OpCos
// of numbers above 2^20. NaN goes in and comes out.
const (
	OpNeg Unary = iota
	OpAbs
	OpSign       // -1, ±0 or 1
	OpSqrt       // [.5]
	OpRsqrt      // 1/√x [1.5]
	OpSquare     // [.5]
	OpRecip      // 1/x [.5]
	OpFloor      // largest integer not above x
	OpRelu       // max(x, 0)
	OpExp        // eˣ [1.1, 1.1]
	OpExpm1      // eˣ - 1 [1.5, 1.4]
	OpLog        // natural logarithm [1, .9]
	OpLog1p      // ln(1 + x) [1.3, .9]
	OpTanh       // hyperbolic tangent [1.9, 1.4]
	OpSigmoid    // 1/(1 + e⁻ˣ) [1.5, 1.6]
	OpLogSigmoid // -ln(1 + e⁻ˣ) [1.8, 1.8]
	OpSoftplus   // ln(1 + eˣ) [1.8, 1.8]
	OpSilu       // x/(1 + e⁻ˣ) [1.8, 1.9]
	OpElu        // x above zero, eˣ - 1 below [1, 1.4]
	OpErf        // error function [1.1, 1.3]
	OpSin        // [1.5, .8]
	OpCos        // [1.5, .8]
	OpGelu       // x·Φ(x), with the exact normal distribution function [4, 4.5]

	// These are portable on every path.

	OpErfInv   // inverse of the error function
	OpLgamma   // ln |Γ(x)|
	OpDigamma  // derivative of ln Γ
	OpTrigamma // second derivative of ln Γ

	unaries // how many there are
)

// Map sets dst[i] = op(src[i]). dst may be src, but the two must not overlap
// otherwise. It panics if the lengths differ.
func Map[T Float](op Unary, dst, src []T) {
	if len(dst) != len(src) {
		panicLengths("Map", len(dst), len(src))
	}
	for len(src) > chunk {
		Map(op, dst[:chunk], src[:chunk])
		dst, src = dst[chunk:], src[chunk:]
	}
	if vectors() {
		if unsafe.Sizeof(T(0)) == 4 {
			if unary32(op, as32(dst), as32(src)) {
				return
			}
		} else if unary64(op, as64(dst), as64(src)) {
			return
		}
	}
	switch op { // what a call for each element would slow down most
	case OpNeg:
		for i, x := range src {
			dst[i] = -x
		}
	case OpSquare:
		for i, x := range src {
			dst[i] = x * x
		}
	case OpRecip:
		for i, x := range src {
			dst[i] = 1 / x
		}
	case OpRelu:
		for i, x := range src {
			dst[i] = max(x, 0)
		}
	default:
		f := unaryFunc[op]
		for i, x := range src {
			dst[i] = T(f(float64(x)))
		}
	}
}

// trigFar finishes the elements that the kernel left alone because they are too
// large to reduce there: no sine or cosine is as large as those.
func trigFar[T Float](x []T, f func(float64) float64) {
	for i, v := range x {
		if v > 1 || v < -1 {
			x[i] = T(f(float64(v)))
		}
	}
}
