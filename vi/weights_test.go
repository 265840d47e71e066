package vi_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// functionsOfWeights runs the graph functions of log weights on one row of them,
// log w = x.
func functionsOfWeights(t *testing.T, dtype graph.Dtype, logw []float64) map[string][]float64 {
	t.Helper()
	k := len(logw)
	outs := []string{"ess", "evidence", "ess_of_the_last_axis", "evidence_ess", "objective_ess", "iwae", "renyi", "chi", "normalised", "normalised_squared"}
	p, err := graph.BuildTraining(&graph.Params{Dtype: dtype}, func(s *graph.Scope) {
		w := s.Input("w", k, 1)
		s.Output("ess", vi.EffectiveSampleSize(w, 0))
		s.Output("ess_of_the_last_axis", vi.EffectiveSampleSize(graph.Transpose(w, 1, 0), -1).Sub(vi.EffectiveSampleSize(graph.Transpose(w, 1, 0), 1)))
		// x scores w, whatever it is, and the guide's score has the slopes 0 … K−1
		// by a, so that gradients show the normalised weights.
		m := func(s *graph.Scope) (vi.Model, *graph.Node) {
			a := s.Param("a", graph.Constant(0), k)
			index := make([]float64, k)
			for i := range index {
				index[i] = float64(i)
			}
			return vi.Model{
				Guide: func(t *vi.Trace) {
					t.Set("z", graph.Reshape(s.Tensor(index, k), k, 1, 1), graph.Reshape(a, k, 1))
				},
				Joint: func(t *vi.Trace) {
					t.Draw("z", flat{})
					t.Draw("x", fixedScore{graph.Reshape(w, k, 1)})
				},
			}, a
		}
		d := vi.Data{"x": s.Tensor([]float64{0}, 1, 1)}
		model, _ := m(s.In("run"))
		e := vi.Evidence{K: k}.Estimate(s.In("run"), model, d)
		s.Output("evidence", e.Value)
		s.Output("evidence_ess", e.Terms["ess"])
		for name, o := range map[string]vi.Objective{"iwae": vi.IWAE{Config: vi.Config{K: k}}, "renyi": vi.Renyi{Config: vi.Config{K: k}, Alpha: .5}, "chi": vi.Chi{Config: vi.Config{K: k}}} {
			model, a := m(s.In(name))
			e := o.Estimate(s.In(name), model, d)
			s.Output(name, e.Value)
			switch name {
			case "iwae":
				s.Output("objective_ess", e.Terms["ess"])
				s.Output("normalised", e.Grad(a)[0])
			case "chi":
				s.Output("normalised_squared", e.Grad(a)[0])
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, k)
	for i, v := range logw {
		x[i] = float32(v)
	}
	if dtype == graph.Float32 {
		graph.Feed(p, "w", x)
	} else {
		graph.Feed(p, "w", logw)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, name := range outs {
		if out[name], err = p.Value(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// flat scores 0 everywhere.
type flat struct{}

func (flat) LogProb(x *graph.Node) *graph.Node {
	return graph.BroadcastTo(graph.Const(0), []int(x.Shape()[:len(x.Shape())-1])...)
}

// fixedScore has a score that does not depend on the value.
type fixedScore struct{ score *graph.Node }

func (d fixedScore) LogProb(*graph.Node) *graph.Node { return d.score }

// TestFunctionsOfLogWeightsAtAnyLevel: adding a constant to the log weights adds
// it to the bounds and changes nothing else, to the digits that the weights
// themselves have left.
func TestFunctionsOfLogWeightsAtAnyLevel(t *testing.T) {
	inf := math.Inf(-1)
	for _, base := range [][]float64{
		{0, 0, -2e5}, {0, 0, 0, 0}, {0, 1, 2, 3}, {0, -30, -60, inf}, {0, inf, inf}, {-3, 0, -3, 0, inf, 0}, {.5, -.5, .25, 0, 1.5, -2},
	} {
		k := float64(len(base))
		sum, squares := 0.0, 0.0
		for _, v := range base {
			sum += math.Exp(v)
			squares += math.Exp(2 * v)
		}
		ess := sum * sum / squares
		for _, level := range []float64{0, 1e2, -1e3, 1e5, -1e5, 1 << 20, -1 << 22} {
			for dtype, eps := range map[graph.Dtype]float64{graph.Float64: 1e-13, graph.Float32: 2e-6} {
				logw := make([]float64, len(base))
				for i, v := range base {
					logw[i] = v + level // exact in float32 but for the fractions at the highest levels
				}
				if math.Abs(level) > 1e5 && base[0] == .5 && dtype == graph.Float32 {
					continue
				}
				got := functionsOfWeights(t, dtype, logw)
				near := func(name string, i int, want, tol float64) {
					t.Helper()
					if v := got[name][i]; !(math.Abs(v-want) <= tol) {
						t.Errorf("%v at %v in %v: %s[%d] = %v, want %v", base, level, dtype, name, i, v, want)
					}
				}
				near("ess", 0, ess, eps*k)
				near("objective_ess", 0, ess, eps*k)
				near("evidence_ess", 0, ess, eps*k)
				near("ess_of_the_last_axis", 0, 0, 0)
				value := eps * (2 + math.Abs(level))
				near("evidence", 0, level+math.Log(sum/k), value)
				near("iwae", 0, level+math.Log(sum/k), value)
				near("chi", 0, level+math.Log(squares/k)/2, value)
				half := 0.0
				for _, v := range base {
					half += math.Exp(v / 2)
				}
				near("renyi", 0, level+2*math.Log(half/k), value)
				for i, v := range base {
					near("normalised", i, math.Exp(v)/sum, 4*eps) // the cost is −L, by log q
					near("normalised_squared", i, -math.Exp(2*v)/squares, 4*eps)
				}
			}
			tail := make([]float64, 0, 400) // k̂ of a tail with shape .6
			for i := range 400 {
				tail = append(tail, -.6*math.Log((float64(i)+.5)/400))
			}
			want := vi.ParetoShape(tail)
			for i := range tail {
				tail[i] += level
			}
			if k := vi.ParetoShape(tail); !(math.Abs(k-want) <= 1e-6) {
				t.Errorf("Pareto shape %v at %v, %v at 0", k, level, want)
			}
		}
	}
}

// TestNoWeightAtAll: of draws that all are impossible the effective number is 0.
func TestNoWeightAtAll(t *testing.T) {
	inf := math.Inf(-1)
	for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
		out := functionsOfWeights(t, dtype, []float64{inf, inf, inf})
		if out["ess"][0] != 0 || out["evidence"][0] != inf || out["iwae"][0] != inf {
			t.Errorf("%v: %v", dtype, out)
		}
	}
}

// TestDrawsOfNoWeight: a draw that the joint finds impossible leaves the
// gradient of its neighbours what it is. VIMCO's is computed here from the draws:
// its baseline has the draw's own log weight replaced by the mean of the others',
// and is 0 where they have none.
func TestDrawsOfNoWeight(t *testing.T) {
	logits, prior := []float64{.4, .3, 1}, []float64{.2, math.Inf(-1), .3}
	for _, k := range []int{2, 3, 5} {
		for name, c := range map[string]struct {
			beta float64
			sign float64
			o    func(e vi.Estimator) vi.Objective
		}{
			"IWAE":  {1, -1, func(e vi.Estimator) vi.Objective { return vi.IWAE{Config: vi.Config{K: k, Estimator: e}} }},
			"Renyi": {.5, -1, func(e vi.Estimator) vi.Objective { return vi.Renyi{Config: vi.Config{K: k, Estimator: e}, Alpha: .5} }},
			"Chi":   {2, 1, func(e vi.Estimator) vi.Objective { return vi.Chi{Config: vi.Config{K: k, Estimator: e}} }},
		} {
			for _, e := range []vi.Estimator{vi.VIMCO{}, vi.Score{}, vi.Score{Baseline: vi.MovingAverage{}}, vi.Score{Baseline: vi.NVIL{Hidden: 2}}} {
				p, err := graph.BuildTraining(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
					l := s.Param("l", given(logits), 3)
					m := vi.Model{
						Guide: func(t *vi.Trace) { t.Draw("z", prob.OneHot{Logits: l}) },
						Joint: func(t *vi.Trace) {
							z := t.Draw("z", prob.OneHot{Logits: s.Tensor(prior, 3)})
							t.Draw("x", normal1(graph.MatMul(z, s.Tensor([]float64{.7, -.3, 1.1}, 3, 1)), s.Const(0)))
						},
					}
					est := c.o(e).Estimate(s, m, vi.Data{"x": s.Tensor([]float64{.8}, 1, 1)})
					s.Output("value", est.Value)
					s.Output("z", est.Record.Site("z").Value)
					s.Output("logw", est.Record.LogWeights())
					s.Output("grad", est.Grad(l)[0])
				})
				if err != nil {
					t.Fatal(err)
				}
				some := 0 // runs with both kinds of draws
				for step := range uint32(40) {
					if err := p.Run(context.Background(), graph.Key{Seed: 1, Step: step}); err != nil {
						t.Fatal(err)
					}
					read := func(name string) []float64 { v, _ := p.Value(name); return v }
					value, z, logw, grad := read("value")[0], read("z"), read("logw"), read("grad")
					dead := 0
					for _, w := range logw {
						if math.IsInf(w, -1) {
							dead++
						}
					}
					if dead == k {
						continue // the bound itself is −Inf
					}
					if dead > 0 {
						some++
					}
					want := vimco(logits, z, logw, c.beta, value)
					for i, g := range grad {
						if math.IsNaN(g) || math.IsInf(g, 0) || vi.Name(e) == "VIMCO" && !(math.Abs(g-c.sign*want[i]) <= 1e-12) {
							t.Fatalf("%s of %d by %s: log weights %v, gradient %v, want %v", name, k, vi.Name(e), logw, grad, want)
						}
					}
				}
				if some < 5 {
					t.Errorf("only %d runs had draws without weight", some)
				}
			}
		}
	}
}

// vimco is the gradient by the logits of one-hot draws.
func vimco(logits, z, logw []float64, beta, value float64) []float64 {
	k, n := len(logw), len(logits)
	norm, total := 0.0, 0.0
	for _, l := range logits {
		norm += math.Exp(l)
	}
	for _, w := range logw {
		total += math.Exp(beta * w)
	}
	g := make([]float64, n)
	for i := range k {
		mean, rest := 0.0, 0.0
		for j, w := range logw {
			if j != i {
				mean += w / float64(k-1)
				rest += math.Exp(beta * w)
			}
		}
		base := math.Log((rest+math.Exp(beta*mean))/float64(k)) / beta
		if math.IsInf(base, 0) {
			base = 0
		}
		f := value - base - math.Exp(beta*logw[i])/total + 1/float64(k)
		for c := range n {
			g[c] += f * (z[i*n+c] - math.Exp(logits[c])/norm)
		}
	}
	return g
}
