package kernel

import (
	"math"
	"unsafe"
)

// MulAdd sets dst[i] = a[i]·b[i] + c[i], rounded once. dst may be any operand.
// It panics if the lengths differ.
func MulAdd[T Float](dst, a, b, c []T) {
	if len(dst) != len(a) || len(dst) != len(b) || len(dst) != len(c) {
		panicLengths("MulAdd", len(dst), len(a), len(b), len(c))
	}
	for len(a) > chunk {
		MulAdd(dst[:chunk], a[:chunk], b[:chunk], c[:chunk])
		dst, a, b, c = dst[chunk:], a[chunk:], b[chunk:], c[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		mulAdd32(as32(dst), as32(a), as32(b), as32(c))
	case vectors():
		mulAdd64(as64(dst), as64(a), as64(b), as64(c))
	default:
		for i, x := range a {
			dst[i] = fma(x, b[i], c[i])
		}
	}
}

// NegMulAdd sets dst[i] = c[i] - a[i]·b[i], rounded once. dst may be any
// operand. It panics if the lengths differ.
func NegMulAdd[T Float](dst, a, b, c []T) {
	if len(dst) != len(a) || len(dst) != len(b) || len(dst) != len(c) {
		panicLengths("NegMulAdd", len(dst), len(a), len(b), len(c))
	}
	for len(a) > chunk {
		NegMulAdd(dst[:chunk], a[:chunk], b[:chunk], c[:chunk])
		dst, a, b, c = dst[chunk:], a[chunk:], b[chunk:], c[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		negMulAdd32(as32(dst), as32(a), as32(b), as32(c))
	case vectors():
		negMulAdd64(as64(dst), as64(a), as64(b), as64(c))
	default:
		for i, x := range a {
			dst[i] = fma(-x, b[i], c[i])
		}
	}
}

// AddScaled sets dst[i] = a[i] + k·b[i], rounded once. dst may be a or b. It
// panics if the lengths differ.
func AddScaled[T Float](dst, a []T, k T, b []T) {
	if len(dst) != len(a) || len(dst) != len(b) {
		panicLengths("AddScaled", len(dst), len(a), len(b))
	}
	for len(a) > chunk {
		AddScaled(dst[:chunk], a[:chunk], k, b[:chunk])
		dst, a, b = dst[chunk:], a[chunk:], b[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		addScaled32(as32(dst), as32(a), float32(k), as32(b))
	case vectors():
		addScaled64(as64(dst), as64(a), float64(k), as64(b))
	default:
		for i, x := range a {
			dst[i] = fma(k, b[i], x)
		}
	}
}

// Affine sets dst[i] = a[i]·k + c, rounded once. dst may be a. It panics if the
// lengths differ.
func Affine[T Float](dst, a []T, k, c T) {
	if len(dst) != len(a) {
		panicLengths("Affine", len(dst), len(a))
	}
	for len(a) > chunk {
		Affine(dst[:chunk], a[:chunk], k, c)
		dst, a = dst[chunk:], a[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		affine32(as32(dst), as32(a), float32(k), float32(c))
	case vectors():
		affine64(as64(dst), as64(a), float64(k), float64(c))
	default:
		for i, x := range a {
			dst[i] = fma(x, k, c)
		}
	}
}

// fma is a·b + c. In float32 the product is exact as a float64 and the sum
// rounds twice, which differs from once in one case of 2^29.
func fma[T Float](a, b, c T) T {
	if unsafe.Sizeof(T(0)) == 4 {
		return T(float64(a)*float64(b) + float64(c))
	}
	return T(math.FMA(float64(a), float64(b), float64(c)))
}

// TanhGrad sets dst[i] = grad[i]·(1 - y[i]²), the gradient through y = tanh x.
// dst may be grad or y. It panics if the lengths differ.
func TanhGrad[T Float](dst, grad, y []T) {
	if len(dst) != len(grad) || len(dst) != len(y) {
		panicLengths("TanhGrad", len(dst), len(grad), len(y))
	}
	for len(y) > chunk {
		TanhGrad(dst[:chunk], grad[:chunk], y[:chunk])
		dst, grad, y = dst[chunk:], grad[chunk:], y[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		tanhGrad32(as32(dst), as32(grad), as32(y))
	case vectors():
		tanhGrad64(as64(dst), as64(grad), as64(y))
	default:
		for i, v := range y {
			dst[i] = grad[i] * fma(-v, v, 1)
		}
	}
}

// SigmoidGrad sets dst[i] = grad[i]·y[i]·(1 - y[i]), the gradient through
// y = sigmoid x. dst may be grad or y. It panics if the lengths differ.
func SigmoidGrad[T Float](dst, grad, y []T) {
	if len(dst) != len(grad) || len(dst) != len(y) {
		panicLengths("SigmoidGrad", len(dst), len(grad), len(y))
	}
	for len(y) > chunk {
		SigmoidGrad(dst[:chunk], grad[:chunk], y[:chunk])
		dst, grad, y = dst[chunk:], grad[chunk:], y[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		sigmoidGrad32(as32(dst), as32(grad), as32(y))
	case vectors():
		sigmoidGrad64(as64(dst), as64(grad), as64(y))
	default:
		for i, v := range y {
			dst[i] = grad[i] * fma(-v, v, v)
		}
	}
}

// LogBernoulli sets dst[i] = x[i]·l[i] - ln(1 + exp l[i]), the log probability of
// x under logits l. With ε = 2⁻²³ or 2⁻⁵² the error is at most 2ε of the value for
// x in [0,1] and 2ε of |x·l| + ln(1 + exp l) elsewhere. Where infinities leave
// x·l - ln(1 + exp l) undefined it is NaN. dst may be x or l. It panics if the
// lengths differ.
func LogBernoulli[T Float](dst, x, l []T) {
	if len(dst) != len(x) || len(dst) != len(l) {
		panicLengths("LogBernoulli", len(dst), len(x), len(l))
	}
	for len(l) > chunk {
		LogBernoulli(dst[:chunk], x[:chunk], l[:chunk])
		dst, x, l = dst[chunk:], x[chunk:], l[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		logBernoulli32(as32(dst), as32(x), as32(l))
	case vectors():
		logBernoulli64(as64(dst), as64(x), as64(l))
	default:
		for i, v := range l {
			dst[i] = T(logBernoulli(float64(x[i]), float64(v)))
		}
	}
}

// BernoulliGrad sets dst[i] = grad[i]·(x[i] - sigmoid l[i]), the gradient through
// LogBernoulli by its logits. With ε = 2⁻²³ or 2⁻⁵² the error is at most 3ε of
// |grad|·(|x|·sigmoid(-l) + |1-x|·sigmoid(l)), which is the value's size for x = 0
// or 1. x must be finite, and its double too. dst may be any operand. It panics
// if the lengths differ.
func BernoulliGrad[T Float](dst, grad, x, l []T) {
	if len(dst) != len(grad) || len(dst) != len(x) || len(dst) != len(l) {
		panicLengths("BernoulliGrad", len(dst), len(grad), len(x), len(l))
	}
	for len(l) > chunk {
		BernoulliGrad(dst[:chunk], grad[:chunk], x[:chunk], l[:chunk])
		dst, grad, x, l = dst[chunk:], grad[chunk:], x[chunk:], l[chunk:]
	}
	switch single := unsafe.Sizeof(T(0)) == 4; {
	case vectors() && single:
		bernoulliGrad32(as32(dst), as32(grad), as32(x), as32(l))
	case vectors():
		bernoulliGrad64(as64(dst), as64(grad), as64(x), as64(l))
	default:
		for i, v := range l {
			dst[i] = T(float64(grad[i]) * lessSigmoid(float64(x[i]), float64(v)))
		}
	}
}
