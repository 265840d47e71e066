package vi_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// apart returns the problem with terms that have nothing to do with its sites: a
// far datum and, if they are wanted, a latent of the data set and latents of the
// datum, one of them enumerated.
func (p problem) apart(global, latents bool) problem {
	model, noise := p.model, p.noise
	p.data = maps.Clone(p.data)
	p.data["far"] = slices.Repeat([]float64{1}, len(p.data["x"]))
	p.model = func(s *graph.Scope) vi.Model {
		m := model(s)
		at := func(mean *graph.Node) prob.Dist { return normal1(mean, s.Const(0)) }
		return vi.Model{
			Guide: func(t *vi.Trace) {
				if global {
					t.Global("g0", at(graph.BroadcastTo(s.Const(9), 1)))
				}
				if latents {
					t.Draw("z0", at(t.Given("far").Shift(5)))
					t.Draw("b0", prob.Bernoulli{Logits: t.Given("far").Shift(5)})
				}
				m.Guide(t)
			},
			Joint: func(t *vi.Trace) {
				h := s.Tensor([]float64{30}, 1)
				if global {
					h = t.Global("g0", prob.StdNormal(1))
				}
				if latents {
					h = h.Add(t.Draw("z0", prob.StdNormal(1)).Add(t.Draw("b0", prob.Bernoulli{Logits: s.Tensor([]float64{-3}, 1)})))
				}
				t.Draw("far", normal1(h, s.Const(-2)))
				m.Joint(t)
			},
		}
	}
	return p.with(func(v map[string]float64, k int) []dimension {
		ds := noise(v, k)
		if global {
			ds = append(ds, dimension{"g0/noise", 0, hermite(1)})
		}
		for i := range k {
			if latents {
				ds = append(ds, dimension{"z0/noise", i, hermite(1)})
			}
		}
		return ds
	})
}

// TestWhatDoesNotDependOnADrawAddsNoVariance: the score of a draw is not
// multiplied by terms that it has no part in, of other sites or in closed form
// of its own.
func TestWhatDoesNotDependOnADrawAddsNoVariance(t *testing.T) {
	known := estimators()
	for _, c := range matrix() {
		e := known[c.estimator]
		scores := strings.HasPrefix(c.estimator, "Score") || slices.Contains([]string{"VIMCO", "DisARM", "REBAR", "RELAX", "MeasureValued"}, c.estimator)
		if c.verdict == "-" || !scores {
			continue
		}
		t.Run(fmt.Sprintf("%s/%s/%s", c.objective, c.kind, c.estimator), func(t *testing.T) {
			t.Parallel()
			p, site, k := bits(1), "z", 2
			switch c.kind {
			case "reparameterised":
				p = gaussian1()
				p.noise = perDraw("z/noise", func(map[string]float64) rule { return hermite(5) })
			case "global":
				tr := besideGlobal("joint", c, e)
				p, site, k = tr.p, "w", tr.k
			}
			v := maps.Clone(p.params)
			if c.estimator == "Score{MovingAverage}" {
				v[site+"/baseline"] = .7
			}
			if c.kind != "global" {
				p = p.under(c.estimator, "")
			}
			sites := choice{site: e}
			if c.kind == "global" {
				sites["y"] = vi.Enumerate{}
			}
			for _, o := range column(c.objective) {
				want := p.compile(t, o(k, sites), k, true).integrate(t, v)
				for _, latents := range []bool{false, true} {
					if latents && c.objective != "ELBO" {
						continue // which weigh the draws of all latents together
					}
					far := p.apart(c.objective != "Chi" && c.objective != "IWVI", latents)
					beside := maps.Clone(sites)
					if latents {
						beside["b0"] = vi.Enumerate{}
					}
					got := far.compile(t, o(k, beside), k, true).integrate(t, v)
					for name := range p.params {
						if a, b := got.vari[name], want.vari[name]; !(math.Abs(a-b) <= 1e-9*(1+b)) {
							t.Errorf("variance of the gradient by %s is %v with a far datum, %v without (latents %v)", name, a, b, latents)
						}
					}
				}
			}
		})
	}
	// Nothing depends on this draw but its own divergence.
	alone := problem{
		model: func(s *graph.Scope) vi.Model {
			m := param(s, "m")
			return vi.Model{
				Guide: func(t *vi.Trace) {
					t.Global("w", normal1(graph.BroadcastTo(m, 1), s.Const(0)))
				},
				Joint: func(t *vi.Trace) {
					t.Global("w", prob.StdNormal(1))
					t.Draw("x", normal1(s.Tensor([]float64{0}, 1), s.Const(0)))
				},
			}
		},
		params: map[string]float64{"m": 4}, data: map[string][]float64{"x": {.3}},
		noise: func(map[string]float64, int) []dimension { return []dimension{{"w/noise", 0, hermite(5)}} },
	}
	for _, e := range []vi.Estimator{nil, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}} {
		got := alone.compile(t, vi.ELBO{Config: vi.Config{Total: 1, Sites: choice{"w": e}}}, 1, true).integrate(t, alone.params)
		if got.vari["m"] > 1e-20 || math.Abs(got.grad["m"]-4) > 1e-12 {
			t.Errorf("%T: gradient of the divergence %v with variance %v, want 4 and 0", e, got.grad["m"], got.vari["m"])
		}
	}
}
