package vi_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// weight is one latent weight that multiplies x to give the logit of y.
func weight(noise string, rows int) problem {
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			m, l, v := param(s, "m"), param(s, "l"), param(s, "v")
			return vi.Model{
				Guide: func(t *vi.Trace) {
					t.Global("w", prob.Normal{Mean: graph.BroadcastTo(m, 1, 1), LogStd: graph.BroadcastTo(l, 1, 1)}, 1)
				},
				Joint: func(t *vi.Trace) {
					prior := prob.Normal{Mean: s.Tensor([]float64{.2}, 1), LogStd: graph.BroadcastTo(v, 1)}
					var h *graph.Node
					if noise == "global" {
						h = graph.MatMul(t.Given("x"), t.Global("w", prior, 1))
					} else {
						h = t.Product("w", prior, t.Given("x"), vi.MatMul{})
					}
					t.Draw("y", prob.Bernoulli{Logits: h})
				},
			}
		},
		params: map[string]float64{"m": .6, "l": -.2, "v": .1},
		data:   map[string][]float64{"x": []float64{.7, -1.3}[:rows], "y": []float64{1, 0}[:rows]},
	}
	p.noise = func(_ map[string]float64, k int) []dimension {
		switch noise {
		case "local", "separate":
			var ds []dimension
			for i := range rows {
				ds = append(ds, dimension{"w/" + noise, i, hermite(40)})
			}
			return ds
		case "perdraw":
			var ds []dimension
			for i := range k {
				ds = append(ds, dimension{"w/perdraw", i, hermite(40)})
			}
			return ds
		case "flipout":
			ds := []dimension{{"w/flipout", 0, hermite(40)}}
			for i := range rows {
				ds = append(ds, dimension{"w/in", i, signs}, dimension{"w/out", i, signs})
			}
			return ds
		}
		return []dimension{{"w/noise", 0, hermite(40)}}
	}
	return p
}

// signs integrates over what a uniform number decides by being above ½.
func signs([]float64) (x, w []float64) { return []float64{.25, .75}, []float64{.5, .5} }

// noises are the noise of products, by the name of its numbers.
var noises = map[string]vi.Estimator{"single": vi.Single{}, "local": vi.Local{}, "separate": vi.Separate{}, "flipout": vi.Flipout{}, "perdraw": vi.PerDraw{}}

func TestProductsAndGlobalsAreUnbiased(t *testing.T) {
	const total = 7
	o := func(kl vi.KL, e vi.Estimator) vi.Objective {
		return vi.ELBO{Config: vi.Config{Total: total, Sites: choice{"w": e}}, KL: kl}
	}
	exact := weight("single", 2).compile(t, o(vi.Auto, vi.Single{}), 1, false).exact(t)
	for noise, e := range noises {
		agree(t, noise, weight(noise, 2), o(vi.Auto, e), 1, exact, -1)
	}
	agree(t, "default", weight("local", 2), vi.ELBO{Config: vi.Config{Total: total}}, 1, exact, -1)
	agree(t, "Monte Carlo", weight("single", 2), o(vi.MonteCarlo, vi.Single{}), 1, exact, -1)
	for _, e := range []vi.Estimator{nil, vi.STL{}, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}} {
		agree(t, "global", weight("global", 2), o(vi.Auto, e), 1, exact, -1)
		agree(t, "global Monte Carlo", weight("global", 2), o(vi.MonteCarlo, e), 1, exact, -1)
	}
}

// TestDivergenceOfGlobalsIsDividedOnce compares with the bound of the whole
// data set divided by its size.
func TestDivergenceOfGlobalsIsDividedOnce(t *testing.T) {
	at := func(total int) float64 {
		p := weight("global", 2)
		return p.compile(t, vi.ELBO{Config: vi.Config{Total: total}}, 1, false).integrate(t, p.params).value
	}
	p := weight("global", 2)
	m, l, v := p.params["m"], p.params["l"], p.params["v"]
	kl := v - l + (math.Exp(2*l)+(m-.2)*(m-.2))/(2*math.Exp(2*v)) - .5
	if got := at(5) - at(2); math.Abs(got-kl*(1./2-1./5)) > 1e-12 {
		t.Errorf("the bound rises by %v from 2 to 5 data, want %v", got, kl*(1./2-1./5))
	}
}

// TestNoiseOfProductsOrdersTheVariance integrates the gradient's variance: with
// one weight for the batch the rows' gradients are correlated (thesis, chapter
// 6: local ≤ separate < single).
func TestNoiseOfProductsOrdersTheVariance(t *testing.T) {
	v := map[string]float64{}
	for noise, e := range noises {
		p := weight(noise, 2)
		p.data = map[string][]float64{"x": {.7, 1.3}, "y": {1, 0}}
		v[noise] = p.compile(t, vi.ELBO{Config: vi.Config{Total: 7, Sites: choice{"w": e}}}, 1, true).integrate(t, p.params).vari["m"]
	}
	if !(v["local"] <= v["separate"]*(1+1e-9) && v["separate"] < v["flipout"] && v["flipout"] < v["single"]) {
		t.Errorf("variances %v, want local ≤ separate < flipout < single", v)
	}
}

// TestGlobalStaysOutsideTheLogarithm: beside a local latent that matters to
// nothing, more draws of a datum are the same weight seen again, and IWAE is the
// ELBO.
func TestGlobalStaysOutsideTheLogarithm(t *testing.T) {
	p := weight("global", 2)
	model := p.model
	p.model = func(s *graph.Scope) vi.Model {
		m := model(s)
		guide, joint := m.Guide, m.Joint
		m.Guide = func(t *vi.Trace) { guide(t); t.Draw("idle", prob.StdNormal(1)) }
		m.Joint = func(t *vi.Trace) { joint(t); t.Draw("idle", prob.StdNormal(1)) }
		return m
	}
	noise := p.noise
	p.noise = func(v map[string]float64, k int) []dimension {
		ds := noise(v, k)
		for i := range 2 * k {
			ds = append(ds, dimension{"idle/noise", i, func([]float64) (x, w []float64) { return []float64{.4}, []float64{1} }})
		}
		return ds
	}
	want := p.compile(t, vi.ELBO{Config: vi.Config{Total: 7}}, 1, true).integrate(t, p.params)
	for _, e := range []vi.Estimator{nil, vi.Score{}} {
		got := p.compile(t, vi.IWAE{Config: vi.Config{K: 3, Total: 7, Sites: choice{"w": e}}}, 3, true).integrate(t, p.params)
		if d, at := off(got.grad, want.grad, 1); math.Abs(got.value-want.value) > 1e-12 || !(d <= 1e-10) {
			t.Errorf("IWAE %v, ELBO %v; gradients off at %s", got.value, want.value, at)
		}
	}
}

// layer is weight with a normal latent for each datum besides.
func layer(noise string) problem {
	p := weight(noise, 1)
	model := func(s *graph.Scope) vi.Model {
		m, l, c := param(s, "m"), param(s, "l"), param(s, "c")
		return vi.Model{
			Guide: func(t *vi.Trace) {
				w := t.Global("w", prob.Normal{Mean: graph.BroadcastTo(m, 1, 1), LogStd: graph.BroadcastTo(l, 1, 1)}, 1)
				z := t.Given("x").Mul(c).Add(s.Const(.1))
				if noise == "global" {
					z = z.Add(w)
				}
				t.Draw("z", normal1(z, s.Const(-.1)))
			},
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.StdNormal(1))
				prior := prob.Normal{Mean: s.Tensor([]float64{.2}, 1), LogStd: s.Tensor([]float64{.1}, 1)}
				var h *graph.Node
				if noise == "global" {
					h = graph.MatMul(t.Given("x"), t.Global("w", prior, 1))
				} else {
					h = t.Product("w", prior, t.Given("x"), vi.MatMul{})
				}
				t.Draw("y", prob.Bernoulli{Logits: h.Add(z)})
			},
		}
	}
	return problem{model: model, params: map[string]float64{"m": .6, "l": -.9, "c": .3}, data: p.data,
		noise: func(v map[string]float64, k int) []dimension {
			ds := p.noise(v, k)
			if noise == "local" {
				ds = nil
				for i := range k {
					ds = append(ds, dimension{"w/local", i, hermite(24)})
				}
			}
			for i := range ds {
				if ds[i].input == "w/"+noise || noise == "single" || noise == "global" {
					ds[i].rule = hermite(24)
				}
			}
			for i := range k {
				ds = append(ds, dimension{"z/noise", i, hermite(24)})
			}
			return ds
		}}
}

// TestEveryObjectiveOverGlobalsAndProducts goes through the support matrix.
func TestEveryObjectiveOverGlobalsAndProducts(t *testing.T) {
	const total = 7
	capacity := func(c choice) vi.Objective {
		return lazy{func() vi.Objective {
			return vi.ELBO{Config: vi.Config{Total: total, Sites: c}, Capacity: graph.Const(50)}
		}}
	}
	stl, score, avg := vi.STL{}, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}
	for _, c := range []struct {
		name    string
		o       func(choice) vi.Objective
		k       int
		globals []vi.Estimator
		noises  map[string]vi.Estimator
	}{
		{"ELBO", func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{Total: total, Sites: c}} }, 1, []vi.Estimator{nil, stl, score, avg},
			map[string]vi.Estimator{"single": vi.Single{}, "separate": vi.Separate{}, "local": vi.Local{}, "flipout": vi.Flipout{}, "perdraw": vi.PerDraw{}}},
		{"ELBO of two", func(c choice) vi.Objective { return vi.ELBO{Config: vi.Config{K: 2, Total: total, Sites: c}} }, 2, []vi.Estimator{nil, stl, score},
			map[string]vi.Estimator{"single": vi.Single{}, "separate": vi.Separate{}, "flipout": vi.Flipout{}}},
		{"Capacity", capacity, 1, []vi.Estimator{nil},
			map[string]vi.Estimator{"single": vi.Single{}, "separate": vi.Separate{}, "local": vi.Local{}, "flipout": vi.Flipout{}, "perdraw": vi.PerDraw{}}},
		{"FreeBits", func(c choice) vi.Objective {
			return vi.FreeBits{Config: vi.Config{Total: total, Sites: c}, Lambda: .01}
		}, 1, []vi.Estimator{nil},
			map[string]vi.Estimator{"single": vi.Single{}, "separate": vi.Separate{}, "local": vi.Local{}, "flipout": vi.Flipout{}, "perdraw": vi.PerDraw{}}},
		{"IWAE", func(c choice) vi.Objective { return vi.IWAE{Config: vi.Config{K: 2, Total: total, Sites: c}} }, 2, []vi.Estimator{nil, stl, score, avg},
			map[string]vi.Estimator{"single": vi.Single{}, "separate": vi.Separate{}, "flipout": vi.Flipout{}}},
		{"Renyi", func(c choice) vi.Objective {
			return vi.Renyi{Config: vi.Config{K: 2, Total: total, Sites: c}, Alpha: .4}
		}, 2, []vi.Estimator{nil, stl, score, avg},
			map[string]vi.Estimator{"single": vi.Single{}, "separate": vi.Separate{}, "flipout": vi.Flipout{}}},
	} {
		exact := layer("global").compile(t, c.o(nil), c.k, false).exact(t)
		for _, e := range c.globals {
			agree(t, fmt.Sprintf("%s, global %v", c.name, e), layer("global"), c.o(choice{"w": e}), c.k, exact, -1)
		}
		if c.name == "IWAE" {
			agree(t, "IWAE with DReG and a global", layer("global"), c.o(choice{"z": vi.DReG{}}), c.k, exact, -1)
			agree(t, "IWAE with DReG and a global STL", layer("global"), c.o(choice{"z": vi.DReG{}, "w": stl}), c.k, exact, -1)
			agree(t, "IWAE with VIMCO and a global", layer("global"), c.o(choice{"z": vi.VIMCO{}}), c.k, exact, -1)
		}
		exact = layer("single").compile(t, c.o(choice{"w": vi.Single{}}), c.k, false).exact(t)
		for noise, e := range c.noises {
			agree(t, c.name+", product "+noise, layer(noise), c.o(choice{"w": e}), c.k, exact, -1)
		}
	}
}

// Where a row of x is zero its local noise has no spread, and no derivative.
func TestLocalNoiseOfAZeroRow(t *testing.T) {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		mean, logStd := s.Param("m", graph.Constant(.1), 2, 1), s.Param("l", graph.Constant(-1), 2, 1)
		m := vi.Model{
			Guide: func(t *vi.Trace) { t.Global("w", prob.Normal{Mean: mean, LogStd: logStd}, 2) },
			Joint: func(t *vi.Trace) {
				t.Draw("y", prob.Bernoulli{Logits: t.Product("w", prob.StdNormal(1), t.Given("x"), vi.MatMul{})})
			},
		}
		x := s.Input("x", 2, 2)
		e := vi.ELBO{Config: vi.Config{Total: 10}}.Estimate(s, m, vi.Data{"x": x, "y": s.Input("y", 2, 1)})
		for i, g := range e.Grad(mean, logStd, x) {
			s.Output([]string{"mean", "logStd", "x"}[i], g)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", []float32{1, 2, 0, 0})
	graph.Feed(p, "y", []float32{1, 0})
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Outputs() {
		v, _ := p.Value(name)
		for i, g := range v {
			if math.IsNaN(g) || math.IsInf(g, 0) {
				t.Errorf("the gradient by %s is %v at %d", name, g, i)
			}
		}
	}
}
