package op

import "math"

// Temme's uniform asymptotic expansion of the incomplete gamma function (DLMF
// 8.12), used where a is large and x not far from it. With λ = x/a,
// ½η² = λ − 1 − log λ and S = Σ Cₖ(η)a⁻ᵏ,
//
//	Q = ½erfc(η√(a/2)) + e^(−½aη²)/√(2πa)·S.

// nearMean tells whether the expansion is used: |η| stays below 0.75.
func nearMean(a, x float64) bool { return a >= 25 && x > 0.4*a && x < 1.9*a }

// temmeSum returns S and a·∂S/∂a at constant x. η moves by ∂η/∂a = −(λ−1)/(aη).
func temmeSum(a, mu, eta float64) (s, ds float64) {
	cols := len(temme[0])
	if e := math.Abs(eta); e < 0.1 { // 3.5 is the radius of convergence
		cols = 12
	} else if e < 0.3 {
		cols = 17
	}
	slope := -1.0
	if eta != 0 {
		slope = -mu / eta
	}
	w := 1.0
	for k := range temme {
		row := temme[k][:cols]
		c, dc := 0.0, 0.0
		for n := len(row) - 1; n >= 0; n-- {
			dc = dc*eta + c
			c = c*eta + row[n]
		}
		s += w * c
		ds += w * (slope*dc - float64(k)*c)
		if w /= a; w < 0x1p-44 {
			break
		}
	}
	return s, ds
}

// temmeAt returns μ = λ−1, η and ½η².
func temmeAt(a, x float64) (mu, eta, half float64) {
	mu = (x - a) / a
	half = -log1pmx(mu)
	return mu, math.Copysign(math.Sqrt(2*half), mu), half
}

func temmeGammaInc(a, x float64) (p, q float64) {
	mu, eta, half := temmeAt(a, x)
	s, _ := temmeSum(a, mu, eta)
	r := math.Exp(-a*half) / math.Sqrt(2*math.Pi*a) * s
	z := eta * math.Sqrt(a/2)
	return 0.5*math.Erfc(-z) - r, 0.5*math.Erfc(z) + r
}

// temmeSlope is gammaSlope: the derivative of the expansion over the density
// of log x, √(a/2π)e^(−½aη²)/Γ*(a), is
//
//	Γ*(a)/a·(μ/η − η/2 + (log λ − 1/(2a))·S + ∂S/∂a).
func temmeSlope(a, x float64) float64 {
	mu, eta, half := temmeAt(a, x)
	s, ds := temmeSum(a, mu, eta)
	g := 1.0
	if eta != 0 {
		g = mu/eta - eta/2
	}
	g += (mu-half-0.5/a)*s + ds/a
	return math.Exp(stirling(a)) / a * g
}
