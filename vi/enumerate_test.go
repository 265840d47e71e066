package vi_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// classes is a mixture of three normals with a second latent in between:
// y a class, v a bit that depends on it, x around both.
func classes(guided bool) func(s *graph.Scope) vi.Model {
	return func(s *graph.Scope) vi.Model {
		l, a := s.Tensor([]float64{.3, -.2, .5}, 3), s.Tensor([]float64{-1, .4, 2}, 3, 1)
		w, g := param(s, "w"), s.Param("g", graph.Constant(.2), 1, 3)
		m := vi.Model{Joint: func(t *vi.Trace) {
			y := t.Draw("y", prob.OneHot{Logits: l})
			v := t.Draw("v", prob.Bernoulli{Logits: graph.MatMul(y, a)})
			t.Draw("x", normal1(graph.MatMul(y, a.Mul(w)).Add(v), s.Const(-.3)))
		}}
		if guided {
			m.Guide = func(t *vi.Trace) {
				x := t.Given("x")
				y := t.Draw("y", prob.OneHot{Logits: graph.Linear(x, g, nil)})
				t.Draw("v", prob.Bernoulli{Logits: x.Sub(graph.MatMul(y, a.Mul(w)))})
			}
		}
		return m
	}
}

// truth is log p(x) of classes.
func truth(w, x float64) float64 {
	l, a := []float64{.3, -.2, .5}, []float64{-1, .4, 2}
	z, p := 0.0, 0.0
	for _, v := range l {
		z += math.Exp(v)
	}
	for c := range l {
		for v := range 2 {
			pv := logistic(a[c])
			if v == 0 {
				pv = 1 - pv
			}
			sd := math.Exp(-.3)
			e := (x - a[c]*w - float64(v)) / sd
			p += math.Exp(l[c]) / z * pv * math.Exp(-e*e/2) / sd / math.Sqrt(2*math.Pi)
		}
	}
	return math.Log(p)
}

// run builds an estimate on rows of x and returns the outputs of pick.
func run(t *testing.T, model func(s *graph.Scope) vi.Model, o vi.Objective, x []float64, pick func(e *vi.Estimate, s *graph.Scope) map[string]*graph.Node) map[string][]float64 {
	t.Helper()
	var names []string
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		m := model(s)
		e := o.Estimate(s, m, vi.Data{"x": s.Input("x", len(x), 1)})
		for name, n := range pick(e, s) {
			names = append(names, name)
			s.Output(name, n)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", x)
	if err := p.Run(context.Background(), graph.Key{Seed: 4}); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, name := range names {
		if out[name], err = p.Value(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func rowsOf(e *vi.Estimate, _ *graph.Scope) map[string]*graph.Node {
	return map[string]*graph.Node{"rows": e.PerRow}
}

func TestSummingOutIsTheMarginal(t *testing.T) {
	x := []float64{-1.2, .3, 2.5, .9}
	for _, enum := range [][]string{{"y", "v"}, {"v", "y"}} {
		for _, o := range []vi.Objective{vi.ELBO{Config: vi.Config{Enumerate: enum}}, vi.IWAE{Config: vi.Config{K: 2, Enumerate: enum}}, vi.Renyi{Config: vi.Config{Enumerate: enum}, Alpha: .5}, vi.Chi{Config: vi.Config{K: 2, Enumerate: enum}}, vi.Evidence{K: 2, Enumerate: enum},
			vi.ELBO{Config: vi.Config{Sites: choice{"y": vi.Enumerate{}, "v": vi.Enumerate{}}}}, vi.ReweightedWakeSleep{K: 2, Enumerate: enum}, vi.TVO{K: 2, Enumerate: enum}} {
			for i, got := range run(t, classes(false), o, x, rowsOf)["rows"] {
				if want := truth(0, x[i]); math.Abs(got-want) > 1e-12 {
					t.Errorf("%T %v: log p(%v) = %v, want %v", o, enum, x[i], got, want)
				}
			}
		}
	}
}

// TestGuideEnumerationIsTheExactExpectation: Σ q (log p − log q) equals the
// score-function bound integrated over its noise, and its gradient likewise.
func TestGuideEnumerationIsTheExactExpectation(t *testing.T) {
	x := []float64{-1.2, .3}
	o := vi.ELBO{Config: vi.Config{Enumerate: []string{"v", "y"}}}
	out := run(t, classes(true), o, x, func(e *vi.Estimate, s *graph.Scope) map[string]*graph.Node {
		return map[string]*graph.Node{"rows": e.PerRow, "g": e.Grad(s.Trainable()[1])[0], "kl": e.Terms["kl"], "y": e.Terms["kl/y"], "v": e.Terms["kl/v"]}
	})
	want := make([]float64, 2)
	l, a := []float64{.3, -.2, .5}, []float64{-1, .4, 2}
	for i, x := range x { // w = 0, g = .2 for every class
		for c := range 3 {
			z := math.Log(math.Exp(.3) + math.Exp(-.2) + math.Exp(.5))
			for v := range 2 {
				q, pv := logistic(x), logistic(a[c])
				if v == 0 {
					q, pv = 1-q, 1-pv
				}
				e := (x - float64(v)) / math.Exp(-.3)
				logp := l[c] - z + math.Log(pv) - e*e/2 + .3 - .5*math.Log(2*math.Pi)
				want[i] += q / 3 * (logp - math.Log(q/3))
			}
		}
	}
	for i := range want {
		if math.Abs(out["rows"][i]-want[i]) > 1e-12 {
			t.Errorf("row %d: %v, want %v", i, out["rows"][i], want[i])
		}
	}
	if math.Abs(out["y"][0]+out["v"][0]-out["kl"][0]) > 1e-12 {
		t.Error("divergences do not add up")
	}
	if out["g"][0] == 0 {
		t.Error("no_gradient")
	}
}

// TestEnumerationAroundADraw has a normal z whose guide depends on an
// enumerated y, and a y whose guide depends on a normal z.
func TestEnumerationAroundADraw(t *testing.T) {
	p := mixed(false)
	exact := p.compile(t, vi.ELBO{Config: vi.Config{Sites: choice{"y": vi.Score{}}}}, 1, false).exact(t)
	one := p.with(func(map[string]float64, int) []dimension { return []dimension{{"z/noise", 0, hermite(60)}} })
	for _, z := range []vi.Estimator{nil, vi.STL{}, vi.Score{}} {
		agree(t, "z then y", one, vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}, Sites: choice{"z": z}}}, 1, exact, -1)
	}
	below := problem{
		model: func(s *graph.Scope) vi.Model {
			a, w, m := param(s, "a"), param(s, "w"), param(s, "m")
			return vi.Model{
				Joint: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: graph.BroadcastTo(m, 1)})
					z := t.Draw("z", normal1(y.Mul(w), s.Const(0)))
					t.Draw("x", normal1(z.Add(y.Mul(z.Scale(.5))), s.Const(-.2)))
				},
				Guide: func(t *vi.Trace) {
					y := t.Draw("y", prob.Bernoulli{Logits: t.Given("x").Mul(a)})
					t.Draw("z", normal1(y.Mul(w).Add(t.Given("x").Mul(a)), s.Const(-.5)))
				},
			}
		},
		params: map[string]float64{"a": .5, "w": .7, "m": -.3}, data: map[string][]float64{"x": {.8}},
		noise: func(_ map[string]float64, k int) []dimension {
			var ds []dimension
			for i := range k {
				ds = append(ds, dimension{"z/noise", i, hermite(30)})
			}
			return ds
		},
	}
	for _, o := range []func(vi.Estimator) vi.Objective{
		func(e vi.Estimator) vi.Objective {
			return vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}, Sites: choice{"z": e}}}
		},
		func(e vi.Estimator) vi.Objective {
			return vi.ELBO{Config: vi.Config{Enumerate: []string{"y"}, Sites: choice{"z": e}}, KL: vi.MonteCarlo}
		},
	} {
		exact := below.compile(t, o(nil), 1, false).exact(t)
		for _, e := range []vi.Estimator{nil, vi.STL{}} {
			agree(t, "y then z", below, o(e), 1, exact, -1)
		}
		each := below.with(func(map[string]float64, int) []dimension {
			return []dimension{{"z/each/noise", 0, hermite(30)}, {"z/each/noise", 1, hermite(30)}}
		})
		for _, e := range []vi.Estimator{vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}} {
			agree(t, "y then z by its score", each, o(e), 1, exact, -1)
		}
	}
}

// An enumerated class before a latent that is drawn by rejection: one draw of
// the latent for each class, of its own parameter and the same noise.
func TestEnumerateBeforeRejection(t *testing.T) {
	for name, of := range map[string]func(a *graph.Node) prob.Dist{
		"Gamma": func(a *graph.Node) prob.Dist { return prob.Gamma{LogConcentration: a, LogRate: graph.Const(0)} },
		"Beta":  func(a *graph.Node) prob.Dist { return prob.Beta{LogA: a, LogB: graph.Const(0)} },
		"StudentT": func(a *graph.Node) prob.Dist {
			return prob.StudentT{LogDF: a, Loc: graph.Const(0), LogScale: graph.Const(0)}
		},
		"Dirichlet": func(a *graph.Node) prob.Dist {
			return prob.Dirichlet{LogConcentration: graph.Concat(-1, a, a.Neg())}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := graph.Build(&graph.Params{Seed: 1}, func(s *graph.Scope) {
				slope := s.Param("slope", graph.Constant(.4), 1)
				law := func(y *graph.Node) prob.Dist { return of(y.Mul(slope)) }
				e := vi.IWAE{Config: vi.Config{K: 3, Enumerate: []string{"y"}}}.Estimate(s, vi.Model{
					Joint: func(t *vi.Trace) {
						z := t.Draw("z", law(t.Draw("y", prob.Bernoulli{Logits: s.Tensor([]float64{.3}, 1)})))
						t.Draw("x", normal1(graph.Cols(z, 0, 1), s.Const(0)))
					},
					Guide: func(t *vi.Trace) {
						t.Draw("z", law(t.Draw("y", prob.Bernoulli{Logits: t.Given("x").Scale(.2)})))
					},
				}, vi.Data{"x": s.Input("x", 2, 1)})
				s.Output("z", e.Record.Site("z").Value)
				s.Output("bound", e.Value)
				s.Output("slope_gradient", e.Grad(slope)[0])
			})
			if err != nil {
				t.Fatal(err)
			}
			if sh := p.Shape("z"); len(sh) != 4 || sh[0] != 2 || sh[1] != 3 || sh[2] != 2 {
				t.Errorf("z of shape %v, want [2 3 2 …]", sh)
			}
			if err := graph.Feed(p, "x", []float32{.5, 1.5}); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(context.Background(), graph.Key{Seed: 1}); err != nil {
				t.Fatal(err)
			}
			for _, out := range []string{"bound", "slope_gradient"} {
				v, err := p.Value(out)
				if err != nil || math.IsNaN(v[0]) || math.IsInf(v[0], 0) {
					t.Errorf("%s is %v, %v", out, v, err)
				}
			}
		})
	}
}
