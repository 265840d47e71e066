package op

import "math"

// gammaInc returns the regularised incomplete gamma functions P(a,x) and
// Q(a,x) = 1 − P, each with a small relative error (DLMF 8.2.4): by the series
// below the mean, the continued fraction above it, and Temme's uniform
// expansion around a large mean.
func gammaInc(a, x float64) (p, q float64) {
	switch {
	case !(a >= 0) || !(x >= 0) || a == 0 && x == 0 || math.IsInf(a, 1) && math.IsInf(x, 1):
		return math.NaN(), math.NaN()
	case x == 0 || math.IsInf(a, 1):
		return 0, 1
	case a == 0 || math.IsInf(x, 1):
		return 1, 0
	case nearMean(a, x):
		return temmeGammaInc(a, x)
	case a < 1 && x <= 1.5:
		return gammaIncSmall(a, x)
	case x < a+1:
		sum, _ := gammaSeries(a, x)
		p = math.Exp(gammaKernel(a, x)) / a * sum
		return p, 1 - p
	}
	cf, _ := gammaFraction(a, x)
	q = math.Exp(gammaKernel(a, x)) * cf
	return 1 - q, q
}

// gammaSeries is S = Σ xⁿ/(a+1)ₙ, with P = xᵃe⁻ˣ/Γ(a+1)·S (DLMF 8.11.4), and
// v = Σ xⁿ/(a+1)ₙ·Σ_{j≤n} 1/(a+j), which is −∂S/∂a. Both are NaN should the terms
// not end.
func gammaSeries(a, x float64) (s, v float64) {
	s = 1
	t, h := 1.0, 0.0
	for n := 1.0; n < maxTerms; n++ {
		r := 1 / (a + n)
		t *= x * r
		h += r
		s += t
		v += t * h
		if t*h <= 0x1p-53*v && x < a+n {
			return s, v
		}
	}
	return math.NaN(), math.NaN()
}

// gammaFraction is the continued fraction C of Q = xᵃe⁻ˣ/Γ(a)·C (DLMF 8.9.2)
// and ∂C/∂a, by the method of Lentz with the derivative carried along.
func gammaFraction(a, x float64) (c, dc float64) {
	if x > 1e17*(1+a) { // where the steps underflow
		return 1 / x, 1 / x / x
	}
	b := x + 1 - a
	d := 1 / b // the ratios of successive denominators and numerators
	dd := d * d
	r, dr := math.Inf(1), 0.0
	f, df := d, dd
	for i := 1.0; i < maxTerms; i++ {
		n := i * (a - i)
		b += 2
		e := 1 / (b + n*d)
		dd = -e * e * (i*d + n*dd - 1)
		d = e
		w := 1 / r
		r, dr = b+n*w, i*w-n*dr*w*w-1
		step := r * d
		dstep := dr*d + r*dd
		f, df = f*step, df*step+f*dstep
		if math.Abs(step-1) <= 0x1p-52 && math.Abs(f*dstep) <= 0x1p-52*math.Abs(df) {
			return f, df
		}
	}
	return math.NaN(), math.NaN()
}

// gammaIncSmall is for a < 1 and x ≤ 1.5, where P may be near 1:
// Q = 1 − xᵃ/Γ(1+a) − xᵃ/Γ(a)·Σ_{n≥1} (−x)ⁿ/(n!(a+n)) (DLMF 8.7.1).
func gammaIncSmall(a, x float64) (p, q float64) {
	l := a*math.Log(x) - lgammaOnePlus(a)
	sum, t := 0.0, 1.0
	for n := 1.0; n < maxTerms && math.Abs(t) > 0x1p-54*math.Abs(sum); n++ { // 20 terms at most
		t *= -x / n
		sum += t / (a + n)
	}
	lead := math.Exp(l)
	p = lead * (1 + a*sum)
	if q = -math.Expm1(l) - lead*a*sum; p < 0.5 {
		return p, 1 - p
	}
	return p, q
}

// lgammaOnePlus is log Γ(1+a) for 0 ≤ a ≤ 1.
func lgammaOnePlus(a float64) float64 {
	if a <= 0.5 {
		return lgamma1p(a)
	}
	return math.Log(a) + lgamma1p(a-1) // Γ(1+a) = a·Γ(a)
}

// gammaSlope is ∂ log x/∂a at constant P(a,x), that is −∂P/∂a over the
// density of log x: the implicit derivative of a gamma draw (Figurnov, Mohamed
// and Mnih, arXiv 1805.08498, eq. 5). Each branch adds terms of one sign, or
// loses two digits at most, so it is exact where PyTorch fits a polynomial.
func gammaSlope(a, x, logx float64) float64 {
	switch {
	case !(a > 0) || math.IsNaN(logx) || math.IsInf(a, 1):
		return math.NaN()
	case nearMean(a, x):
		return temmeSlope(a, x)
	case x < a+2*(1+math.Sqrt(a)):
		s, v := 1.0, 0.0
		if x > 0 {
			s, v = gammaSeries(a, x)
		}
		return (v - s*(logx-digamma(a+1))) / a
	}
	c, dc := gammaFraction(a, x)
	return c*(logx-digamma(a)) + dc
}

// gammaPa is ∂P(a,x)/∂a, which is negative.
func gammaPa(a, x float64) float64 {
	if a > 0 && (x == 0 || math.IsInf(x, 1)) {
		return 0
	}
	small := min(a, 1) // a factor of the density that may be the inverse of another
	k := math.Exp(gammaKernel(a, x) - math.Log(small))
	if k == 0 {
		return 0
	}
	return -k * (small * gammaSlope(a, x, math.Log(x)))
}

// gammaPx is ∂P(a,x)/∂x.
func gammaPx(a, x float64) float64 {
	switch {
	case x == 0 && a > 0:
		return math.Pow(0, a-1) // 1 for a = 1
	case math.IsInf(x, 1) && a >= 0:
		return 0
	}
	return math.Exp(gammaKernel(a, x) - math.Log(x))
}

// gammaScore is log x − ψ(a).
func gammaScore(a, x float64) float64 {
	if a > 1e3 && x > 0.5*a && x < 2*a { // DLMF 5.11.2; log x/a first
		z := 1 / (a * a)
		return math.Log1p((x-a)/a) + 0.5/a + z*(1./12-z/120)
	}
	return math.Log(x) - digamma(a)
}

// gammaEntropy is a + log Γ(a) + (s−a)ψ(a) for s = ±1 and the logarithm of a.
func gammaEntropy(loga, s float64) float64 {
	a := math.Exp(loga)
	if a < 1e4 {
		return a + lgamma(a) + (s-a)*digamma(a)
	}
	z := 1 / a // DLMF 5.11.1 and 5.11.2, the large terms cancelled
	psi := 0.5*z + z*z/12 - z*z*z*z/120
	return (s-0.5)*loga + halfLog2Pi + 0.5 + z/6 - z*z*z/90 - s*psi
}
