package kernel

import (
	"math"
	"slices"
	"testing"
)

// checkUniform and checkNormal compare moments and the largest deviation of
// the distribution function (Kolmogorov and Smirnov) with the law, at 4.5
// standard errors and at a level of 1e-6. Seeds are fixed: they cannot flake.
func checkUniform(t *testing.T, x []float64) {
	t.Helper()
	checkLaw(t, x, []float64{1. / 2, 1. / 3, 1. / 4, 1. / 5}, []float64{1. / 3, 1. / 5, 1. / 7, 1. / 9}, func(v float64) float64 { return v })
}

func checkNormal(t *testing.T, x []float64) {
	t.Helper()
	checkLaw(t, x, []float64{0, 1, 0, 3}, []float64{1, 3, 15, 105}, func(v float64) float64 { return .5 * math.Erfc(-v/math.Sqrt2) })
}

// checkLaw: m holds E xᵏ and m2 E x²ᵏ for k = 1, 2, ….
func checkLaw(t *testing.T, x, m, m2 []float64, cdf func(float64) float64) {
	t.Helper()
	n := float64(len(x))
	for k := range m {
		var sum float64
		for _, v := range x {
			sum += math.Pow(v, float64(k+1))
		}
		if se := math.Sqrt((m2[k] - m[k]*m[k]) / n); math.Abs(sum/n-m[k]) > 4.5*se {
			t.Errorf("moment %d is %.5f, want %.5f ± %.5f", k+1, sum/n, m[k], se)
		}
	}
	var lag float64
	for i := 1; i < len(x); i++ {
		lag += (x[i] - m[0]) * (x[i-1] - m[0])
	}
	if s2 := m[1] - m[0]*m[0]; math.Abs(lag/n) > 4.5*s2/math.Sqrt(n) {
		t.Errorf("neighbours have covariance %.5f", lag/n)
	}
	x = slices.Clone(x)
	slices.Sort(x)
	var d float64
	for i, v := range x {
		c := cdf(v)
		d = max(d, math.Abs(c-float64(i)/n), math.Abs(c-float64(i+1)/n))
	}
	if d*math.Sqrt(n) > 2.7 { // 2 exp(-2·2.7²) = 9e-7
		t.Errorf("Kolmogorov-Smirnov √n·D = %.2f", d*math.Sqrt(n))
	}
}

func widen[T Float](x []T) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
