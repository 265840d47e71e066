package vi_test

import (
	"os"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// The places of an enumerated bit y beside a latent z or a global w.
var places = []string{
	"before", // the guide has y first, and z depends on it
	"after",  // the guide has y last, and it depends on z
	"joint",  // the guide does not have y, and the joint sums it out
}

// beside has a latent z of one element, normal or a bit, and an enumerated bit y
// that both the law of z in the joint and x depend on.
func beside(place string, bit bool) problem {
	law := func(s *graph.Scope, mean *graph.Node, logStd *graph.Node) prob.Dist {
		if bit {
			return prob.Bernoulli{Logits: mean}
		}
		return normal1(mean, logStd)
	}
	shift := -.15
	if bit {
		shift = .6
	}
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			w, m := param(s, "w"), param(s, "m")
			a, l, d := param(s, "a"), param(s, "l"), param(s, "d")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(m, 1)})
					z := t.Draw("z", law(s, y.Mul(w).Shift(.1), s.Const(.1)))
					h := z.Scale(1.2).Add(y.Mul(w))
					if bit {
						h = h.Add(y.Mul(z).Scale(-.5))
					}
					t.Draw("x", normal1(h, s.Const(-.1)))
				},
				Guide: func(t *vi.Trace) {
					x := t.Given("x")
					mean := x.Mul(a)
					if place == "before" {
						y := t.Draw("y", prob.Bernoulli{Logits: x.Mul(d)})
						mean = mean.Add(y.Scale(shift))
					}
					z := t.Draw("z", law(s, mean.Add(l), l))
					if place == "after" {
						t.Draw("y", prob.Bernoulli{Logits: z.Mul(d).Shift(.2)})
					}
				},
			}
		},
		joint:  []string{"w", "m"},
		params: map[string]float64{"w": .8, "m": -.4, "a": 1.1, "l": -.5, "d": .7},
		data:   map[string][]float64{"x": {.9}},
	}
	if place == "joint" {
		delete(p.params, "d")
	}
	if bit {
		p.params["a"], p.params["l"] = .5, -.3
	}
	return p
}

// chances are the probabilities of a 1 of the bit z, for each value of y that
// the guide has before it.
func (p problem) chances(place string, v map[string]float64) []float64 {
	l := p.data["x"][0]*v["a"] + v["l"]
	if place == "before" {
		return []float64{logistic(l), logistic(l + .6)}
	}
	return []float64{logistic(l)}
}

// besideTrials returns the problems of an estimator with an enumerated bit
// beside its site, in each place.
func besideTrials(c cell, e vi.Estimator) (ts []trial) {
	if c.objective == "Capacity" || c.objective == "FreeBits" { // which enumerate nothing
		return nil
	}
	if c.objective == "Expectation" && os.Getenv("LATENT_SWEEP") == "" { // as ELBO, draw by draw
		return nil
	}
	if c.kind == "reparameterised" && os.Getenv("LATENT_SWEEP") == "" {
		switch c.estimator {
		case "Score{MovingAverage}", "Score{NVIL}", "Score{LeaveOneOut}": // as at a bit
			return nil
		}
	}
	if c.estimator == "UnorderedSet" || c.estimator == "Marginalised" { // a bit has too few values
		return nil
	}
	for _, place := range places {
		switch c.kind {
		case "discrete", "reparameterised":
			if c.objective == "IWVI" { // which has no draws of single data
				continue
			}
			ts = append(ts, besideLatent(place, c, e))
		case "global", "product":
			ts = append(ts, besideGlobal(place, c, e))
		}
	}
	return ts
}

func besideLatent(place string, c cell, e vi.Estimator) trial {
	p, k := beside(place, c.kind == "discrete"), 2
	scored := place == "before" && (strings.HasPrefix(c.estimator, "Score") || c.estimator == "VIMCO")
	// over lists the noise of the draws, one element for each that is made.
	over := func(rule func(v map[string]float64, y int) vitest.Rule, more ...string) problem {
		return p.with(func(v map[string]float64, k int) (ds []dimension) {
			for i := range k {
				ds = append(ds, dimension{"z/noise", i, rule(v, -1)})
				for _, name := range more {
					ds = append(ds, dimension{name, i, smoothCells(20, func([]float64) []float64 { return nil })})
				}
			}
			if !scored {
				return ds
			}
			ds = nil
			for y := range 2 {
				for i := range k {
					ds = append(ds, dimension{"z/each/noise", y*k + i, rule(v, y)})
				}
			}
			return ds
		})
	}
	t := trial{name: "enumerated " + place, k: k, sites: choice{"z": e, "y": vi.Enumerate{}}}
	if c.kind == "reparameterised" {
		n := 16 // the guide is near the posterior, so that the weights are smooth
		if scored {
			n = 8
		}
		if scored && c.averages() {
			n = 6
		}
		t.value = over(func(map[string]float64, int) vitest.Rule { return hermite(n) })
		t.p = t.value
		if c.estimator == "MeasureValued" {
			t.p = p.with(measured().noise).twice()
		}
		if c.estimator == "DReG" && !c.averages() && place != "joint" {
			t.fails = "DReG needs every latent of a datum to be DReG"
		}
		if c.estimator == "DReG{Prior}" {
			t.fails = "needs every latent of a datum to be DReG"
			if place == "joint" {
				t.fails = "DReG{Prior} reparameterises its law in the joint, which depends on y"
			}
		}
		return t
	}
	breaks := func(n int) func(v map[string]float64, y int) vitest.Rule {
		return func(v map[string]float64, y int) vitest.Rule {
			return smoothCells(n, func([]float64) (ends []float64) { // as Score and as REBAR draw it
				for i, q := range p.chances(place, v) {
					if y < 0 || y == i {
						ends = append(ends, q, 1-q)
					}
				}
				return ends
			})
		}
	}
	t.value = over(breaks(1))
	t.p = t.value
	switch c.estimator {
	case "Enumerate":
		t.value = p.with(func(map[string]float64, int) []dimension { return nil })
		t.p = t.value
	case "REBAR", "RELAX":
		t.p = over(breaks(24), "z/given").single().twice()
	case "GumbelSoftmax", "StraightThrough", "GappedST", "DecoupledST":
		t.p = over(breaks(14))
		if c.objective != "Chi" && c.objective != "Renyi" { // which take no single draw
			t.k = 1
		} else {
			t.p = over(breaks(8))
		}
	}
	return t
}

// single integrates over the noise of one draw.
func (p problem) single() problem {
	noise := p.noise
	return p.with(func(v map[string]float64, _ int) []dimension { return noise(v, 1) })
}

// besideGlobal has a weight w of the whole data set and an enumerated bit y.
func besideGlobal(place string, c cell, e vi.Estimator) trial {
	noise := strings.ToLower(c.estimator)
	if c.kind == "global" {
		noise = "noise"
	}
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			m, l, b, d := param(s, "m"), param(s, "l"), param(s, "b"), param(s, "d")
			return vi.Model{
				Guide: func(t *vi.Trace) {
					w := t.Global("w", prob.Normal{Mean: graph.BroadcastTo(m, 1, 1), LogStd: graph.BroadcastTo(l, 1, 1)}, 1)
					h := t.Given("x").Mul(d)
					if place == "after" && c.kind == "global" {
						h = h.Add(w)
					}
					if place != "joint" {
						t.Draw("y", prob.Bernoulli{Logits: h})
					}
				},
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: s.Tensor([]float64{.3}, 1)})
					x := t.Given("x").Add(y.Mul(b))
					prior := prob.Normal{Mean: s.Tensor([]float64{.2}, 1), LogStd: s.Tensor([]float64{.1}, 1)}
					var h *graph.Node
					if c.kind == "global" {
						h = graph.MatMul(x, t.Global("w", prior, 1))
					} else {
						h = t.Product("w", prior, x, vi.MatMul{})
					}
					t.Draw("v", prob.Bernoulli{Logits: h})
				},
			}
		},
		params: map[string]float64{"m": .6, "l": -.9, "b": .8, "d": .7},
		data:   map[string][]float64{"x": {.7}, "v": {1}},
		noise: func(_ map[string]float64, k int) (ds []dimension) {
			if noise != "local" {
				k = 1
			}
			if noise == "single" {
				noise = "noise"
			}
			for i := range k {
				ds = append(ds, dimension{"w/" + noise, i, hermite(24)})
			}
			return ds
		},
	}
	if place == "joint" {
		delete(p.params, "d")
	}
	t := trial{name: "enumerated " + place, p: p, value: p, k: 1, sites: choice{"w": e, "y": vi.Enumerate{}}}
	if c.objective == "IWVI" {
		t.k, t.p, t.value = 2, p.whole(), p.whole()
		return t
	}
	switch c.estimator {
	case "MeasureValued":
		t.p = p.with(func(map[string]float64, int) []dimension {
			e, u := measures(60)
			return []dimension{{"w/noise", 0, e}, {"w/measure", 0, u}}
		})
	case "Score{LeaveOneOut}":
		t.k = 2
		t.p = p.with(func(map[string]float64, int) []dimension {
			return []dimension{{"w/noise", 0, hermite(24)}, {"w/draws/noise", 0, hermite(24)}}
		})
	}
	return t
}
