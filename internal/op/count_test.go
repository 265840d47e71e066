package op

import (
	"math"
	"testing"

	"github.com/latentgo/latent/internal/kernel"
)

// draws evaluates a rule on n elements' worth of uniform noise.
func draws(t *testing.T, r Rule, dt Dtype, n int, params ...float64) []float64 {
	t.Helper()
	noise := NewArray(dt, []int{StreamNoise * n})
	if dt == Float64 {
		kernel.Uniform(noise.F64, kernel.Noise{Key: 3}, 0, 0, 0)
	} else {
		kernel.Uniform(noise.F32, kernel.Noise{Key: 3}, 0, 0, 0)
	}
	in := []Array{noise}
	shapes := [][]int{noise.Shape}
	for _, p := range params {
		in = append(in, Array{F64: []float64{p}})
		shapes = append(shapes, nil)
	}
	shape, err := r.Shape(shapes)
	if err != nil {
		t.Fatal(err)
	}
	out := NewArray(dt, shape)
	if err := r.Eval(out, in); err != nil {
		t.Fatal(err)
	}
	v := make([]float64, out.Len())
	for i := range v {
		v[i] = out.At(i)
	}
	return v
}

// Every branch of the samplers follows its law: χ² against the probabilities,
// values of fewer than 20 expected in one cell.
func TestCountLaws(t *testing.T) {
	const n = 200_000
	lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	poisson := func(rate float64) func(k float64) float64 {
		return func(k float64) float64 { return k*math.Log(rate) - rate - lg(k+1) }
	}
	binomial := func(m, p float64) func(k float64) float64 {
		return func(k float64) float64 {
			return lg(m+1) - lg(k+1) - lg(m-k+1) + k*math.Log(p) + (m-k)*math.Log1p(-p)
		}
	}
	for _, c := range []struct {
		law    Law
		params []float64
		log    func(k float64) float64
		lo, hi float64
	}{
		{Poisson, []float64{math.Log(.3)}, poisson(.3), 0, 50},
		{Poisson, []float64{math.Log(9.5)}, poisson(9.5), 0, 100},
		{Poisson, []float64{math.Log(10.5)}, poisson(10.5), 0, 100},
		{Poisson, []float64{math.Log(400)}, poisson(400), 0, 1000},
		{Binomial, []float64{5, 0}, binomial(5, .5), 0, 5},
		{Binomial, []float64{1000, -6}, binomial(1000, sigmoid(-6)), 0, 1000},
		{Binomial, []float64{100, -1}, binomial(100, sigmoid(-1)), 0, 100},
		{Binomial, []float64{100, 1}, binomial(100, sigmoid(1)), 0, 100},
		{NegativeBinomial, []float64{math.Log(.5), 1}, func(k float64) float64 {
			return lg(k+.5) - lg(k+1) - lg(.5) + k*math.Log(sigmoid(1)) + .5*math.Log(sigmoid(-1))
		}, 0, 500},
		{NegativeBinomial, []float64{math.Log(30), 0}, func(k float64) float64 {
			return lg(k+30) - lg(k+1) - lg(30) + (k+30)*math.Log(.5)
		}, 0, 500},
	} {
		for _, dt := range []Dtype{Float32, Float64} {
			seen := map[float64]int{}
			for _, k := range draws(t, Count{c.law}, dt, n, c.params...) {
				seen[k]++
			}
			chi, cells, rest, restSeen := 0.0, 0, float64(n), n
			for k := c.lo; k <= c.hi; k++ {
				if want := n * math.Exp(c.log(k)); want >= 20 {
					d := float64(seen[k]) - want
					chi += d * d / want
					cells++
					rest -= want
					restSeen -= seen[k]
				}
			}
			if rest > 1 {
				chi += (float64(restSeen) - rest) * (float64(restSeen) - rest) / rest
			}
			limit := float64(cells) + 5*math.Sqrt(2*float64(cells)) + 10
			if chi > limit || restSeen < 0 {
				t.Errorf("%v%v in %v: χ² is %.0f for %d cells", Count{c.law}, c.params, dt, chi, cells)
			}
		}
	}
}

func TestCountEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		law    Law
		params []float64
		want   float64
	}{
		{Poisson, []float64{-inf}, 0},
		{Poisson, []float64{inf}, LargestCount},
		{Poisson, []float64{1000}, LargestCount},
		{Poisson, []float64{nan}, nan},
		{Binomial, []float64{0, 3}, 0},
		{Binomial, []float64{7, inf}, 7},
		{Binomial, []float64{7, -inf}, 0},
		{Binomial, []float64{1e9, -1000}, 0},
		{Binomial, []float64{-1, 0}, nan},
		{Binomial, []float64{nan, 0}, nan},
		{Binomial, []float64{3, nan}, nan},
		{NegativeBinomial, []float64{-inf, 0}, 0},
		{NegativeBinomial, []float64{-inf, inf}, 0},
		{NegativeBinomial, []float64{inf, -inf}, 0},
		{NegativeBinomial, []float64{0, -inf}, 0},
		{NegativeBinomial, []float64{0, inf}, LargestCount},
		{NegativeBinomial, []float64{nan, 0}, nan},
		{NegativeBinomial, []float64{0, nan}, nan},
	} {
		for _, got := range draws(t, Count{c.law}, Float64, 3, c.params...) {
			if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("%v%v drew %v, want %v", Count{c.law}, c.params, got, c.want)
			}
		}
	}
	for _, k := range draws(t, Count{Poisson}, Float64, 1000, math.Log(1e16)) {
		if d := (k - 1e16) / 1e8; !(math.Abs(d) < 6) {
			t.Errorf("a Poisson draw of rate 1e16 is %v deviations off", d)
		}
	}
}

func TestCountShapes(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		in   [][]int
		ok   bool
	}{
		{Count{Poisson}, [][]int{{4, 6}, {2}}, true},
		{Count{Poisson}, [][]int{{4, 6}, {4, 1}}, true},
		{Count{Poisson}, [][]int{{4, 5}, {2}}, false},
		{Count{Poisson}, [][]int{{4, 6}, {3}}, false},
		{Count{Poisson}, [][]int{{}, {3}}, false},
		{Multinomial{}, [][]int{{4, 3}, {4, 1}, {7}}, true},
		{Multinomial{}, [][]int{{4, 3}, {}, {4, 7}}, true},
		{Multinomial{}, [][]int{{4, 3}, {7}, {7}}, false},
		{Multinomial{}, [][]int{{4, 6}, {1}, {7}}, false},
	} {
		shape, err := c.rule.Shape(c.in)
		if (err == nil) != c.ok {
			t.Errorf("%v of shapes %v: %v, %v", c.rule, c.in, shape, err)
		}
	}
}

// Keys of neighbours and of both precisions differ, and the first numbers of
// their streams look uniform.
func TestStreamsDiffer(t *testing.T) {
	for _, dt := range []Dtype{Float32, Float64} {
		const n = 10_000
		noise := NewArray(dt, []int{StreamNoise * n})
		if dt == Float64 {
			kernel.Uniform(noise.F64, kernel.Noise{Key: 5}, 0, 0, 0)
		} else {
			kernel.Uniform(noise.F32, kernel.Noise{Key: 5}, 0, 0, 0)
		}
		seen := map[uint64]bool{}
		mean := 0.0
		for i := range n {
			s := stream(noise, i)
			v := s.Uint64()
			if seen[v] {
				t.Fatalf("%v: two streams begin alike", dt)
			}
			seen[v] = true
			mean += s.Uniform() / n
		}
		if math.Abs(mean-.5) > 5/math.Sqrt(12*n) {
			t.Errorf("%v: mean %v of the first uniform numbers", dt, mean)
		}
	}
}
