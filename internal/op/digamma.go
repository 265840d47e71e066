package op

import "math"

// digammaRise is ψ(a+b) − ψ(a) for a, b > 0.
func digammaRise(a, b float64) float64 {
	if math.IsInf(a, 1) || math.IsInf(b, 1) {
		return digamma(a+b) - digamma(a)
	}
	up := 0.0                    // DLMF 5.5.2
	if b < 1e100 && a > 1e-100 { // where the products are ordinary numbers
		for ; a < 11; a += 2 { // b/a(a+b) two at a time, for one division
			p, q := a*(a+b), (a+1)*(a+1+b)
			up += b * (p + q) / (p * q)
		}
	}
	for ; a < 12; a++ {
		up += 1 / (a * (a/b + 1))
	}
	return up + math.Log1p(b/a) + digammaExcess(a, b)
}

// digammaStep is ψ(a+b) − ψ(a+1), which is digammaRise − 1/a.
func digammaStep(a, b float64) float64 {
	if b < 1 {
		return -digammaRise(a+b, 1-b)
	}
	return digammaRise(a+1, b-1)
}

// digammaExcess is ψ(a+b) − ψ(a) − log((a+b)/a): the difference of two
// asymptotic series (DLMF 5.11.2) with the differences of powers factored.
func digammaExcess(a, b float64) float64 {
	if a < 12 {
		return digammaRise(a, b) - math.Log1p(b/a)
	}
	ra, rn := 1/a, 1/(a+b)
	first := b * rn * ra // 1/a − 1/(a+b)
	z, w := ra*ra, rn*rn
	s, h, pow := 0.0, 1.0, w // h is (zⁿ − wⁿ)/(z − w)
	for _, c := range [...]float64{1. / 12, -1. / 120, 1. / 252, -1. / 240, 1. / 132, -691. / 32760, 1. / 12} {
		s += c * h
		h = h*z + pow
		pow *= w
	}
	return first/2 + first*(ra+rn)*s
}
