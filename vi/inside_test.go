package vi_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// gradients runs an estimate on one row of inputs and returns its value and the
// gradient of its costs by every parameter.
func gradients(t *testing.T, dtype graph.Dtype, o vi.Objective, model func(s *graph.Scope) vi.Model, x []float64) (value float64, grad map[string][]float64) {
	t.Helper()
	var names []string
	p, err := graph.BuildTraining(&graph.Params{Dtype: dtype}, func(s *graph.Scope) {
		m := model(s)
		wrt := s.Trainable()
		e := o.Estimate(s, m, vi.Data{"x": s.Input("x", 1, len(x))})
		s.Output("value", e.Value)
		if e.Costs == nil {
			return
		}
		for i, g := range e.Grad(wrt...) {
			names = append(names, wrt[i].Name())
			s.Output("grad/"+wrt[i].Name(), g)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if dtype == graph.Float32 {
		x32 := make([]float32, len(x))
		for i, v := range x {
			x32[i] = float32(v)
		}
		graph.Feed(p, "x", x32)
	} else {
		graph.Feed(p, "x", x)
	}
	if err := p.Run(context.Background(), graph.Key{Seed: 3}); err != nil {
		t.Fatal(err)
	}
	read := func(name string) []float64 {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	grad = map[string][]float64{}
	for _, name := range names {
		grad[name] = read("grad/" + name)
	}
	return read("value")[0], grad
}

// TestEnumeratedSitesStandInsideTheLogarithm has reference values of mpmath
// (internal/ref/bounds/enumerated.py) for a model of two latent bits.
func TestEnumeratedSitesStandInsideTheLogarithm(t *testing.T) {
	model := func(s *graph.Scope) vi.Model {
		l := s.Param("l", given{-1, .3}, 2)
		return vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", prob.Bernoulli{Logits: l}) },
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{.5, -.7}, 2)})
				t.Draw("x", prob.Bernoulli{Logits: graph.MatMul(z, s.Tensor([]float64{2, -1, .5, 1.5}, 2, 2))})
			},
		}
	}
	z := []string{"z"}
	for _, c := range []struct {
		name  string
		o     vi.Objective
		value float64
		grad  [2]float64 // of the value
		sign  float64
	}{
		{"ELBO", vi.ELBO{Config: vi.Config{Enumerate: z}}, -1.9386165962615069, [2]float64{0.5008585126586143, -0.42578515594441666}, -1},
		{"ELBO of two", vi.ELBO{Config: vi.Config{K: 2, Enumerate: z}}, -1.9386165962615069, [2]float64{0.5008585126586143, -0.42578515594441666}, -1},
		{"IWAE", vi.IWAE{Config: vi.Config{Enumerate: z}}, -0.8742601059218806, [2]float64{}, -1},
		{"IWAE of five", vi.IWAE{Config: vi.Config{K: 5, Enumerate: z}}, -0.8742601059218806, [2]float64{}, -1},
		{"Renyi", vi.Renyi{Config: vi.Config{Enumerate: z}, Alpha: .5}, -1.3944997222270308, [2]float64{0.29454326841353212, -0.2073330769727218}, -1},
		{"Renyi above 1", vi.Renyi{Config: vi.Config{K: 3, Enumerate: z}, Alpha: 1.5}, -2.3718853473042321, [2]float64{0.53097404043019602, -0.57491646330899505}, -1},
		{"Chi", vi.Chi{Config: vi.Config{K: 50, Enumerate: z}}, -0.19757508098166941, [2]float64{-0.35568140782443373, 0.26191253911173578}, 1},
		{"Chi of order 3, nothing drawn", vi.Chi{Config: vi.Config{Enumerate: z}, Order: 3}, 0.13175606903476447, [2]float64{-0.48620138176362882, 0.37591464235541735}, 1},
		{"Evidence", vi.Evidence{Enumerate: z}, -0.8742601059218806, [2]float64{}, 1},
	} {
		for dtype, tol := range map[graph.Dtype]float64{graph.Float64: 1e-12, graph.Float32: 2e-6} {
			value, grad := gradients(t, dtype, c.o, model, []float64{1, 0})
			if !(math.Abs(value-c.value) <= tol) {
				t.Errorf("%s in %v: %.9g, want %.9g", c.name, dtype, value, c.value)
			}
			for i, got := range grad["l"] {
				if want := c.sign * c.grad[i]; !(math.Abs(got-want) <= tol) {
					t.Errorf("%s in %v: derivative %d is %.9g, want %.9g", c.name, dtype, i, got, want)
				}
			}
		}
	}
}

// given initialises a parameter with numbers.
type given []float64

func (g given) Fill(dst []float64, _ graph.Shape, _ graph.Random) error {
	copy(dst, g)
	return nil
}

// offset is a law with a constant added to its log density.
type offset struct {
	prob.Dist
	by float64
}

func (d offset) LogProb(x *graph.Node) *graph.Node { return d.Dist.LogProb(x).Shift(d.by) }

// sparse is a model of a class y, a bit v and, if it draws, a normal z. Of the
// three classes the middle one is impossible in the guide or in the joint, or is
// left out: all is to be the same.
func sparse(impossible string, left, draw bool) func(s *graph.Scope) vi.Model {
	law := func(s *graph.Scope, l ...float64) prob.Dist {
		if left {
			return prob.OneHot{Logits: s.Tensor([]float64{l[0], l[2]}, 2)}
		}
		return prob.OneHot{Logits: s.Tensor(l, 3)}
	}
	return func(s *graph.Scope) vi.Model {
		w, a, b, first := s.Param("w", graph.Constant(.6)), s.Param("a", graph.Constant(.5)), s.Param("b", graph.Constant(-.3)), s.Param("first", graph.Constant(.2))
		number := func(y *graph.Node) *graph.Node {
			if left {
				return graph.MatMul(y, s.Tensor([]float64{.7, 1.1}, 2, 1))
			}
			return graph.MatMul(y, s.Tensor([]float64{.7, -.3, 1.1}, 3, 1))
		}
		m := vi.Model{
			Guide: func(t *vi.Trace) {
				mean := t.Given("x").Mul(a)
				if impossible != "joint" {
					d := law(s, .2, math.Inf(-1), 1).(prob.OneHot)
					n := d.Logits.Shape()[0]
					d.Logits = d.Logits.Add(graph.Reshape(graph.OneHot(s.Tensor([]float64{0}, 1), n), n).Mul(first))
					mean = mean.Add(number(t.Draw("y", d)).Mul(b))
				}
				t.Draw("v", prob.Bernoulli{Logits: mean})
				if draw {
					t.Draw("z", normal1(mean, s.Const(-.5)))
				}
			},
			Joint: func(t *vi.Trace) {
				d := law(s, .2, math.Inf(-1), .3)
				if impossible == "guide" {
					p := math.Exp(-.5) / (math.Exp(.2) + math.Exp(-.5) + math.Exp(.3))
					if d = law(s, .2, -.5, .3); left {
						d = offset{d, math.Log1p(-p)}
					}
				}
				y := number(t.Draw("y", d))
				h := y.Add(t.Draw("v", prob.Bernoulli{Logits: y.Mul(w)}))
				if draw {
					h = h.Add(t.Draw("z", normal1(y.Mul(w), s.Const(.1))))
				}
				t.Draw("x", normal1(h.Mul(w), s.Const(-.2)))
			},
		}
		return m
	}
}

// TestImpossibleValuesCountNothing: a value that the guide or the joint never
// takes changes neither value nor gradient, whatever the objective, beside what
// is drawn and beside another enumeration.
func TestImpossibleValuesCountNothing(t *testing.T) {
	enum := []string{"y", "v"}
	objectives := map[string]func(z vi.Estimator) vi.Objective{
		"ELBO": func(z vi.Estimator) vi.Objective {
			return vi.ELBO{Config: vi.Config{Enumerate: enum, K: 3, Estimator: z}}
		},
		"Monte Carlo ELBO": func(z vi.Estimator) vi.Objective {
			return vi.ELBO{Config: vi.Config{Enumerate: enum, K: 3, Estimator: z}, KL: vi.MonteCarlo}
		},
		"IWAE": func(z vi.Estimator) vi.Objective {
			return vi.IWAE{Config: vi.Config{Enumerate: enum, K: 3, Estimator: z}}
		},
		"Renyi": func(z vi.Estimator) vi.Objective {
			return vi.Renyi{Config: vi.Config{Enumerate: enum, K: 3, Estimator: z}, Alpha: .5}
		},
		"Renyi above 1": func(z vi.Estimator) vi.Objective {
			return vi.Renyi{Config: vi.Config{Enumerate: enum, K: 3, Estimator: z}, Alpha: 2}
		},
		"Chi": func(z vi.Estimator) vi.Objective {
			return vi.Chi{Config: vi.Config{Enumerate: enum, K: 3, Estimator: z}}
		},
		"Evidence": func(vi.Estimator) vi.Objective { return vi.Evidence{Enumerate: enum, K: 3} },
	}
	same := func(t *testing.T, o vi.Objective, impossible string, draw, compare bool) {
		t.Helper()
		for dtype, tol := range map[graph.Dtype]float64{graph.Float64: 1e-10, graph.Float32: 1e-4} {
			value, grad := gradients(t, dtype, o, sparse(impossible, false, draw), []float64{.9})
			want, by := gradients(t, dtype, o, sparse(impossible, true, draw), []float64{.9})
			if d := math.Abs(value - want); math.IsNaN(value-value) || compare && !(d <= tol) {
				t.Errorf("%v: value %v, want %v", dtype, value, want)
			}
			for n, g := range grad {
				for i, v := range g {
					if d := math.Abs(v - by[n][i]); math.IsNaN(v-v) || compare && !(d <= tol*(1+math.Abs(v))) {
						t.Errorf("%v: gradient by %s %v, want %v", dtype, n, v, by[n][i])
					}
				}
			}
		}
	}
	for _, impossible := range []string{"guide", "both", "joint"} {
		for name, o := range objectives {
			t.Run(impossible+"/"+name, func(t *testing.T) {
				same(t, o(nil), impossible, false, true)
				same(t, o(nil), impossible, true, true)
				for _, e := range []vi.Estimator{vi.STL{}, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}, vi.Score{Baseline: vi.NVIL{Hidden: 2}}, vi.VIMCO{}} {
					// The score takes other draws where there are fewer values.
					_, stl := e.(vi.STL)
					same(t, o(e), impossible, true, stl)
				}
			})
		}
	}
	t.Run("joint/ReweightedWakeSleep", func(t *testing.T) {
		same(t, vi.ReweightedWakeSleep{K: 3, Enumerate: []string{"y"}}, "joint", true, true)
	})
}
