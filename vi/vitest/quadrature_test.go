package vitest_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/vi/vitest"
)

// A rule of n points is exact for polynomials of degree 2n−1: shifted Legendre
// polynomials, whose integrals are 0, and powers of a normal, whose moments are known.
func TestRulesAreExactForPolynomials(t *testing.T) {
	for n := 1; n <= 200; n++ {
		x, w := vitest.Uniform(n, func([]float64) []float64 { return []float64{.3, -1} })(nil)
		for _, side := range [][2]float64{{0, .3}, {.3, 1}} {
			p, before, last := make([]float64, len(x)), make([]float64, len(x)), 2*n-1
			for degree := range last + 1 {
				sum := 0.
				for i := range x {
					if x[i] < side[0] || x[i] > side[1] {
						continue
					}
					at := 2*(x[i]-side[0])/(side[1]-side[0]) - 1
					if k := float64(degree); degree == 0 {
						p[i] = 1
					} else {
						p[i], before[i] = ((2*k-1)*at*p[i]-(k-1)*before[i])/k, p[i]
					}
					sum += w[i] * p[i] / (side[1] - side[0])
				}
				want := 0.
				if degree == 0 {
					want = 1
				}
				if !(math.Abs(sum-want) < 1e-13) {
					t.Fatalf("Uniform(%d) of a polynomial of degree %d in %v: %v, want %v", n, degree, side, sum, want)
				}
			}
		}
		x, w = vitest.Normal(n)(nil)
		for degree := 0; degree < 2*n; degree += 2 { // odd ones are 0
			log, _ := math.Lgamma(float64(degree+1) / 2)
			moment := 0.
			for i := range x {
				size := 0.
				if degree > 0 {
					size = float64(degree) * math.Log(x[i]*x[i]/2) / 2
				}
				if w[i] > 0 {
					moment += w[i] * math.Exp(size-log+math.Log(math.Pi)/2)
				}
			}
			if !(math.Abs(moment-1) < 1e-10) {
				t.Fatalf("Normal(%d) of the power %d: %v of what it is", n, degree, moment)
			}
		}
	}
}
