package op

import (
	"math"
	"testing"
)

// rounded draws from a law.
func rounded(t *testing.T, dt Dtype, law ImplicitLaw, n int, params ...float64) []float64 {
	t.Helper()
	return draws(t, Variate{law}, dt, n, params...)
}

// meanWithin checks the mean of f over the draws within five standard errors.
func meanWithin(t *testing.T, what string, x []float64, want float64, f func(x float64) float64) {
	t.Helper()
	n, sum, sum2 := float64(len(x)), 0.0, 0.0
	for _, v := range x {
		v = f(v)
		sum += v
		sum2 += v * v
	}
	mean := sum / n
	if se := math.Sqrt((sum2/n - mean*mean) / n); !(math.Abs(mean-want) <= 5*se+1e-7*math.Abs(want)) {
		t.Errorf("%s: mean %v, want %v within %v", what, mean, want, 5*se)
	}
}

// E log x and its derivative are known for a gamma and a beta law: ψ and ψ′.
func TestImplicitMeans(t *testing.T) {
	same := func(x float64) float64 { return x }
	for _, dt := range []Dtype{Float32, Float64} {
		for _, p := range []float64{1e-3, 0.1, 0.7, 1, 3.3, 24, 26, 300, 1e5} {
			a := p
			if dt == Float32 {
				a = float64(float32(p))
			}
			x := rounded(t, dt, LogGamma, 5000, a)
			meanWithin(t, "log gamma", x, digamma(a), same)
			meanWithin(t, "slope of log gamma", x, polygamma(1, a), func(l float64) float64 { return gammaSlope(a, math.Exp(l), l) })
			b := a/2 + 0.3
			x = rounded(t, dt, LogitBeta, 5000, a, b)
			meanWithin(t, "logit beta", x, digamma(a)-digamma(b), same)
			slope := specials[BetaSlope].f
			meanWithin(t, "slope of logit beta", x, polygamma(1, a), func(l float64) float64 { return slope([]float64{a, b, l}) })
			meanWithin(t, "slope of logit beta by b", x, -polygamma(1, b), func(l float64) float64 { return -slope([]float64{b, a, -l}) })
		}
		for _, nu := range []float64{0.3, 1, 4, 50, 1e5} { // log t² = log ν + log of a beta prime number
			x := rounded(t, dt, Student, 5000, nu)
			want := (math.Log(nu) + digamma(0.5) - digamma(nu/2)) / 2
			meanWithin(t, "log |t|", x, want, func(v float64) float64 { return math.Log(math.Abs(v)) })
			slope := (1/nu - polygamma(1, nu/2)/2) / 2
			meanWithin(t, "slope of log |t|", x, slope, func(v float64) float64 { return studentSlope(nu, v) })
		}
	}
}

func TestImplicitEdges(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, dt := range []Dtype{Float32, Float64} {
		room := MaxDraw(dt)
		for _, c := range []struct {
			law    ImplicitLaw
			params []float64
			want   float64
		}{
			{LogGamma, []float64{nan}, nan}, {LogGamma, []float64{-1}, nan}, {LogGamma, []float64{inf}, room}, {LogGamma, []float64{0}, -room},
			{LogitBeta, []float64{nan, 1}, nan}, {LogitBeta, []float64{1, nan}, nan}, {LogitBeta, []float64{1, 0}, room}, {LogitBeta, []float64{0, 1}, -room},
			{Student, []float64{nan}, nan}, {Student, []float64{-1}, nan},
		} {
			if got := rounded(t, dt, c.law, 1, c.params...)[0]; !same(got, c.want) {
				t.Errorf("%v%v draws %v, want %v", Variate{c.law}, c.params, got, c.want)
			}
		}
		// a draw of shape 10⁻³ is far below the smallest number, its logarithm not
		for i, l := range rounded(t, dt, LogGamma, 1000, 1e-3) {
			if math.IsInf(l, 0) || math.IsNaN(l) {
				t.Fatalf("log of draw %d is %v", i, l)
			}
			if s := gammaSlope(1e-3, math.Exp(l), l); math.IsInf(s, 0) || math.IsNaN(s) || s < 0 {
				t.Fatalf("slope at %v is %v", l, s)
			}
		}
	}
}

// Draws depend on their own noise only: neighbours change nothing.
func TestImplicitReplays(t *testing.T) {
	many, few := rounded(t, Float32, LogGamma, 50, 0.4), rounded(t, Float32, LogGamma, 5, 0.4)
	for i := range few {
		if many[i] != few[i] {
			t.Errorf("draw %d is %v of 50, %v of 5", i, many[i], few[i])
		}
	}
}
