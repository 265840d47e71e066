package op

import "math"

// The distribution functions that have a shape, and those of counts.

// studentTCDF is that of ν, location and scale. With the standard law F(ν,z)
// and its density f the second derivatives by ν and another are those of
// ∂F/∂z = f.
func studentTCDF(by [2]uint8, v []float64) float64 {
	nu := math.Exp(v[0])
	std := func(z float64) (f, pdf, slope float64) {
		if by[0] == 0 {
			return studentCDF(nu, z), 0, 0
		}
		at := []float64{v[0], z}
		pdf = math.Exp(studentDensity(0, at))
		if by[0] == 1 {
			if by[1] == 0 {
				return -times(z*studentLogSlope(nu, z), pdf), 0, 0
			}
			return 0, times(studentDensity(1, at), pdf), 0
		}
		return 0, pdf, times(studentDensity(2, at), pdf)
	}
	var rest [2]uint8 // the operands from the location on
	for _, i := range by {
		if i > 1 {
			rest[0], rest[1] = i-1, rest[0]
		}
	}
	if rest[1] > 0 {
		rest[0], rest[1] = rest[1], rest[0]
	}
	return placedCDF(std, rest, v[3]-v[1], v[2])
}

// gammaCDF is P(a,w) at w = rx.
func gammaCDF(by [2]uint8, v []float64) float64 {
	return gammaEither(by, v[0], v[1], v[2], 1)
}

// inverseGammaCDF is Q(a,w) at w = s/x.
func inverseGammaCDF(by [2]uint8, v []float64) float64 {
	return gammaEither(by, v[0], v[1], v[2], -1)
}

// gammaEither is P at log w = t + log x for a sign of 1, Q at t − log x for −1.
func gammaEither(by [2]uint8, loga, t, x, sign float64) float64 {
	if x <= 0 && !math.IsNaN(loga+t) {
		return 0
	}
	a := math.Exp(loga)
	w := math.Exp(t + sign*math.Log(x))
	if r := math.Exp(t); r > 0 && !math.IsInf(r, 1) { // one rounding less
		w = r * x
		if sign < 0 {
			w = r / x
		}
	}
	k := gammaKernel(a, w)
	switch by {
	case [2]uint8{}:
		p, q := gammaInc(a, w)
		if sign < 0 {
			return q
		}
		return p
	case [2]uint8{1}:
		return sign * a * gammaPa(a, w)
	case [2]uint8{2}:
		return sign * math.Exp(k)
	case [2]uint8{3}:
		return math.Exp(k - math.Log(x))
	case [2]uint8{1, 2}:
		return sign * times(a*gammaScore(a, w), math.Exp(k))
	case [2]uint8{1, 3}:
		return times(a*gammaScore(a, w), math.Exp(k-math.Log(x)))
	case [2]uint8{2, 2}:
		return sign * times(a-w, math.Exp(k))
	case [2]uint8{2, 3}:
		return times(a-w, math.Exp(k-math.Log(x)))
	}
	return times(sign*(a-w)-1, math.Exp(k-math.Log(x))) / x
}

// betaCDF is I_x(a,b).
func betaCDF(by [2]uint8, v []float64) float64 {
	x := v[2]
	switch {
	case math.IsNaN(v[0] + v[1]):
	case x <= 0:
		return 0
	case x >= 1:
		return float64(1 - min(by[0], 1))
	}
	a, b := math.Exp(v[0]), math.Exp(v[1])
	p := fullBetaPointOf(a, b, x)
	switch by {
	case [2]uint8{}:
		i, _ := betaInc(p)
		return i
	case [2]uint8{1}:
		return a * betaIa(p)
	case [2]uint8{2}:
		return -b * betaIa(p.flip())
	}
	pdf := p.density()
	switch by {
	case [2]uint8{3}:
		return pdf
	case [2]uint8{1, 3}:
		return times(betaDensity(1, v), pdf)
	case [2]uint8{2, 3}:
		return times(betaDensity(2, v), pdf)
	}
	return times(betaDensity(3, v), pdf)
}

// poissonCDF is Q(k+1,λ).
func poissonCDF(by [2]uint8, v []float64) float64 {
	k := math.Floor(v[1])
	if k < 0 && !math.IsNaN(v[0]) {
		return 0
	}
	a, w := k+1, math.Exp(v[0])
	switch by {
	case [2]uint8{}:
		_, q := gammaInc(a, w)
		return q
	case [2]uint8{1}:
		return -math.Exp(gammaKernel(a, w))
	}
	return -times(a-w, math.Exp(gammaKernel(a, w)))
}

// binomialCDF is I(n−k, k+1) at 1−p.
func binomialCDF(by [2]uint8, v []float64) float64 {
	n, k := v[0], math.Floor(v[2])
	switch {
	case math.IsNaN(n + v[1]):
	case k < 0:
		return 0
	case k >= n:
		return float64(1 - min(by[0], 1))
	}
	return countCDF(by, n-k, k, v[1], 1)
}

// negativeBinomialCDF is I(r, k+1) at 1−p.
func negativeBinomialCDF(by [2]uint8, v []float64) float64 {
	r, k := math.Exp(v[0]), math.Floor(v[2])
	if k < 0 && !math.IsNaN(r+v[1]) {
		return 0
	}
	return countCDF(by, r, k, v[1], r)
}

// countCDF is I(a, k+1) at the logit −l, and its derivatives by the operand on
// which a depends, with the derivative da, and by l.
func countCDF(by [2]uint8, a, k, l, da float64) float64 {
	if math.IsInf(k, 1) {
		return float64(1 - min(by[0], 1))
	}
	p := fullBetaPointOfLogit(a, k+1, -l)
	switch by {
	case [2]uint8{}:
		i, _ := betaInc(p)
		return i
	case [2]uint8{1}:
		return da * betaIa(p)
	}
	pdf := math.Exp(p.kernel())
	switch by {
	case [2]uint8{2}:
		return -pdf
	case [2]uint8{1, 2}:
		byA, _ := p.scores()
		return -times(da*byA, pdf)
	}
	return times(p.d, pdf)
}

// geometricCDF is 1−(1−p)ⁿ with n = ⌊x⌋+1.
func geometricCDF(by [2]uint8, v []float64) float64 {
	l, n := v[0], math.Floor(v[1])+1
	if n <= 0 && !math.IsNaN(l) {
		return 0
	}
	log := -n * softplus(l) // of (1−p)ⁿ
	switch by {
	case [2]uint8{}:
		return -math.Expm1(log)
	case [2]uint8{1}:
		return times(n, math.Exp(log-softplus(-l)))
	}
	return times(n*(sigmoid(-l)-n*sigmoid(l)), math.Exp(log-softplus(-l)))
}

// continuousBernoulliCDF is (e^(lx)−1)/(eˡ−1).
func continuousBernoulliCDF(by [2]uint8, v []float64) float64 {
	l, x := v[0], min(max(v[1], 0), 1)
	pdf := func() float64 { return math.Exp(l*(x-0.5) - logSinhc(l/2)) }
	switch by {
	case [2]uint8{}:
		return continuousBernoulliP(l, x)
	case [2]uint8{1}:
		return continuousBernoulliPl(l, x)
	case [2]uint8{2}:
		if v[1] < 0 || v[1] > 1 {
			return 0
		}
		return pdf()
	case [2]uint8{1, 2}:
		return times(x-0.5-0.5*langevin(l/2), pdf())
	}
	return times(l, pdf())
}
