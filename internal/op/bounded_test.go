package op

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// wide draws a positive number of any size, or one near another number.
func wide(r *rand.Rand, near float64) float64 {
	switch r.IntN(4) {
	case 0:
		return math.Exp(1400*r.Float64() - 700)
	case 1:
		return math.Exp(30*r.Float64() - 15)
	}
	return near * math.Exp(r.NormFloat64()*math.Exp(-20*r.Float64()))
}

// The loops of every function end after maxTerms steps with NaN if they have
// not converged; whatever the parameters, they have. Distribution functions lie
// between 0 and 1, are complements and rise.
func TestSpecialConverge(t *testing.T) {
	n := 20_000
	if os.Getenv("LATENT_SWEEP") != "" {
		n = 300_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	number := func(f SpecialFn, x ...float64) float64 {
		v := specials[f].f(x)
		if math.IsNaN(v) {
			t.Fatalf("%v%v is no number", Special{f}, x)
		}
		return v
	}
	share := func(p, q float64, what string, x ...float64) {
		if p < 0 || q < 0 || p > 1 || q > 1 || math.Abs(p+q-1) > 1e-15 {
			t.Fatalf("%s%v is %v, its complement %v", what, x, p, q)
		}
	}
	for range n {
		a := wide(r, 1)
		b := wide(r, a)
		x := wide(r, a)
		share(number(GammaP, a, x), number(GammaQ, a, x), "P", a, x)
		number(GammaPa, a, x)
		if s := gammaSlope(a, x, math.Log(x)); !(s >= 0) {
			t.Fatalf("slope%v is %v", []float64{a, x}, s)
		}
		l := math.Log(a) - math.Log(b) + (math.Sqrt(1/a)+math.Sqrt(1/b))*r.NormFloat64()
		l = max(min(l, 700), -700)
		if s := number(BetaSlope, a, b, l); !(s >= 0) {
			t.Fatalf("slope%v is %v", []float64{a, b, l}, s)
		}
		if y := sigmoid(l); y < 1 {
			share(number(BetaI, a, b, y), number(BetaIc, a, b, y), "I", a, b, y)
			if number(BetaIa, a, b, y) > 0 || number(BetaIb, a, b, y) < 0 {
				t.Fatalf("the derivatives of I%v are %v and %v", []float64{a, b, y}, number(BetaIa, a, b, y), number(BetaIb, a, b, y))
			}
		}
		z := wide(r, 1)
		if p := studentCDF(a, -z); !(p >= 0 && p <= 0.5) {
			t.Fatalf("Student's law%v is %v", []float64{a, -z}, p)
		}
		number(StudentSlope, a, z)
		number(Lbeta, a, b)
		for f := range cdfCount {
			v := []float64{math.Log(a), math.Log(b), l}
			switch f {
			case BetaCDF:
				v[2] = sigmoid(l)
			case StudentTCDF:
				v = []float64{math.Log(a), 0, 0, z}
			case GammaCDF, InverseGammaCDF, NegativeBinomialCDF:
				v[1], v[2] = l, x
			case BinomialCDF:
				v = []float64{math.Floor(a + b), l, b}
			case PoissonCDF:
				v = []float64{math.Log(x), a}
			default:
				continue
			}
			for by := range uint8(len(v)) {
				if cdfs[f].never>>by&1 > 0 && by > 0 {
					continue
				}
				if y := cdfs[f].f([2]uint8{by}, v); math.IsNaN(y) || by == 0 && (y < 0 || y > 1) {
					t.Fatalf("%v%v is %v", CDF{f, [2]uint8{by}}, v, y)
				}
			}
		}
	}
}

// BenchmarkSpecial gives the slowest of many parameters of each function.
func BenchmarkSpecial(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	for f := range specialCount {
		points := make([][]float64, 300)
		for i := range points {
			p := wide(r, 1)
			q := wide(r, p)
			points[i] = []float64{p, q, r.Float64()}[:specials[f].arity]
		}
		b.Run(Special{f}.String(), func(b *testing.B) {
			var slowest float64
			for b.Loop() {
				slowest = 0
				for _, x := range points {
					best := math.Inf(1)
					for range 5 {
						start := time.Now()
						specials[f].f(x)
						best = min(best, float64(time.Since(start)))
					}
					slowest = max(slowest, best)
				}
			}
			b.ReportMetric(slowest, "worst-ns/element")
		})
	}
}
