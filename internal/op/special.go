package op

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// digamma is ψ(x) with an error of a few units in the last place also near
// its positive root. Near its negative roots, as everywhere below 0, the error
// is relative to the terms of the reflection formula. NaN at negative integers.
func digamma(x float64) float64 {
	switch {
	case x == 0:
		return math.Copysign(math.Inf(1), -x)
	case math.IsInf(x, -1) || x < 0 && x == math.Floor(x):
		return math.NaN()
	case x < 0: // DLMF 5.5.4
		return digamma(1-x) - math.Pi*cot(x)
	case x >= 12:
		return digammaLarge(x)
	}
	shift := 0.0 // DLMF 5.5.2
	for x > 2 {
		x--
		shift += 1 / x
	}
	if x < 1 {
		shift -= 1 / x
		x++
	}
	return digamma12(x) + shift
}

// digamma12 is ψ on [1,2]: (x−x₀)(Y+P(x−1)/Q(x−1)) with the root x₀ in three
// parts. Coefficients: Boost.Math, special_functions/digamma.hpp, 53 bits.
func digamma12(x float64) float64 {
	const (
		root1 = 1569415565.0 / 1073741824
		root2 = 381566830.0 / 1073741824 / 1073741824
		root3 = 0.9016312093258695918615325266959189453125e-19
		y     = 0.99558162689208984375
	)
	g := x - root1 - root2 - root3
	t := x - 1
	p := 0.25479851061131551 + t*(-0.32555031186804491+t*(-0.65031853770896507+
		t*(-0.28919126444774784+t*(-0.045251321448739056+t*-0.0020713321167745952))))
	q := 1 + t*(2.0767117023730469+t*(1.4606242909763515+t*(0.43593529692665969+
		t*(0.054151797245674225+t*(0.0021284987017821144+t*-0.55789841321675513e-6)))))
	return g*y + g*(p/q)
}

// digammaLarge is the asymptotic series, DLMF 5.11.2.
func digammaLarge(x float64) float64 {
	z := 1 / (x * x)
	s := z * (1./12 - z*(1./120-z*(1./252-z*(1./240-z*(1./132-z*(691./32760-z/12))))))
	return math.Log(x) - 0.5/x - s
}

// polygamma is ψ⁽ⁿ⁾(x) for a whole n ≥ 1. At 0 and the negative integers it is
// +Inf where n is odd and NaN where n is even. Below 0 the error is relative
// to the terms of the reflection formula.
func polygamma(n int, x float64) float64 {
	sign := 1.0
	if n%2 == 0 {
		sign = -1
	}
	switch {
	case x <= 0 && (x == math.Floor(x) || math.IsInf(x, -1)):
		switch {
		case math.IsInf(x, -1), x < 0 && n%2 == 0:
			return math.NaN()
		case x == 0 && n%2 == 0:
			return math.Copysign(math.Inf(1), -x)
		}
		return math.Inf(1)
	case x < 0.5: // DLMF 5.15.6, with the nth derivative of π·cot(πx)
		return sign*(-polygamma(n, 1-x)) - math.Pow(math.Pi, float64(n+1))*cotDerivative(n, cot(x))
	case x > 1e8: // two terms of DLMF 5.15.8
		m := float64(n)
		return sign * math.Gamma(m) * math.Pow(x, -m) * (1 + m/(2*x))
	}
	return sign * math.Gamma(float64(n+1)) * mathext.Zeta(float64(n+1), x) // DLMF 25.11.12
}

// cot is cot(πx), the period taken out exactly.
func cot(x float64) float64 {
	r := x - math.RoundToEven(x)
	if math.Abs(r) > 0.25 { // away from the pole, where the tangent is infinite
		return math.Tan(math.Pi * (math.Copysign(0.5, r) - r))
	}
	return 1 / math.Tan(math.Pi*r)
}

// cotDerivative is the nth derivative of cot u as a polynomial of c = cot u:
// P₀ = c and Pₖ₊₁ = −(1+c²)Pₖ′.
func cotDerivative(n int, c float64) float64 {
	p := []float64{0, 1}
	for range n {
		q := make([]float64, len(p)+1)
		for i := 1; i < len(p); i++ {
			d := float64(i) * p[i]
			q[i-1] -= d
			q[i+1] -= d
		}
		p = q
	}
	v := 0.0
	for i := len(p) - 1; i >= 0; i-- {
		v = v*c + p[i]
	}
	return v
}
