package vitest

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// Rule is how one number of noise is integrated over, given those before it:
// points and weights that add up to 1.
type Rule func(before []float64) (x, w []float64)

// Dimension is one number of noise, element Element of the noise named Input,
// such as "z/noise".
type Dimension struct {
	Input   string
	Element int
	Rule    Rule
}

// Normal integrates over the standard normal distribution with n points (Gauss and
// Hermite): exactly what is a polynomial of degree 2n−1.
func Normal(n int) Rule {
	limit(n)
	x, w := make([]float64, n), make([]float64, n)
	quad.Hermite{}.FixedLocations(x, w, math.Inf(-1), math.Inf(1))
	for i := range x {
		x[i] *= math.Sqrt2
		w[i] /= math.Sqrt(math.Pi)
	}
	return func([]float64) ([]float64, []float64) { return x, w }
}

// Uniform integrates over (0,1) with n points (Gauss and Legendre) in each of the
// parts that breaks, which may lie outside, divide it into; nil means none.
func Uniform(n int, breaks func(before []float64) []float64) Rule {
	limit(n)
	points, weights := legendre(n)
	return func(before []float64) (x, w []float64) {
		ends := []float64{0, 1}
		if breaks != nil {
			for _, b := range breaks(before) {
				if b > 0 && b < 1 {
					ends = append(ends, b)
				}
			}
		}
		slices.Sort(ends)
		for i := 1; i < len(ends); i++ {
			if ends[i]-ends[i-1] < 1e-14 {
				continue
			}
			for k, p := range points {
				x, w = append(x, ends[i-1]+(ends[i]-ends[i-1])*p), append(w, (ends[i]-ends[i-1])*weights[k])
			}
		}
		return x, w
	}
}

// legendre returns the rule of n points on (0,1), the roots of the Legendre polynomial
// by Newton's method. The table of gonum's quad.Legendre is wrong at n = 26 (v0.17).
func legendre(n int) (x, w []float64) {
	x, w = make([]float64, n), make([]float64, n)
	for i := range x {
		at := -math.Cos(math.Pi * (float64(i) + .75) / (float64(n) + .5))
		for range 6 { // quadratic from 1e-2 on
			p, before := 1., 0.
			for k := range n {
				p, before = (float64(2*k+1)*at*p-float64(k)*before)/float64(k+1), p
			}
			slope := float64(n) * (before - at*p) / (1 - at*at)
			at -= p / slope
			x[i], w[i] = (1+at)/2, 1/((1-at*at)*slope*slope)
		}
	}
	return x, w
}

// limit panics unless a rule of n points makes sense.
func limit(n int) {
	if n < 1 || n > 200 {
		panic(fmt.Sprintf("vitest: a rule of %d points, want 1 to 200", n))
	}
}
