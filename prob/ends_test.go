package prob_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// one runs f in a dtype with a single draw of its noise.
func one(t *testing.T, dt graph.Dtype, f func(s scope) node) []float64 {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: dt}, func(s scope) { s.Output("y", f(s)) })
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{Seed: 3}); err != nil {
		t.Fatal(err)
	}
	y, err := p.Value("y")
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// The log density of what a bijector makes moves with its input as that of the
// real number would: ∂/∂x log Beta(sigmoid x) is (a−1)(1−y) − (b−1)y, and so on.
func TestDensityOfWhatIsNextToTheEnd(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, x := range []float64{-1000, -95, -80, 80, 1000} {
			low := .5 * (1 - math.Copysign(1, x))
			beta := prob.Beta{}
			slope := func(d func() prob.Dist, b prob.Bijector) float64 {
				return one(t, dt, func(scope) node {
					in := nums(x)
					return graph.Grad(graph.Sum(d().LogProb(b.Forward(in))), []node{in})[0]
				})[0]
			}
			a, b := math.Exp(.5), math.Exp(-.3)
			got := slope(func() prob.Dist { beta.LogA, beta.LogB = nums(.5), nums(-.3); return beta }, prob.Sigmoid{})
			near(t, "Beta of Sigmoid", []float64{got}, []float64{(a-1)*low - (b-1)*(1-low)}, 1e-5)
			if x > 0 {
				continue
			}
			gamma := func() prob.Dist { return prob.Gamma{LogConcentration: nums(.5), LogRate: nums(0)} }
			near(t, "Gamma of Exp", []float64{slope(gamma, prob.Exp{})}, []float64{a - 1}, 1e-5)
			near(t, "Gamma of Softplus", []float64{slope(gamma, prob.Softplus{})}, []float64{a - 1}, 1e-5)
		}
	}
}

// At concentrations that go to 0 draws are at an end and stay there.
func TestDrawsOfTinyConcentrations(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, log := range []float64{math.Log(2e-37), -100, -700, math.Inf(-1)} {
			for name, d := range map[string]func(l node) prob.Sampler{
				"Dirichlet": func(l node) prob.Sampler { return prob.Dirichlet{LogConcentration: graph.BroadcastTo(l, 4)} },
				"Gamma":     func(l node) prob.Sampler { return prob.Gamma{LogConcentration: l, LogRate: nums(0)} },
				"Beta":      func(l node) prob.Sampler { return prob.Beta{LogA: l, LogB: nums(0)} },
			} {
				g := one(t, dt, func(s scope) node {
					l := nums(log)
					x := d(l).Sample(s, 50)
					return graph.Grad(graph.Sum(x.Mul(x)), []node{l})[0]
				})
				near(t, name+": derivative of draws by the log concentration", g, []float64{0}, 1e-25)
			}
		}
		// corners have the probabilities α/Σα
		x := one(t, dt, func(s scope) node {
			return prob.Dirichlet{LogConcentration: nums(-60, -60+math.Log(3))}.Sample(s, 4000)
		})
		first := 0.0
		for i := 0; i < len(x); i += 2 {
			first += x[i] / 4000
		}
		near(t, "probability of the first corner", []float64{first}, []float64{.25}, .03)
	}
}
