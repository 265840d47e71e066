package op

import "math"

// studentSlope is ∂ log|t|/∂ν at constant distribution function. ν/(ν+t²) has
// the law Beta(ν/2, ½), so with l the logit of that, log|t| = ½(log ν − l) and
// the slope is ½(1/ν − ½∂l/∂a). Where ν is large these two cancel and the
// expansion of the normal quantile z in t (Johnson, Kotz and Balakrishnan,
// Continuous Univariate Distributions 2, 1995, eq. 28.26) takes over:
//
//	z = t − (t³+t)/4ν + (13t⁵+8t³+3t)/96ν² − (35t⁷+19t⁵+t³−15t)/384ν³ + …
func studentSlope(nu, t float64) float64 { return studentLogSlope(nu, t) / nu }

// studentLogSlope is ∂ log|t|/∂ log ν, which is ν times studentSlope.
func studentLogSlope(nu, t float64) float64 {
	w := 1 / nu
	r := t * w * t
	switch {
	case !(nu > 0) || math.IsNaN(t):
		return math.NaN()
	case math.IsInf(nu, 1):
		return 0
	case w+r < 1./2000: // the powers of t are taken as those of r = t²/ν
		dz := (r+w)/4 - ((13*r+8*w)*r+3*w*w)/48 + (((35*r+19*w)*r+w*w)*r-15*w*w*w)/128 -
			((((6271*r+3224*w)*r-102*w*w)*r-1680*w*w*w)*r-945*w*w*w*w)/23040
		slope := 1 - (3*r+w)/4 + ((65*r+24*w)*r+3*w*w)/96 - (((245*r+95*w)*r+3*w*w)*r-15*w*w*w)/384
		return -dz / slope
	}
	if r > 0x1p-1000 && r < 0x1p1000 {
		p := betaPoint{a: nu / 2, b: 0.5, x: 1 / (1 + r), logx: -math.Log1p(r)}
		p.y = r * p.x
		if v, ok := p.slopeASeries(nu); ok {
			return (1 - v/2) / 2
		}
	}
	p := studentPoint(nu, t)
	return (1 - p.slopeA(nu)/2) / 2
}

// studentPoint is ν/(ν+t²) as an argument of the law Beta(ν/2, ½): its logit
// is log(ν/t²), of which log ν is the mode.
func studentPoint(nu, t float64) betaPoint {
	u := -2 * math.Log(math.Abs(t))
	p := fullBetaPointOfMode(nu/2, 0.5, math.Log(nu)+u, u)
	if r := t / nu * t; r > 0x1p-1000 && !math.IsInf(r, 1) { // more exact than the sum
		p.x, p.logx = 1/(1+r), -math.Log1p(r)
		p.y, p.logy = 1/(1+1/r), -math.Log1p(1/r)
		p.d = p.a*p.y - p.b*p.x
		if math.Abs(u) < 1 {
			p.d = p.x / 2 * math.Expm1(-u) // (t²−1)x/2
		}
	}
	return p
}

// studentCDF is the distribution function of Student's law.
func studentCDF(nu, t float64) float64 {
	switch {
	case !(nu > 0) || math.IsNaN(t):
		return math.NaN()
	case math.IsInf(nu, 1):
		return ndtr(t)
	}
	tail, middle := betaInc(studentPoint(nu, t))
	if t < 0 {
		return tail / 2
	}
	return 0.5 + middle/2
}

// studentEntropy is the entropy of Student's law, of log ν.
func studentEntropy(lognu float64) float64 {
	nu := math.Exp(lognu)
	return (nu+1)/2*digammaRise(nu/2, 0.5) + lognu/2 + lbeta(nu/2, 0.5)
}
