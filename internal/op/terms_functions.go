package op

import "math"

// times is a·b with 0 for 0·∞.
func times(a, b float64) float64 {
	if (a == 0 || b == 0) && !math.IsNaN(a) && !math.IsNaN(b) {
		return 0
	}
	return a * b
}

// spread is v·s(l)·s(−l), and 0 where l is infinite.
func spread(l, v float64) float64 {
	if math.IsInf(l, 0) {
		return 0
	}
	return sigmoid(l) * sigmoid(-l) * v
}

// bernoulliEntropy is the entropy of a bit of logit l, with terms of one sign.
func bernoulliEntropy(l float64) float64 {
	l = math.Abs(l)
	if math.IsInf(l, 1) {
		return 0
	}
	return math.Log1p(math.Exp(-l)) + l*sigmoid(-l)
}

// sigmoidRise is s(a) − s(b), which is s(a)·s(−b)·(1 − eᵇ⁻ᵃ).
func sigmoidRise(a, b float64) float64 {
	switch {
	case a == b:
		return 0
	case a < b:
		return -sigmoidRise(b, a)
	}
	return sigmoid(a) * sigmoid(-b) * -math.Expm1(b-a)
}

// softplusRise is S(a) − S(b), which is log(1 + s(b)·(eᵃ⁻ᵇ−1)).
func softplusRise(a, b float64) float64 {
	switch {
	case a == b:
		return 0
	case a < b:
		return -softplusRise(b, a)
	case a-b > 1 || math.IsInf(b, 0):
		return softplus(a) - softplus(b)
	}
	return math.Log1p(sigmoid(b) * math.Expm1(a-b))
}

// bernoulliDivergence is s(a)·(S(−b)−S(−a)) + s(−a)·(S(b)−S(a)). Near a = b,
// with p = s(a) ≤ ½ and u = b−a, it is log(1+p(eᵘ−1)) − pu, of which the parts of
// second order are taken.
func bernoulliDivergence(a, b float64) float64 {
	if a > 0 {
		a, b = -a, -b
	}
	p, u := sigmoid(a), b-a
	switch {
	case a == b:
		return 0
	case math.Abs(u) < 1:
		return log1pmx(p*math.Expm1(u)) + p*expRest(u)
	case math.IsInf(a, -1):
		return softplus(b)
	}
	return times(p, softplusRise(-b, -a)) + times(sigmoid(-a), softplusRise(b, a))
}

// softplusOverOdds is S(l)/eˡ.
func softplusOverOdds(l float64) float64 {
	switch {
	case math.IsInf(l, 1):
		return 0
	case l < -40: // S(l) is eˡ
		return 1
	}
	return softplus(l) * math.Exp(-l)
}

// geometricDivergence is S(−b) − S(−a) + e⁻ᵃ(S(b)−S(a)): that of one trial times
// the expected number of them.
func geometricDivergence(a, b float64) float64 {
	return times(1+math.Exp(-a), bernoulliDivergence(a, b))
}

// poissonDivergence is eᵃ(a−b) − eᵃ + eᵇ.
func poissonDivergence(a, b float64) float64 {
	switch {
	case a == b && !math.IsInf(a, 1):
		return 0
	case math.IsInf(a, -1):
		return math.Exp(b)
	case b-a > 700:
		return math.Exp(b)
	}
	return math.Exp(a) * expRest(b-a)
}

// digammaRest is ψ(a) − log a, of log a.
func digammaRest(l float64) float64 {
	a := math.Exp(l)
	if a < 12 {
		return digamma(a) - l
	}
	z := 1 / (a * a) // DLMF 5.11.2
	return -0.5/a - z*(1./12-z*(1./120-z*(1./252-z*(1./240-z*(1./132-z*(691./32760-z/12))))))
}

// trigammaRest is ψ′(a) − 1/a.
func trigammaRest(a float64) float64 {
	if a < 15 {
		return polygamma(1, a) - 1/a
	}
	z := 1 / (a * a) // DLMF 5.15.8
	return z * (0.5 + (1./6-z*(1./30-z*(1./42-z*(1./30-z*(5./66-z*(691./2730))))))/a)
}

// gammaRest is what the divergence of two gamma laws has beside b(eʷ−1−w), with
// w = log(a/b) + log r₂/r₁: for δ the error of Stirling's formula
//
//	(a−b)(ψ(a) − log a) + ½log(a/b) + δ(b) − δ(a)
//
// of which nothing is large where a and b are.
func gammaRest(la, lb float64) float64 {
	a, b := math.Exp(la), math.Exp(lb)
	if a == b {
		return 0
	}
	return (a-b)*digammaRest(la) + (la-lb)/2 + (stirlingExp(lb) - stirlingExp(la))
}

// stirlingExp is δ(eˡ), also where eˡ is far below 1.
func stirlingExp(l float64) float64 {
	a := math.Exp(l)
	if a < 0.1 { // log Γ(1+a) − log a − (a−½)log a + a − ½log 2π
		return lgamma1p(a) - (a+0.5)*l + a - halfLog2Pi
	}
	return stirling(a)
}

func gammaRestA(la, lb float64) float64 {
	a, b := math.Exp(la), math.Exp(lb)
	return a * (a - b) * trigammaRest(a)
}

// betaEntropySlope is a((n−2)ψ′(n) − (a−1)ψ′(a)), with ρ(a) = ψ′(a) − 1/a
//
//	1 − 2a/n + a(n−2)ρ(n) − a(a−1)ρ(a)
func betaEntropySlope(a, b float64) float64 {
	n := a + b
	return (b-a)/n + a*(n-2)*trigammaRest(n) - a*(a-1)*trigammaRest(a)
}

// studentEntropySlope is u(u+½)(ψ′(u+½) − ψ′(u)) + ½, which is
// u(u+½)(ρ(u+½) − ρ(u)), of u = ν/2. For large u the difference of the leading
// terms of ρ is written out.
func studentEntropySlope(u float64) float64 {
	v := u + 0.5
	if u < 50 {
		return u * v * (trigammaRest(v) - trigammaRest(u))
	}
	tail := func(x float64) float64 { z := 1 / (x * x); return z * z / x * (1./30 - z*(1./42-z/30)) }
	second := -(u + 0.25) / (2 * u * v)
	third := -(3*u*v + 0.25) / (12 * u * u * v * v)
	return second + third + u*v*(tail(u)-tail(v))
}

// continuousEntropy is log(sinh t/t) − t(coth t − 1/t) for t ≥ 0.
func continuousEntropy(t float64) float64 {
	if t < 1 {
		return logSinhc(t) - t*langevin(t)
	}
	return math.Log(-math.Expm1(-2*t)/(2*t)) + 1 - t*cothRest(t)
}

// cothRest is coth t − 1 for t > 0.
func cothRest(t float64) float64 {
	if t > 300 {
		return 0
	}
	return 2 / math.Expm1(2*t)
}

// langevinElasticity is t·(coth t − 1/t)′.
func langevinElasticity(t float64) float64 {
	if a := math.Abs(t); a > 300 {
		return 1 / t
	}
	return t * langevinSlope(t)
}

// langevinRise is L(t) − L(u).
func langevinRise(t, u float64) float64 {
	switch {
	case t == u:
		return 0
	case min(t, u) > 0.5:
		return cothRest(t) - cothRest(u) + (t-u)/t/u
	case max(t, u) < -0.5:
		return langevinRise(-u, -t)
	}
	return langevin(t) - langevin(u)
}

// continuousDivergence is (t−u)·L(t) − log(sinh t/t) + log(sinh u/u) at half the logits.
func continuousDivergence(a, b float64) float64 {
	t, u := a/2, b/2
	if t < 0 {
		t, u = -t, -u
	}
	switch {
	case t == u:
		return 0
	case t < 1 || u < -1e3*t:
		return (t-u)*langevin(t) - logSinhc(t) + logSinhc(u)
	}
	// 1 + log sinhc(u) − u·coth t + u/t − 1 − (log sinhc(t) − t·coth t + 1)
	up := logSinhc(u) - u*(1+cothRest(t)-1/t)
	if u > 1 {
		up = math.Log(-math.Expm1(-2*u)/(2*u)) - u*(cothRest(t)-1/t)
	}
	return up - continuousEntropy(t)
}
