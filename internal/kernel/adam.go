package kernel

import (
	"math"
	"unsafe"
)

// AdamStep holds the scalars of one update of Adam or AdaMax, with t the
// number of this update, counted from 1.
type AdamStep struct {
	Rate     float64 // α
	Beta1    float64 // β₁
	Beta2    float64 // β₂
	Eps      float64 // ε; AdaMax has none
	Correct1 float64 // 1-β₁ᵗ; 1 for no bias correction
	Correct2 float64 // 1-β₂ᵗ; 1 for no bias correction; AdaMax has none
	Scale    float64 // multiplies the gradient first, to clip it; 0 means 1
}

// At returns the step with the bias corrections of update t = 1, 2, ….
func (s AdamStep) At(t int) AdamStep {
	s.Correct1 = -math.Expm1(float64(t) * math.Log(s.Beta1))
	s.Correct2 = -math.Expm1(float64(t) * math.Log(s.Beta2))
	return s
}

func (s AdamStep) scale() float64 {
	if s.Scale == 0 {
		return 1
	}
	return s.Scale
}

// Adam updates param and the moments m and v in one pass:
//
//	m = β₁ m + (1-β₁) g
//	v = β₂ v + (1-β₂) g²
//	θ = θ - α m̂ / (√v̂ + ε),   m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ)
//
// (Kingma and Ba, arXiv 1412.6980, algorithm 1). grad is left alone. It panics
// if the lengths differ.
func Adam[T Float](param, grad, m, v []T, s AdamStep) {
	if len(grad) != len(param) || len(m) != len(param) || len(v) != len(param) {
		panicLengths("Adam", len(param), len(grad), len(m), len(v))
	}
	for len(param) > chunk {
		Adam(param[:chunk], grad[:chunk], m[:chunk], v[:chunk], s)
		param, grad, m, v = param[chunk:], grad[chunk:], m[chunk:], v[chunk:]
	}
	scale, b1, b2, eps := T(s.scale()), T(s.Beta1), T(s.Beta2), T(s.Eps)
	c1, c2 := T(1-s.Beta1), T(1-s.Beta2)
	rate, root := T(s.Rate/s.Correct1), T(1/s.Correct2)
	if vectors() && unsafe.Sizeof(T(0)) == 4 && len(param) > 0 {
		adam32(&as32(param)[0], &as32(grad)[0], &as32(m)[0], &as32(v)[0], len(param), &[8]float32{
			float32(scale), float32(b1), float32(c1), float32(b2), float32(c2), float32(rate), float32(root), float32(eps)})
		return
	}
	for i, g := range grad {
		g *= scale
		mi := b1*m[i] + c1*g
		vi := b2*v[i] + c2*g*g
		m[i], v[i] = mi, vi
		param[i] -= rate * mi / (T(math.Sqrt(float64(vi*root))) + eps)
	}
}

// AMSGrad is Adam whose root is of x, the largest v so far:
//
//	x = max(x, v)
//	θ = θ - α m̂ / (√x̂ + ε),   m̂ = m/(1-β₁ᵗ), x̂ = x/(1-β₂ᵗ)
//
// (Reddi, Kale and Kumar, arXiv 1904.09237, who correct nothing). It panics if the
// lengths differ.
func AMSGrad[T Float](param, grad, m, v, x []T, s AdamStep) {
	if len(grad) != len(param) || len(m) != len(param) || len(v) != len(param) || len(x) != len(param) {
		panicLengths("AMSGrad", len(param), len(grad), len(m), len(v), len(x))
	}
	for len(param) > chunk {
		AMSGrad(param[:chunk], grad[:chunk], m[:chunk], v[:chunk], x[:chunk], s)
		param, grad, m, v, x = param[chunk:], grad[chunk:], m[chunk:], v[chunk:], x[chunk:]
	}
	scale, b1, b2, eps := T(s.scale()), T(s.Beta1), T(s.Beta2), T(s.Eps)
	c1, c2 := T(1-s.Beta1), T(1-s.Beta2)
	rate, root := T(s.Rate/s.Correct1), T(1/s.Correct2)
	if vectors() && unsafe.Sizeof(T(0)) == 4 && len(param) > 0 {
		amsGrad32AVX2(&as32(param)[0], &as32(grad)[0], &as32(m)[0], &as32(v)[0], &as32(x)[0], len(param), &[8]float32{
			float32(scale), float32(b1), float32(c1), float32(b2), float32(c2), float32(rate), float32(root), float32(eps)})
		return
	}
	for i, g := range grad {
		g *= scale
		mi := b1*m[i] + c1*g
		vi := b2*v[i] + c2*g*g
		xi := max(x[i], vi)
		m[i], v[i], x[i] = mi, vi, xi
		param[i] -= rate * mi / (T(math.Sqrt(float64(xi*root))) + eps)
	}
}

// RootSquares updates param and a sum v of squares in one pass:
//
//	v = keep·v + add·g²,   g = scale·grad
//	θ = θ - rate·g / (√v + ε)
//
// It is Adagrad where keep and add are 1, RMSProp where they sum to 1. It panics
// if the lengths differ.
func RootSquares[T Float](param, grad, v []T, keep, add, rate, eps, scale T) {
	if len(grad) != len(param) || len(v) != len(param) {
		panicLengths("RootSquares", len(param), len(grad), len(v))
	}
	if vectors() && unsafe.Sizeof(T(0)) == 4 {
		var m [512]float32 // Adam's moment with β₁ = 0, which is the gradient
		for len(param) > 0 {
			n := min(len(param), len(m))
			clear(m[:n])
			adam32(&as32(param)[0], &as32(grad)[0], &m[0], &as32(v)[0], n, &[8]float32{
				float32(scale), 0, 1, float32(keep), float32(add), float32(rate), 1, float32(eps)})
			param, grad, v = param[n:], grad[n:], v[n:]
		}
		return
	}
	for i, g := range grad {
		g *= scale
		vi := keep*v[i] + add*g*g
		v[i] = vi
		param[i] -= rate * g / (T(math.Sqrt(float64(vi))) + eps)
	}
}

// AdaMax updates param, the moment m and the infinity norm u in one pass:
//
//	m = β₁ m + (1-β₁) g
//	u = max(β₂ u, |g|)
//	θ = θ - α/(1-β₁ᵗ) · m/u
//
// (arXiv 1412.6980, algorithm 2). An element whose gradients were all zero has
// u = 0 and does not move. It panics if the lengths differ.
func AdaMax[T Float](param, grad, m, u []T, s AdamStep) {
	if len(grad) != len(param) || len(m) != len(param) || len(u) != len(param) {
		panicLengths("AdaMax", len(param), len(grad), len(m), len(u))
	}
	for len(param) > chunk {
		AdaMax(param[:chunk], grad[:chunk], m[:chunk], u[:chunk], s)
		param, grad, m, u = param[chunk:], grad[chunk:], m[chunk:], u[chunk:]
	}
	scale, b1, b2, c1 := T(s.scale()), T(s.Beta1), T(s.Beta2), T(1-s.Beta1)
	rate := T(s.Rate / s.Correct1)
	if vectors() && unsafe.Sizeof(T(0)) == 4 && len(param) > 0 {
		adaMax32AVX2(&as32(param)[0], &as32(grad)[0], &as32(m)[0], &as32(u)[0], len(param), &[5]float32{
			float32(scale), float32(b1), float32(c1), float32(b2), float32(rate)})
		return
	}
	for i, g := range grad {
		g *= scale
		mi := b1*m[i] + c1*g
		ui := max(b2*u[i], T(math.Abs(float64(g))))
		m[i], u[i] = mi, ui
		if ui != 0 {
			param[i] -= rate * mi / ui
		}
	}
}

// Momentum updates param and the velocity v in one pass:
//
//	v = μ v + scale·g
//	θ = θ - rate·v
//
// With mu = 0 it is plain gradient descent. It panics if the lengths differ.
func Momentum[T Float](param, grad, v []T, rate, mu, scale T) {
	if len(grad) != len(param) || len(v) != len(param) {
		panicLengths("Momentum", len(param), len(grad), len(v))
	}
	for len(param) > chunk {
		Momentum(param[:chunk], grad[:chunk], v[:chunk], rate, mu, scale)
		param, grad, v = param[chunk:], grad[chunk:], v[chunk:]
	}
	if vectors() && unsafe.Sizeof(T(0)) == 4 && len(param) > 0 {
		momentum32AVX2(&as32(param)[0], &as32(grad)[0], &as32(v)[0], len(param), &[3]float32{
			float32(rate), float32(mu), float32(scale)})
		return
	}
	for i, g := range grad {
		vi := mu*v[i] + scale*g
		v[i] = vi
		param[i] -= rate * vi
	}
}
