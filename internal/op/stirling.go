package op

import "math"

const halfLog2Pi = 0.918938533204672741780329736405617640

// log1pmx is log(1+x) − x without cancellation near 0: with r = x/(2+x),
// log(1+x) = 2r(1 + r²/3 + r⁴/5 + …) and 2r − x = −xr.
func log1pmx(x float64) float64 {
	if x < -0.4 || x > 0.6 || math.IsNaN(x) {
		return math.Log1p(x) - x
	}
	r := x / (2 + x)
	y := r * r
	sum, pow := 0.0, y
	for k := 3.0; ; k += 2 {
		t := pow / k
		sum += t
		if t <= 0x1p-54*sum {
			return r * (2*sum - x)
		}
		pow *= y
	}
}

// stirling is δ(x) = log Γ(x) − (x−½)log x + x − ½log 2π for x > 0, the error
// of Stirling's formula (DLMF 5.11.1).
func stirling(x float64) float64 {
	shift := 0.0
	for ; x < 10; x++ { // δ(x) − δ(x+1) = (x+½)log(1+1/x) − 1
		if x < 0.5 {
			return shift + (x+0.5)*(math.Log1p(x)-math.Log(x)) - 1 + stirling(x+1)
		}
		t := 1 / x // log1pmx(t)·(x+½) + (x+½)/x − 1, and the last two are t/2
		shift += (x+0.5)*log1pmx(t) + t/2
	}
	z := 1 / (x * x)
	return shift + (1./12-z*(1./360-z*(1./1260-z*(1./1680-z*(1./1188-z*(691./360360-z*(1./156-z*3617./122400)))))))/x
}

// lgamma1p is log Γ(1+x) for |x| ≤ ½, accurate near 0 (DLMF 5.7.3).
func lgamma1p(x float64) float64 {
	even, odd, y := 0.0, 0.0, x*x // the two halves of the series run side by side
	for k := len(zetaM1) - 2; k >= 0; k -= 2 {
		even = zetaM1[k] + y*even
		odd = zetaM1[k+1] + y*odd
	}
	return -math.Log1p(x) + x*(1-eulerGamma) + y*(even-x*odd)
}

const eulerGamma = 0.577215664901532860606512090082402431

// zetaM1[k] is (ζ(k+2) − 1)/(k+2), as far as matters for |x| ≤ ½.
var zetaM1 = func() (z [28]float64) {
	for k := range z {
		for n := 60.0; n >= 2; n-- { // the tail by Euler and Maclaurin
			z[k] += math.Pow(n, -float64(k+2))
		}
		s := float64(k + 2)
		z[k] += math.Pow(60, 1-s)/(s-1) - 0.5*math.Pow(60, -s) + s/12*math.Pow(60, -s-1) - s*(s+1)*(s+2)/720*math.Pow(60, -s-3)
		z[k] /= s
	}
	return z
}()

// lgamma is log Γ(x) for x > 0, accurate relative to x near 1 also.
func lgamma(x float64) float64 {
	if x > 0.5 && x < 1.5 {
		return lgamma1p(x - 1)
	}
	v, _ := math.Lgamma(x)
	return v
}

// lbeta is log B(a,b) = log Γ(a)Γ(b)/Γ(a+b) for a, b > 0. Where an argument is
// large the large terms are taken out by hand (DLMF 5.11.1).
func lbeta(a, b float64) float64 {
	a, b = min(a, b), max(a, b)
	switch {
	case !(a >= 0): // NaN too
		return math.NaN()
	case a == 0:
		return math.Inf(1)
	case math.IsInf(b, 1):
		return math.Inf(-1)
	case a >= 10:
		return halfLog2Pi - 0.5*math.Log(b) - (a-0.5)*math.Log1p(b/a) - b*math.Log1p(a/b) +
			(stirling(a) + stirling(b) - stirling(a+b))
	case b >= 10:
		return lgamma(a) - (b-0.5)*math.Log1p(a/b) - a*(math.Log(a+b)-1) + (stirling(b) - stirling(a+b))
	case b < 0.5: // Γ(1+a)Γ(1+b)/Γ(1+a+b)·(1/a+1/b)
		return lgamma1p(a) + lgamma1p(b) - lgamma(1+a+b) + math.Log(1/a+1/b)
	case a < 1e-3:
		return lbetaTimes(a, b) - math.Log(a)
	}
	return lgamma(a) + lgamma(b) - lgamma(a+b)
}

// lbetaTimes is log a·B(a,b) = log Γ(1+a)Γ(b)/Γ(a+b), which is of the order of
// a, for 0 < a < 1.
func lbetaTimes(a, b float64) float64 {
	if a < 1e-3 { // Γ(b)/Γ(a+b) = (1+a/b)·Γ(1+b)/Γ(1+a+b)
		return lgamma1p(a) + lgammaRatio(b+1, a) + math.Log1p(a/b)
	}
	return lbeta(a, b) + math.Log(a)
}

// lgammaRatio is log Γ(b) − log Γ(b+e) for a small e.
func lgammaRatio(b, e float64) float64 {
	return -e * (digamma(b) + e/2*(polygamma(1, b)+e/3*(polygamma(2, b)+e/4*polygamma(3, b))))
}

// gammaKernel is log(xᵃe⁻ˣ/Γ(a)).
func gammaKernel(a, x float64) float64 {
	switch {
	case !(a >= 0) || !(x >= 0):
		return math.NaN()
	case a == 0 || math.IsInf(x, 1):
		if a == 0 && x == 0 {
			return math.NaN()
		}
		return math.Inf(-1)
	case a < 0.5:
		return a*math.Log(x) - x - lgamma1p(a) + math.Log(a)
	case a < 10:
		return a*math.Log(x) - x - lgamma(a)
	case x < 0.5*a || x > 2*a: // no cancellation to take care of
		return a*(math.Log(x/a)+1) - x + 0.5*math.Log(a) - halfLog2Pi - stirling(a)
	}
	return a*log1pmx((x-a)/a) + 0.5*math.Log(a) - halfLog2Pi - stirling(a)
}

// kernel is log(xᵃyᵇ/B(a,b)).
func (p betaPoint) kernel() float64 {
	a, b := p.a, p.b
	switch {
	case !(a >= 0) || !(b >= 0) || math.IsNaN(p.x):
		return math.NaN()
	case a < 10 || b < 10:
		return a*p.logx + b*p.logy - lbeta(a, b)
	}
	// the saddle point: x is compared with its mode m = a/(a+b), y with 1−m
	logm, logn := -math.Log1p(b/a), -math.Log1p(a/b)
	var peak float64
	if math.Abs(p.u) < 1 {
		up, down := math.Expm1(p.u), math.Expm1(-p.u)
		n := 1 / (1 + a/b)
		c := 2 * math.Sinh(p.u/2)
		peak = -a*n*c*c - a*log1pmx(n*down) - b*log1pmx(up/(1+b/a))
	} else {
		peak = a*(p.logx-logm) + b*(p.logy-logn)
	}
	return peak + 0.5*(math.Log(a)+logn) - halfLog2Pi - (stirling(a) + stirling(b) - stirling(a+b))
}
