package vi_test

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

func param(s *graph.Scope, name string) *graph.Node { return s.Param(name, graph.Constant(0)) }

// normal1 is N(mean, exp(logStd)²) of event size 1.
func normal1(mean, logStd *graph.Node) prob.Normal {
	if len(logStd.Shape()) == 0 {
		logStd = graph.BroadcastTo(logStd, 1)
	}
	return prob.Normal{Mean: mean, LogStd: logStd}
}

// gaussian1 has one normal latent, x normal around a curve, and a guide with
// parameters in its mean and scale.
func gaussian1() problem {
	return problem{
		model: func(s *graph.Scope) vi.Model {
			w, b, m := param(s, "w"), param(s, "b"), param(s, "m")
			a, c, l := param(s, "a"), param(s, "c"), param(s, "l")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", normal1(graph.BroadcastTo(m, 1), s.Const(.1)))
					t.Draw("x", normal1(z.Mul(w).Add(graph.Sin(z).Scale(.3)).Add(b), s.Const(-.1)))
				},
				Guide: func(t *vi.Trace) {
					t.Draw("z", normal1(t.Given("x").Mul(a).Add(c), l))
				},
			}
		},
		joint:  []string{"w", "b", "m"},
		params: map[string]float64{"w": .8, "b": .1, "m": .2, "a": .3, "c": -.1, "l": -.4},
		data:   map[string][]float64{"x": {.7}},
		noise: func(_ map[string]float64, k int) []dimension {
			var ds []dimension
			for i := range k {
				ds = append(ds, dimension{"z/noise", i, hermite(24)})
			}
			return ds
		},
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// bits has n binary latents at one site and a normal x.
func bits(n int) problem {
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			w, b, m, a, c := param(s, "w"), param(s, "b"), param(s, "m"), param(s, "a"), param(s, "c")
			r := s.Tensor(ramp(n), 1, n)
			return vi.Model{
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.Bernoulli{Logits: graph.BroadcastTo(m, n)})
					h := graph.MatMulT(z, r.Mul(w))
					t.Draw("x", normal1(h.Add(graph.Sin(h.Scale(2))).Add(b), s.Const(-.5)))
				},
				Guide: func(t *vi.Trace) {
					t.Draw("z", prob.Bernoulli{Logits: graph.MatMul(t.Given("x"), r.Mul(a)).Add(c)})
				},
			}
		},
		joint:  []string{"w", "b", "m"},
		params: map[string]float64{"w": .9, "b": .1, "m": .3, "a": .6, "c": -.2},
		data:   map[string][]float64{"x": {.8}},
	}
	p.noise = func(v map[string]float64, k int) []dimension {
		var ds []dimension
		for i := range k * n {
			q := p.chance(v, n, i)
			ds = append(ds, dimension{"z/noise", i, cells(func([]float64) []float64 { return []float64{q, 1 - q} })})
		}
		return ds
	}
	return p
}

// ramp makes the elements of an event differ.
func ramp(n int) []float64 {
	r := make([]float64, n)
	for i := range r {
		r[i] = 1 - .6*float64(i)
	}
	return r
}

// chance is the probability of a 1 of element i of the guide of bits(n).
func (p problem) chance(v map[string]float64, n, i int) float64 {
	return logistic(p.data["x"][0]*v["a"]*ramp(n)[i%n] + v["c"])
}

// mixed has a normal z and then a binary y ~ q(y|z), whose logit depends on z:
// the gradient by the parameters of z passes log q(y|z). With antithetic the
// cells are those of u and of 1−u.
func mixed(antithetic bool) problem {
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			w, m, a, l, c, d := param(s, "w"), param(s, "m"), param(s, "a"), param(s, "l"), param(s, "c"), param(s, "d")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.StdNormal(1))
					y := t.Draw("y", prob.Bernoulli{Logits: z.Mul(m)})
					t.Draw("x", normal1(y.Mul(w).Add(z.Scale(.5)), s.Const(-.2)))
				},
				Guide: func(t *vi.Trace) {
					z := t.Draw("z", normal1(t.Given("x").Mul(a), l))
					t.Draw("y", prob.Bernoulli{Logits: z.Mul(d).Add(c)})
				},
			}
		},
		params: map[string]float64{"w": 1.2, "m": .4, "a": .5, "l": -.3, "c": .2, "d": 1.1},
		data:   map[string][]float64{"x": {.9}},
	}
	p.noise = func(v map[string]float64, k int) []dimension {
		var ds []dimension
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, hermite(40)},
				dimension{"y/noise", i, cells(func(before []float64) []float64 {
					z := p.data["x"][0]*v["a"] + math.Exp(v["l"])*before[len(before)-1]
					q := logistic(z*v["d"] + v["c"])
					if antithetic {
						return []float64{q, 1 - q}
					}
					return []float64{q}
				})})
		}
		return ds
	}
	return p
}

// with replaces the integration of a problem.
func (p problem) with(noise func(v map[string]float64, k int) []dimension) problem {
	p.noise = noise
	return p
}

// relaxedBit is the one-bit problem integrated smoothly over the noise of the
// draw, and over more noise with n points.
func relaxedBit(n int, more ...string) problem {
	p := bits(1)
	return p.with(func(v map[string]float64, k int) []dimension {
		q := p.chance(v, 1, 0)
		ds := []dimension{{"z/noise", 0, smoothCells(n, func([]float64) []float64 { return []float64{1 - q} })}}
		for _, name := range more {
			ds = append(ds, dimension{name, 0, smoothCells(n, func([]float64) []float64 { return nil })})
		}
		return ds
	})
}

// measured is the normal problem integrated over the noise of measure-valued
// derivatives.
func measured() problem {
	p := gaussian1()
	e, u := measures(60)
	return p.with(func(map[string]float64, int) []dimension {
		return []dimension{{"z/noise", 0, e}, {"z/measure", 0, u}}
	})
}

// measures integrates over ε on both half-lines and over u = exp(−r²/2), with n points
// each.
func measures(n int) (ofE, ofU vitest.Rule) {
	xs, ws := make([]float64, n), make([]float64, n)
	quad.Legendre{}.FixedLocations(xs, ws, 0, 9)
	var e, we, u, wu []float64
	for i, x := range xs {
		d := ws[i] * math.Exp(-x*x/2)
		e, we = append(e, x, -x), append(we, d/math.Sqrt(2*math.Pi), d/math.Sqrt(2*math.Pi))
		u, wu = append(u, math.Exp(-x*x/2)), append(wu, d*x)
	}
	return func([]float64) ([]float64, []float64) { return e, we }, func([]float64) ([]float64, []float64) { return u, wu }
}

// shared is layer with a bit for each datum in place of its normal z; global, it
// has a bit v for the data set too.
func shared(noise string) problem {
	p := problem{
		model: func(s *graph.Scope) vi.Model {
			m, l, a, c, b := param(s, "m"), param(s, "l"), param(s, "a"), param(s, "c"), param(s, "b")
			scalar := func(x *graph.Node) *graph.Node { return graph.BroadcastTo(x, 1, 1) }
			return vi.Model{
				Guide: func(t *vi.Trace) {
					w := t.Global("w", prob.Normal{Mean: scalar(m), LogStd: scalar(l)}, 1)
					h := t.Given("x").Mul(a)
					if noise == "global" {
						v := t.Global("v", prob.Bernoulli{Logits: scalar(c)}, 1)
						h = h.Add(w.Mul(v.Shift(.5)))
					}
					t.Draw("z", prob.Bernoulli{Logits: h})
				},
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{.3}, 1)})
					x := t.Given("x").Add(z.Mul(b))
					prior := prob.Normal{Mean: s.Tensor([]float64{.2}, 1), LogStd: s.Tensor([]float64{.1}, 1)}
					var h *graph.Node
					if noise == "global" {
						h = graph.MatMul(x, t.Global("w", prior, 1))
						h = h.Add(t.Global("v", prob.Bernoulli{Logits: s.Tensor([]float64{-.5}, 1)}, 1))
					} else {
						h = t.Product("w", prior, x, vi.MatMul{}).Add(c)
					}
					t.Draw("y", prob.Bernoulli{Logits: h})
				},
			}
		},
		params: map[string]float64{"m": .6, "l": -.6, "a": .5, "c": -.3, "b": .8},
		data:   map[string][]float64{"x": {.7}, "y": {1}},
	}
	p.noise = func(par map[string]float64, k int) []dimension {
		x := p.data["x"][0]
		ds := []dimension{{"w/noise", 0, hermite(24)}}
		chance := func([]float64) []float64 { return []float64{logistic(x * par["a"])} }
		switch noise {
		case "local":
			ds = nil
			for i := range k {
				ds = append(ds, dimension{"w/local", i, hermite(16)})
			}
		case "separate":
			ds[0].input = "w/separate"
		case "perdraw":
			ds = nil
			for i := range k {
				ds = append(ds, dimension{"w/perdraw", i, hermite(16)})
			}
		case "flipout":
			ds[0].input = "w/flipout"
			ds = append(ds, dimension{"w/in", 0, signs}, dimension{"w/out", 0, signs})
		case "global":
			q := logistic(par["c"])
			ds = append(ds, dimension{"v/noise", 0, cells(func([]float64) []float64 { return []float64{q} })})
			chance = func(before []float64) []float64 {
				w, v := par["m"]+math.Exp(par["l"])*before[0], .5
				if before[1] < q {
					v = 1.5
				}
				return []float64{logistic(x*par["a"] + w*v)}
			}
		}
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, cells(chance)})
		}
		return ds
	}
	return p
}

// summed has a bit y that the guide leaves to the joint to sum out, and a
// normal z around it.
func summed() problem {
	return problem{
		model: func(s *graph.Scope) vi.Model {
			w, b, m := param(s, "w"), param(s, "b"), param(s, "m")
			a, c, l := param(s, "a"), param(s, "c"), param(s, "l")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(m, 1)})
					z := t.Draw("z", normal1(y.Mul(w), s.Const(0)))
					t.Draw("x", normal1(z.Add(y.Mul(b)), s.Const(-.1)))
				},
				Guide: func(t *vi.Trace) {
					t.Draw("z", normal1(t.Given("x").Mul(a).Add(c), l))
				},
			}
		},
		joint:  []string{"w", "b", "m"},
		params: map[string]float64{"w": .8, "b": .4, "m": .2, "a": .3, "c": .1, "l": -.4},
		data:   map[string][]float64{"x": {.7}},
		noise:  gaussian1().noise,
	}
}
