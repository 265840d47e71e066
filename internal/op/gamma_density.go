package op

import "math"

func gammaDensity(by uint8, v []float64) float64 {
	a, x := math.Exp(v[0]), v[2]
	if by == 1 && a < 1e3 { // needs no exp(v[1])
		return a * (v[1] + math.Log(x) - digamma(a))
	}
	r := math.Exp(v[1])
	w := x * r
	switch by {
	case 0:
		if x == 0 {
			return atEnd(a, v[1])
		}
		if a > 0.5 && a < 10 && x > 0 && !math.IsInf(w, 1) { // gammaKernel with one logarithm
			return a*v[1] + (a-1)*math.Log(x) - w - lgamma(a)
		}
		if w < 0x1p-1000 && a > 0 && x > 0 && a <= 0.5 { // the same where rate times x has no digits left
			return a*(v[1]+math.Log(x)) - lgamma1p(a) + math.Log(a) - math.Log(x)
		}
		return gammaKernel(a, w) - math.Log(x)
	case 1:
		return a * gammaScore(a, w)
	case 2:
		return a - w
	case 3:
		if a == 1 {
			return -r
		}
		return (a - 1 - w) / x
	case 0x11:
		return a * (gammaScore(a, w) - a*polygamma(1, a))
	case 0x12:
		return a
	case 0x13:
		return a / x
	case 0x22:
		return -w
	case 0x23:
		return -r
	}
	if a == 1 {
		return 0
	}
	return (1 - a) / (x * x)
}

// atEnd is the log density at an end of the support that it reaches as xᵃ⁻¹,
// where log is what it is at a = 1.
func atEnd(a, log float64) float64 {
	switch {
	case a < 1:
		return math.Inf(1)
	case a > 1:
		return math.Inf(-1)
	}
	return log
}

func shareDensity(by uint8, v []float64) float64 {
	a := math.Exp(v[0])
	switch by {
	case 2:
		return a
	case 3:
		return rate(a-1, v[2])
	case 0x22, 0x23:
		return 0
	}
	return gammaDensity(by, v)
}

func inverseGammaDensity(by uint8, v []float64) float64 {
	a, x := math.Exp(v[0]), v[2]
	w := math.Exp(v[1]) / x
	switch by {
	case 0:
		return gammaKernel(a, w) - math.Log(x)
	case 1:
		return a * gammaScore(a, w)
	case 2:
		return a - w
	case 3:
		return (w - a - 1) / x
	case 0x11:
		return a * (gammaScore(a, w) - a*polygamma(1, a))
	case 0x12:
		return a
	case 0x13:
		return -a / x
	case 0x22:
		return -w
	case 0x23:
		return w / x
	}
	return (a + 1 - 2*w) / (x * x)
}

// rate is a/x, and 0 where a is 0, also at x = 0.
func rate(a, x float64) float64 {
	if a == 0 && x == 0 {
		return 0
	}
	return a / x
}
