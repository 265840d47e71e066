package op

import "math"

// betaPoint is an argument x of a beta law with all that the methods take, so
// that nothing is formed from rounded numbers.
type betaPoint struct {
	a, b, x, y, logx, logy float64
	u                      float64 // logit x − log(a/b): how far from the mode
	d                      float64 // ay − bx, the slope of log k by the logit
}

// flip exchanges the two ends.
func (p betaPoint) flip() betaPoint {
	return betaPoint{p.b, p.a, p.y, p.x, p.logy, p.logx, -p.u, -p.d}
}

// betaPointOf is the point of x in (0,1) without u and d, its distance from the
// mode, which slopeASeries does not need, nor kernel at a shape below 10.
func betaPointOf(a, b, x float64) betaPoint {
	y := 1 - x
	return betaPoint{a: a, b: b, x: x, y: y, logx: logOf(x, y), logy: math.Log1p(-x)}
}

// betaPointOfLogit is that of logit l, also without u and d.
func betaPointOfLogit(a, b, l float64) betaPoint {
	e := math.Exp(-math.Abs(l))
	log := math.Log1p(e)
	p := betaPoint{a: a, b: b, x: 1 / (1 + e), y: e / (1 + e), logx: -log, logy: -math.Abs(l) - log}
	if l < 0 {
		p.x, p.y, p.logx, p.logy = p.y, p.x, p.logy, p.logx
	}
	return p
}

// fullBetaPointOf is the point of x in (0,1) with u and d. The slope d is exact,
// for it is what survives of two large numbers.
func fullBetaPointOf(a, b, x float64) betaPoint {
	p := betaPointOf(a, b, x)
	s, t := 1.0, 0.0 // a and b scaled so that nothing overflows
	if m := max(a, b); m > 0x1p1000 {
		s = 0x1p-10
	}
	a, b = a*s, b*s
	n := a + b
	if b > a {
		t = a - (n - b)
	} else {
		t = b - (n - a)
	}
	if x <= 0.5 {
		p.d = math.FMA(-n, x, a) - t*x
	} else {
		p.d = math.FMA(n, p.y, -b) + t*p.y
	}
	if r := -p.d / (a * p.y); math.Abs(r) < 0.5 {
		p.u = math.Log1p(r)
	} else {
		p.u = p.logx - p.logy - (math.Log(a) - math.Log(b))
	}
	p.d /= s
	return p
}

// fullBetaPointOfLogit is the point of logit l with u and d.
func fullBetaPointOfLogit(a, b, l float64) betaPoint {
	r := a / b
	switch {
	case r > 0.5 && r < 2:
		r = math.Log1p((a - b) / b)
	case r > 0x1p-1000 && r < 0x1p1000:
		r = math.Log(r)
	default:
		r = math.Log(a) - math.Log(b)
	}
	return fullBetaPointOfMode(a, b, l, l-r)
}

// fullBetaPointOfMode is the point of logit l, at distance u from the mode.
func fullBetaPointOfMode(a, b, l, u float64) betaPoint {
	p := betaPointOfLogit(a, b, l)
	p.u, p.d = u, a*p.y-b*p.x
	if max(a, b) > 1e3 && math.Abs(u) < 1 { // else what cancels is small
		p.d = -a * p.y * math.Expm1(u)
	}
	return p
}

// density is ∂I_x/∂x.
func (p betaPoint) density() float64 {
	switch {
	case p.x == 0 && p.b > 0: // the limits
		return math.Pow(0, p.a-1) * math.Exp(-lbeta(p.a, p.b))
	case p.y == 0 && p.a > 0:
		return math.Pow(0, p.b-1) * math.Exp(-lbeta(p.a, p.b))
	}
	return math.Exp(p.kernel() - p.logx - p.logy)
}

// logOf is log x, given y = 1−x.
func logOf(x, y float64) float64 {
	if y < x {
		return math.Log1p(-y)
	}
	return math.Log(x)
}
