package op

import "math"

// ndtr is the normal distribution function Φ(x).
func ndtr(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// logNdtr is log Φ(x) without underflow.
func logNdtr(x float64) float64 {
	switch {
	case x > 0:
		return math.Log1p(-0.5 * math.Erfc(x/math.Sqrt2))
	case x > -12 || math.IsNaN(x):
		return math.Log(ndtr(x))
	}
	return -0.5*x*x - halfLog2Pi - math.Log(-x) + math.Log(millsSeries(x))
}

// mills is φ(x)/Φ(x), the derivative of log Φ.
func mills(x float64) float64 {
	if x > -12 || math.IsNaN(x) {
		return math.Exp(-0.5*x*x-halfLog2Pi) / ndtr(x)
	}
	return -x / millsSeries(x)
}

// millsSeries is −x·Φ(x)/φ(x) ~ Σ (−1)ⁿ(2n−1)!!/x²ⁿ for x ≤ −12 (DLMF 7.12.1).
func millsSeries(x float64) float64 {
	s, t := 1.0, 1.0
	z := 1 / (x * x)
	for k := 1.0; k < 40; k += 2 {
		t *= -k * z
		s += t
	}
	return s
}
