package vi_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestDivergenceWithoutAClosedForm: noise that replaces the weight estimates its
// divergence at a draw that nothing else sees, and the bound is that of one weight
// for all.
func TestDivergenceWithoutAClosedForm(t *testing.T) {
	mixture := func(noise string) problem {
		p := weight(noise, 2)
		model := p.model
		p.model = func(s *graph.Scope) vi.Model {
			m := model(s)
			v := param(s, "v2")
			m.Joint = func(t *vi.Trace) {
				prior := prob.ElementMixture{
					Logits:     s.Tensor([]float64{.3, -.4}, 1, 2),
					Components: prob.Normal{Mean: graph.Const(0), LogStd: graph.Concat(0, graph.BroadcastTo(v, 1, 1), s.Tensor([]float64{-1.2}, 1, 1))},
				}
				t.Draw("y", prob.Bernoulli{Logits: t.Product("w", prior, t.Given("x"), vi.MatMul{})})
			}
			return m
		}
		p.params = map[string]float64{"m": .6, "l": -.2, "v": 0, "v2": .1}
		if noise != "single" {
			draws := p.noise
			p.noise = func(v map[string]float64, k int) []dimension {
				return append(draws(v, k), dimension{"w/noise", 0, hermite(80)})
			}
		}
		return p
	}
	o := func(e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{Total: 7, Estimator: e}} }
	one := mixture("single")
	one.noise = func(map[string]float64, int) []dimension { return []dimension{{"w/noise", 0, hermite(80)}} }
	exact := one.compile(t, o(vi.Single{}), 1, false).exact(t)
	for _, noise := range []string{"local", "separate"} {
		agree(t, noise, mixture(noise), o(noises[noise]), 1, exact, -1)
	}
	e := one.compile(t, o(vi.Single{}), 1, false).integrate(t, one.params).value
	if got := mixture("local").compile(t, o(nil), 1, false).integrate(t, one.params).value; math.Abs(got-e) > 1e-9 {
		t.Errorf("the bound is %v with local noise, %v with one weight", got, e)
	}
}
