package op

import "math"

// The regularised incomplete beta function and its derivatives by the shapes.
// Everything is a multiple of the density k = xᵃyᵇ/B(a,b) of the logit, y = 1−x,
// and comes from the side of the mode where nothing cancels: by a power series
// (DLMF 8.17.7 and 8.17.8) or a continued fraction (8.17.22) where these are
// short, else by quadrature.

// limitValue returns I where it is 0, 1 or no number.
func (p *betaPoint) limitValue() (i float64, ok bool) {
	switch {
	case !(p.a >= 0) || !(p.b >= 0) || !(p.x >= 0) || !(p.y >= 0):
		return math.NaN(), true
	case p.x == 0 && !(p.logx > -math.MaxFloat64), p.y == 0 && !(p.logy > -math.MaxFloat64):
		if p.a == 0 && p.b == 0 || p.a == 0 && p.x == 0 || p.b == 0 && p.y == 0 {
			return math.NaN(), true
		}
		return p.x, true
	case p.a == p.b && (p.a == 0 || math.IsInf(p.a, 1)):
		return math.NaN(), true
	case p.a == 0 || math.IsInf(p.b, 1):
		return 1, true
	case p.b == 0 || math.IsInf(p.a, 1):
		return 0, true
	}
	return 0, false
}

// nearZero tells whether x is so near to 0 that the sum of alternating terms is
// short; a below 1 makes I large there.
func (p *betaPoint) nearZero() bool { return p.a < 1 && p.x <= 0.5 && p.b*p.x <= 1.5 }

// nearOne is nearZero of the flipped point.
func (p *betaPoint) nearOne() bool { return p.b < 1 && p.y <= 0.5 && p.a*p.y <= 1.5 }

// lowerTail reports whether I itself is to be computed, not its complement: the
// result must not be 1 less a small number, and must converge fast.
func (p *betaPoint) lowerTail() bool {
	switch {
	case p.nearZero():
		return true
	case p.nearOne():
		return false
	case p.a > 4 && p.b > 4: // where the fraction converges fast
		return p.x*(p.a+p.b+2) < p.a+1
	}
	n := p.a + p.b
	mean, rest := p.a/n, p.b/n
	sd := math.Sqrt(mean * rest / (n + 1))
	if p.x < p.y {
		return p.x < mean+2*sd || mean > 0.5
	}
	return p.y > rest+2*sd && mean > 0.5
}

// betaInc returns I_x(a,b) and its complement.
func betaInc(p betaPoint) (i, j float64) {
	if i, ok := p.limitValue(); ok {
		return i, 1 - i
	}
	switch {
	case p.nearZero():
		return p.zeroSeries()
	case p.nearOne():
		j, i = p.flip().zeroSeries()
		return i, j
	}
	k := math.Exp(p.kernel())
	if k == 0 { // and so is the smaller of the two
		if p.u < 0 {
			return 0, 1
		}
		return 1, 0
	}
	if !p.lowerTail() {
		q := p.flip()
		if s, _, _, ok := q.series(); ok {
			if j = k / p.b * s; j < 0.9 { // else 1 − j would lose digits
				return 1 - j, j
			}
		}
	}
	if p.lowerTail() || p.u < 0 {
		if s, _, _, ok := p.series(); ok {
			i = k / p.a * s
			return i, 1 - i
		}
	}
	if p.u < 0 {
		s, _, _ := p.quadrature()
		return k * s, 1 - k*s
	}
	s, _, _ := p.flip().quadrature()
	return 1 - k*s, k * s
}

// zeroSeries returns I and its complement near 0, by DLMF 8.17.7:
// xᵃ/(a·B(a,b))·(1 + a·Σ (1−b)ₙ/(n!(a+n))·xⁿ), with the leading term near 1.
func (p betaPoint) zeroSeries() (i, j float64) {
	l := p.a*p.logx - lbetaTimes(p.a, p.b)
	sum, t := 0.0, 1.0
	for n := 1.0; n < 200 && math.Abs(t) > 0x1p-54*math.Abs(sum); n++ {
		t *= (n - p.b) / n * p.x
		sum += t / (p.a + n)
	}
	lead := math.Exp(l)
	i = lead * (1 + p.a*sum)
	if j = -math.Expm1(l) - lead*p.a*sum; i < 0.5 {
		return i, 1 - i
	}
	return i, j
}

// zeroSeriesByB is ∂I/∂b over k near 0, times a number, by the derivative of
// zeroSeries.
func (p betaPoint) zeroSeriesByB(times float64) float64 {
	sum, by, t, dt := 0.0, 0.0, 1.0, 0.0
	for n := 1.0; n < 200 && !(math.Abs(t) <= 0x1p-54*math.Abs(sum) && math.Abs(dt) <= 0x1p-54*math.Abs(by)); n++ {
		f := (n - p.b) / n * p.x
		t, dt = t*f, dt*f-t*p.x/n
		sum += t / (p.a + n)
		by += dt / (p.a + n)
	}
	return (digammaRise(p.b, p.a)*(1+p.a*sum) + p.a*by) * (times / p.a) * math.Exp(-p.b*p.logy)
}

// betaSlope is ∂l/∂a of the logit l at constant I: −∂I/∂a over k, the implicit
// derivative of a beta draw.
func betaSlope(a, b, l float64) float64 {
	p := betaPointOfLogit(a, b, l)
	if v, ok := p.slopeASeries(1); ok {
		return v
	}
	p = fullBetaPointOfLogit(a, b, l)
	return p.slopeA(1)
}

// slopeASeries is slopeA where a series converges, which needs neither u nor d of
// the point.
func (p *betaPoint) slopeASeries(times float64) (v float64, ok bool) {
	if _, ok := p.limitValue(); ok {
		return math.NaN(), true
	}
	if p.lowerTail() { // I = k/a·s
		s, sa, _, ok := p.series()
		if !ok {
			return 0, false
		}
		return -(s*(p.logx+digammaStep(p.a, p.b)) + sa) * (times / p.a), true
	}
	q := p.flip()
	if p.b < 0.1 && p.nearOne() { // where the terms below cancel
		return q.zeroSeriesByB(times), true
	}
	s, _, sb, ok := q.series() // 1 − I = k/b·s
	if !ok {
		return 0, false
	}
	return (s*(p.logx+digammaRise(p.a, p.b)) + sb) * (times / p.b), true
}

// slopeA is −∂I/∂a over k, times a number.
func (p *betaPoint) slopeA(times float64) float64 {
	if v, ok := p.slopeASeries(times); ok {
		return v
	}
	if p.u < 0 {
		_, da, _ := p.quadrature()
		return -da * times
	}
	_, _, db := p.flip().quadrature()
	return db * times
}

// betaIa is ∂I_x(a,b)/∂a, and ∂I_x/∂b is −betaIa of the flipped point.
func betaIa(p betaPoint) float64 {
	if p.a > 0 && p.b > 0 && (p.x == 0 && !(p.logx > -math.MaxFloat64) || p.y == 0 && !(p.logy > -math.MaxFloat64)) {
		return 0
	}
	small := min(p.a, p.b, 1) // a factor of k that may be the inverse of another
	k := math.Exp(p.kernel() - math.Log(small))
	if k == 0 {
		return 0
	}
	return -k * p.slopeA(small)
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
