package op

import "math"

// The functions of the continuous Bernoulli law, whose normaliser at logit l
// is 2t/(2·sinh t) at t = l/2. All are even or odd and smooth at 0.

// sinhcSeries are the coefficients of log(sinh t/t) at t², t⁴, ….
var sinhcSeries = [...]float64{1. / 6, -1. / 180, 1. / 2835, -1. / 37800, 1. / 467775, -691. / 3831077250, 2. / 127702575}

// logSinhc is log(sinh t/t).
func logSinhc(t float64) float64 {
	t = math.Abs(t)
	if t < 0.25 {
		s := 0.0
		for i := len(sinhcSeries) - 1; i >= 0; i-- {
			s = (s + sinhcSeries[i]) * t * t
		}
		return s
	}
	if math.IsInf(t, 1) {
		return t
	}
	return t + math.Log(-math.Expm1(-2*t)/(2*t))
}

// langevin is coth t − 1/t, the derivative of logSinhc.
func langevin(t float64) float64 {
	if math.Abs(t) < 0.25 {
		s := 0.0
		for i := len(sinhcSeries) - 1; i >= 0; i-- {
			s = s*t*t + float64(2*i+2)*sinhcSeries[i]
		}
		return s * t
	}
	return 1/math.Tanh(t) - 1/t
}

// langevinSlope is 1/t² − 1/sinh²t, the derivative of langevin.
func langevinSlope(t float64) float64 {
	if math.Abs(t) < 0.25 {
		s := 0.0
		for i := len(sinhcSeries) - 1; i >= 0; i-- {
			s = s*t*t + float64((2*i+2)*(2*i+1))*sinhcSeries[i]
		}
		return s
	}
	return (1/t - 1/math.Sinh(t)) * (1/t + 1/math.Sinh(t))
}

// continuousBernoulli is the quantile x at u, (e^(lx)−1)/(e^l−1) = u.
func continuousBernoulli(l, u float64) float64 {
	return continuousBernoulliAt(l, u, 1-u, math.Expm1(l))
}

// continuousBernoulliAt is the quantile at u with its complement v, given
// m = e^l−1. That of −l, v and u is 1−x.
func continuousBernoulliAt(l, u, v, m float64) float64 {
	switch s := u * m; {
	case math.Abs(l) < 1e-5: // two terms in l
		return u + u*v*(l/2+l*l*(v-u)/6)
	case l > 700: // where the exponential overflows
		return max(1+math.Log(u+v*math.Exp(-l))/l, 0)
	case s < -0.5:
		return math.Log(v+u*math.Exp(l)) / l
	default:
		return math.Log1p(s) / l
	}
}

// continuousBernoulliSlope is ∂x/∂l at constant u, −∂P/∂l over the density.
// Exchanging the ends of both leaves it as it is, so that x is not near 1. With
// s = e^(lx)−1 = u(e^l−1) it is (ue^l/(1+s) − x)/l, and near l = 0, where that
// cancels, ½s/(1+s)/l·((1−x) − x·L(lx/2) + L(l/2)).
func continuousBernoulliSlope(l, u float64) float64 {
	v, m := 1-u, math.Expm1(l)
	far := u > 0.75
	if math.Abs(l) > 2 {
		far = u*(1+math.Sqrt(1+m)) > 1 // x beyond ½
	}
	if far {
		if u, v = v, u; math.Abs(l) < 1 {
			m /= -(1 + m)
		} else {
			m = math.Expm1(-l)
		}
		l = -l
	}
	x := continuousBernoulliAt(l, u, v, m)
	s := u * m
	switch {
	case math.Abs(l) < 1e-17:
		return x * (1 - x) / 2
	case l > 700: // e^l/(e^l−1) is 1, u at least e⁻ˡ or x is 0
		return (u/(v*math.Exp(-l)+u) - x) / l
	case l < -1:
		e := math.Exp(l)
		return (u*e/(v+u*e) - x) / l
	case math.Abs(l) > 0.5:
		return (u*(1+m)/(1+s) - x) / l
	}
	return s / (1 + s) / l / 2 * (1 - x - x*langevin(l*x/2) + langevin(l/2))
}

// continuousBernoulliP is (e^(lx)−1)/(e^l−1), the distribution function.
func continuousBernoulliP(l, x float64) float64 {
	switch {
	case math.Abs(l) < 1e-17:
		return x
	case l < 0:
		return math.Expm1(l*x) / math.Expm1(l)
	}
	return math.Exp(-l*(1-x)) * (math.Expm1(-l*x) / math.Expm1(-l))
}

// continuousBernoulliPl is its derivative by l, which the reflection of both
// leaves as it is. Of P it is ½((x−1) + x·L(lx/2) − L(l/2)), with L = langevin,
// and for l below 0 that is 1/(e⁻ˡ−1) − x/(e^(−lx)−1).
func continuousBernoulliPl(l, x float64) float64 {
	if x > 0.5 {
		l, x = -l, 1-x
	}
	p := continuousBernoulliP(l, x)
	if l < -1 {
		if x == 0 {
			return 0
		}
		return p * (1/math.Expm1(-l) - x/math.Expm1(-l*x))
	}
	return p / 2 * (x - 1 + x*langevin(l*x/2) - langevin(l/2))
}
