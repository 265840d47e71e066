package op

import "math"

// dawson is Dawson's function D(x) = e^(−x²)∫₀ˣ e^(t²)dt: the power series near
// 0, the asymptotic one (DLMF 7.12) far from it, and between them Rybicki's
// exponentially accurate sampling (Computers in Physics 3, 1989), whose error
// is e^(−(π/2h)²) = 10⁻¹⁷ for h = ¼.
func dawson(x float64) float64 {
	ax := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return x
	case ax < 0.5: // x·Σ (−2x²)ⁿ/(2n+1)!!
		s, t := 1.0, 1.0
		for k := 3.0; math.Abs(t) > 0x1p-56; k += 2 {
			t *= -2 * x * x / k
			s += t
		}
		return x * s
	case ax > 7: // 1/(2x)·Σ (2n−1)!!/(2x²)ⁿ
		s, t := 1.0, 1.0
		for k := 1.0; t > 0x1p-54; k += 2 {
			t *= k / (2 * ax * ax)
			s += t
		}
		return s / (2 * x)
	}
	const h = 0.25
	n0 := 2 * math.Round(ax/(2*h))
	d := ax - n0*h
	s := 0.0
	for n := 29.0; n > 0; n -= 2 { // odd distances from the even sample n0
		s += math.Exp(-sq(d-n*h))/(n0+n) + math.Exp(-sq(d+n*h))/(n0-n)
	}
	return math.Copysign(s/math.SqrtPi, x)
}

// dawsonSlope is D′(x) = 1 − 2xD(x), from the asymptotic series far from 0.
func dawsonSlope(x float64) float64 {
	if !(math.Abs(x) > 7) {
		return 1 - 2*x*dawson(x)
	}
	s, t := 0.0, 1.0
	z := 1 / (2 * x) / x
	for k := 1.0; k < 60 && t > 0x1p-54*s; k += 2 {
		t *= k * z
		s += t
	}
	return -s
}

func sq(x float64) float64 { return x * x }

// dawsonIntegral is ∫₀ˣ D(t)dt. With u = x² it is ¼·E[H_J], where J is Poisson
// of mean u and H_j = Σ_{i<j} 1/(i+½): a series of positive terms. For a large
// x it is ¼(log 4u + γ) less the integral of D's asymptotic series.
func dawsonIntegral(x float64) float64 {
	u := x * x
	if math.IsNaN(u) || math.IsInf(u, 1) {
		return u
	}
	if u > 49 {
		s, t := 0.0, 1.0
		for k := 1.0; k < 60; k++ {
			t *= (2*k - 1) / (2 * u)
			s += t / k
			if t <= 0x1p-54 {
				break
			}
		}
		return (math.Log(4*u)+eulerGamma)/4 - s/4
	}
	s, t, h := 0.0, math.Exp(-u), 0.0
	for j := 1.0; ; j++ {
		t *= u / j
		h += 1 / (j - 0.5)
		s += t * h
		if j > u && t*h <= 0x1p-54*s {
			return s / 4
		}
	}
}
