package op

import "math"

// The regularised incomplete beta function and its derivatives, with x and
// y = 1−x given apart so that neither loses digits. Everything comes from two
// series of positive terms, k = xᵃyᵇ/B(a,b) (DLMF 8.17.8):
//
//	I_x(a,b) = k/a·Σ (a+b)ₙ/(a+1)ₙ·xⁿ      1 − I = k/b·Σ (a+b)ₙ/(b+1)ₙ·yⁿ
//
// fromBelow chooses the one that converges faster, unless its result would be
// the complement of a small number.
func fromBelow(a, b, x, y float64) bool {
	if a > 4 && b > 4 { // where the fraction converges fast
		return x*(a+b+2) < a+1
	}
	mean := a / (a + b)
	sd := math.Sqrt(mean * (b / (a + b)) / (a + b + 1))
	if x < y {
		return x < mean+2*sd || mean > 0.5
	}
	return x < mean-2*sd && mean > 0.5
}

// betaSeries returns s = Σ (a+b)ₙ/(a+1)ₙ·xⁿ and its derivatives by a, with a+b
// moving along, and by b.
func betaSeries(a, b, x float64) (s, sa, sb float64) {
	if a > 4 && b > 4 {
		return betaFraction(a, b, x)
	}
	s = 1
	t, h, hb := 1.0, 0.0, 0.0
	p, q := a+b, a+1
	for n := 0; n < 1e8; n++ {
		r := 1 / (p * q)
		ratio := x * p * p * r
		t *= ratio
		hb += q * r
		h += (1 - b) * r // 1/(a+b+n) − 1/(a+1+n)
		s += t
		sa += t * h
		sb += t * hb
		// what is left is at most that of a geometric series
		if rest := max(x, ratio); t*hb <= 0x1p-53*(1-rest)*sb {
			break
		}
		p++
		q++
	}
	return s, sa, sb
}

// betaFraction is betaSeries as the continued fraction DLMF 8.17.22, evaluated
// forwards with the derivatives of numerator and denominator by a and b.
func betaFraction(a, b, x float64) (s, sa, sb float64) {
	type dual struct{ v, a, b float64 }
	// y·0 + d·z, differentiated
	next := func(y, z, d dual) dual {
		return dual{y.v + d.v*z.v, y.a + d.a*z.v + d.v*z.a, y.b + d.b*z.v + d.v*z.b}
	}
	n0, n1 := dual{v: 0}, dual{v: 1} // numerators
	d0, d1 := dual{v: 1}, dual{v: 1} // denominators
	for m := 0.0; m < 1e7; m++ {
		// −(a+m)(a+b+m)x/((a+2m)(a+2m+1))
		p, q, r, t := a+m, a+b+m, a+2*m, a+2*m+1
		w := 1 / (r * t)
		c := -x * w
		odd := dual{v: c * p * q}
		odd.b = c * p
		odd.a = c*(p+q) - odd.v*(r+t)*w
		n0, n1 = n1, next(n1, n0, odd)
		d0, d1 = d1, next(d1, d0, odd)
		// (m+1)(b−m−1)x/((a+2m+1)(a+2m+2))
		m1 := m + 1
		r, t = t, t+1
		w = 1 / (r * t)
		even := dual{v: m1 * (b - m1) * x * w, b: m1 * x * w}
		even.a = -even.v * (r + t) * w
		n0, n1 = n1, next(n1, n0, even)
		d0, d1 = d1, next(d1, d0, even)
		f := 1 / d1.v
		scale := func(z *dual) { z.v *= f; z.a *= f; z.b *= f }
		scale(&n0)
		scale(&n1)
		scale(&d0)
		scale(&d1)
		u, ua, ub := n1.v, n1.a-n1.v*d1.a, n1.b-n1.v*d1.b
		if math.Abs(u-s) <= 0x1p-51*math.Abs(u) && math.Abs(ua-sa) <= 0x1p-48*math.Abs(ua) && math.Abs(ub-sb) <= 0x1p-48*math.Abs(ub) {
			return u, ua, ub
		}
		s, sa, sb = u, ua, ub
	}
	return s, sa, sb
}

// betaInc returns I_x(a,b) and its complement.
func betaInc(a, b, x, y float64) (p, q float64) {
	switch {
	case !(a > 0) || !(b > 0) || !(x >= 0) || !(y >= 0):
		return math.NaN(), math.NaN()
	case x == 0:
		return 0, 1
	case y == 0:
		return 1, 0
	}
	k := math.Exp(betaKernel(a, b, x, y))
	if !fromBelow(a, b, x, y) {
		s, _, _ := betaSeries(b, a, y)
		if q = k / b * s; q < 0.9 { // else 1 − q would lose digits
			return 1 - q, q
		}
	}
	s, _, _ := betaSeries(a, b, x)
	p = k / a * s
	return p, 1 - p
}

// betaSlope is ∂l/∂a at constant I_x(a,b), l = log(x/y): −∂I/∂a over the
// density k of l, the implicit derivative of a beta draw.
func betaSlope(a, b, x, y, logx float64) float64 {
	if !(a > 0) || !(b > 0) || math.IsNaN(logx) {
		return math.NaN()
	}
	if fromBelow(a, b, x, y) { // I = k/a·s
		s, sa, _ := betaSeries(a, b, x)
		return -(s*(logx+digammaRise(a, b)-1/a) + sa) / a
	}
	s, _, sa := betaSeries(b, a, y) // 1 − I = k/b·s
	return (s*(logx+digammaRise(a, b)) + sa) / b
}

// digammaRise is ψ(a+b) − ψ(a) for a, b > 0: the recurrence (DLMF 5.5.2) up to
// a ≥ 12 and there the difference of the asymptotic series (5.11.2), both with
// the differences of powers factored.
func digammaRise(a, b float64) float64 {
	up := 0.0
	for ; a < 12; a++ {
		up += 1 / (a * (a/b + 1))
	}
	z, w := 1/(a*a), 1/((a+b)*(a+b))
	if math.IsInf(a, 1) || math.IsInf(b, 1) || math.IsNaN(z*w) {
		return digamma(a+b) - digamma(a) + up
	}
	// h is (zⁿ − wⁿ)/(z − w)
	s, h, pow := 0.0, 1.0, w
	for _, c := range [...]float64{1. / 12, -1. / 120, 1. / 252, -1. / 240, 1. / 132, -691. / 32760, 1. / 12} {
		s += c * h
		h = h*z + pow
		pow *= w
	}
	return up + math.Log1p(b/a) + b/(2*a*(a+b)) + b*(2*a+b)*z*w*s
}

// betaIa is ∂I_x(a,b)/∂a, and ∂I_x/∂b is −betaIa of the exchanged arguments.
func betaIa(a, b, x, y float64) float64 {
	if a > 0 && b > 0 && (x == 0 || y == 0) {
		return 0
	}
	return -math.Exp(betaKernel(a, b, x, y)) * betaSlope(a, b, x, y, logOf(x, y))
}

// logOf is log x, given y = 1−x.
func logOf(x, y float64) float64 {
	if y < x {
		return math.Log1p(-y)
	}
	return math.Log(x)
}

// betaEntropy is the entropy of a beta law, of the logarithms of a and b.
func betaEntropy(loga, logb float64) float64 {
	a, b := math.Exp(loga), math.Exp(logb)
	if a >= 10 && b >= 10 { // with Stirling's formula for every Γ and ψ, where large terms are equal
		n, logn := a+b, loga+math.Log1p(b/a)
		return halfLog2Pi + (loga+logb-3*logn)/2 + (stirling(a) + stirling(b) - stirling(n)) -
			(a-1)*digammaRest(loga) - (b-1)*digammaRest(logb) + (n-2)*digammaRest(logn)
	}
	return lbeta(a, b) + (a-1)*digammaRise(a, b) + (b-1)*digammaRise(b, a)
}
