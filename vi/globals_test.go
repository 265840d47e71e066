package vi_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// chanceAt is the probability of z of shared("global") beside a normal w of noise eps
// and a bit v of noise u.
func (p problem) chanceAt(v map[string]float64, eps, u float64) float64 {
	bit := .5
	if u < logistic(v["c"]) {
		bit = 1.5
	}
	return logistic(p.data["x"][0]*v["a"] + (v["m"]+math.Exp(v["l"])*eps)*bit)
}

// sharedTwice is shared("global") integrated over two draws of either global, by each
// of which z is drawn again.
func sharedTwice() problem {
	p := shared("global")
	return p.with(func(v map[string]float64, k int) []dimension {
		bit := cells(func([]float64) []float64 { return []float64{logistic(v["c"])} })
		ds := []dimension{{"w/noise", 0, hermite(20)}, {"v/noise", 0, bit}, {"w/draws/noise", 0, hermite(20)}, {"v/draws/noise", 0, bit}}
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, cells(func(b []float64) []float64 {
				return []float64{p.chanceAt(v, b[0], b[1]), p.chanceAt(v, b[2], b[1]), p.chanceAt(v, b[0], b[3])}
			})})
		}
		return ds
	})
}

// sharedMeasured is shared("global") integrated over the noise of measure-valued
// derivatives by w, by each of whose values z is drawn again.
func sharedMeasured() problem {
	p := shared("global")
	return p.with(func(v map[string]float64, k int) []dimension {
		e, u := measures(20)
		bit := cells(func([]float64) []float64 { return []float64{logistic(v["c"])} })
		ds := []dimension{{"w/noise", 0, e}, {"v/noise", 0, bit}, {"w/measure", 0, u}}
		for i := range k {
			ds = append(ds, dimension{"z/noise", i, cells(func(b []float64) (ends []float64) {
				r2 := -2 * math.Log(b[2])
				for _, eps := range []float64{b[0], math.Sqrt(r2), -math.Sqrt(r2), math.Copysign(math.Sqrt(b[0]*b[0]+r2), b[0])} {
					ends = append(ends, p.chanceAt(v, eps, b[1]))
				}
				return ends
			})})
		}
		return ds
	})
}

// underGlobal integrates over the noise of an estimator at a global w, for K draws.
func (p problem) underGlobal(estimator string) (out problem, k int) {
	k = 1
	if estimator == "Score{LeaveOneOut}" {
		k = 2
	}
	return p.with(func(v map[string]float64, _ int) []dimension {
		ds := p.noise(v, 1)
		switch estimator {
		case "Score{LeaveOneOut}":
			ds = append(ds, dimension{"w/draws/noise", 0, ds[0].rule})
		case "MeasureValued":
			ds = append(ds, dimension{"w/measure", 0, smoothCells(2, func([]float64) []float64 { return nil })})
		}
		return ds
	}), k
}

// TestMeasuresOfEveryElementOfAGlobal: where f = Σ a·w, the derivative by a mean is
// a·2r/√2π and that by a log scale a·σ·(M − ε), element by element.
func TestMeasuresOfEveryElementOfAGlobal(t *testing.T) {
	const n = 6
	a, eps, u := []float64{1, -2, .5, 3, -.7, .2}, []float64{.3, -1.2, .8, .1, -2, 1.5}, []float64{.9, .4, .05, .6, .3, .7}
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		mean, logStd := s.Param("mean", graph.Constant(.4), 2, 3), s.Param("scale", graph.Constant(-.5), 2, 3)
		m := vi.Model{
			Guide: func(t *vi.Trace) { t.Global("w", prob.Normal{Mean: mean, LogStd: logStd}, 2) },
			Joint: func(t *vi.Trace) { t.Global("w", prob.StdNormal(3), 2) },
		}
		o := vi.Expectation{Config: vi.Config{Rows: 1, Total: 1, Estimator: vi.MeasureValued{}}, Of: func(r *vi.Record) []*graph.Node {
			return []*graph.Node{graph.Sum(r.Site("w").Value.Mul(s.Tensor(a, 2, 3)))}
		}}
		g := o.Estimate(s.NoiseAsInput(), m, nil).Grad(mean, logStd)
		s.Output("mean", g[0])
		s.Output("scale", g[1])
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "w/noise", eps)
	graph.Feed(p, "w/measure", u)
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	mean, _ := p.Value("mean")
	scale, _ := p.Value("scale")
	for i := range n {
		r2 := -2 * math.Log(u[i])
		maxwell := math.Copysign(math.Sqrt(eps[i]*eps[i]+r2), eps[i])
		close(t, "by the mean", -mean[i], a[i]*2*math.Sqrt(r2)/math.Sqrt(2*math.Pi), 1e-12)
		close(t, "by the scale", -scale[i], a[i]*math.Exp(-.5)*(maxwell-eps[i]), 1e-12)
	}
}

// meanOf is w ~ N(0,1) and three x ~ N(w,1), whose posterior is N(Σx/4, 1/4). A vector
// is drawn for w if it is a block.
func meanOf(s *graph.Scope, block bool) vi.Model {
	q := prob.Normal{Mean: s.Param("mean", graph.Constant(.5), 1), LogStd: s.Param("scale", graph.Constant(-math.Ln2), 1)}
	return vi.Model{
		Guide: func(t *vi.Trace) {
			if block {
				t.Block("u", q, vi.Part{Site: "w", Shape: []int{1}})
			} else {
				t.Global("w", q)
			}
		},
		Joint: func(t *vi.Trace) {
			t.Draw("x", normal1(graph.BroadcastTo(t.Global("w", prob.StdNormal(1)), 1, 1, 1), s.Const(0)))
		},
	}
}

var threePoints = []float64{.4, -.6, 2.2} // of sum 2

// TestDrawsOfAGlobalAtTheExactPosterior: leave-one-out then has no variance, as all
// draws are judged alike, of a global and of a vector, with any number of draws; and
// each draw is a run.
func TestDrawsOfAGlobalAtTheExactPosterior(t *testing.T) {
	for _, block := range []bool{false, true} {
		for _, k := range []int{2, 5} {
			p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
				m := meanOf(s, block)
				o := vi.ELBO{Config: vi.Config{K: k, Total: 3, Estimator: vi.Score{Baseline: vi.LeaveOneOut{}}}, KL: vi.MonteCarlo}
				for i, g := range o.Estimate(s, m, points3(s, threePoints)).Grad(s.Trainable()...) {
					s.Output([]string{"mean", "scale"}[i], g)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			for seed := range uint64(3) {
				if err := p.Run(context.Background(), graph.Key{Seed: seed}); err != nil {
					t.Fatal(err)
				}
				for _, name := range p.Outputs() {
					v, _ := p.Value(name)
					close(t, name, v[0], 0, 1e-13)
				}
			}
		}
	}
}

// TestWithAnotherGlobal: scores are those at the value given.
func TestWithAnotherGlobal(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		r := vi.Run(s, meanOf(s, false), points3(s, threePoints), vi.Config{Total: 3}).With(vi.Data{"w": s.Tensor([]float64{2}, 1)})
		s.Output("logq", r.Site("w").LogQ)
		s.Output("logp", r.Site("w").LogP)
		s.Output("x", graph.Sum(r.Site("x").LogP))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	half := .5 * math.Log(2*math.Pi)
	for name, want := range map[string]float64{"logq": -4.5 + math.Ln2 - half, "logp": -2 - half, "x": -.5*(1.6*1.6+2.6*2.6+.2*.2) - 3*half} {
		v, _ := p.Value(name)
		close(t, name, v[0], want, 1e-12)
	}
	for want, f := range map[string]func(s *graph.Scope){
		"vi: With a value of w of shape [1 1], want the axes of [1]": func(s *graph.Scope) {
			vi.Run(s, meanOf(s, false), points3(s, threePoints), vi.Config{}).With(vi.Data{"w": s.Input("w", 1, 1)})
		},
		"vi: With another value of w, which is a piece of u; replace that": func(s *graph.Scope) {
			vi.Run(s, meanOf(s, true), points3(s, threePoints), vi.Config{}).With(vi.Data{"w": s.Input("w", 1)})
		},
		"vi: With another value of w, which is a global that is given": func(s *graph.Scope) {
			m := meanOf(s, false)
			m.Guide = nil
			vi.Run(s, m, points3(s, threePoints), vi.Config{Globals: vi.Data{"w": s.Input("v", 1)}}).With(vi.Data{"w": s.Input("w", 1)})
		},
		"vi: site w: Score{LeaveOneOut} runs the model once for each draw of a global, and there are 65, more than 64": func(s *graph.Scope) {
			vi.ELBO{Config: vi.Config{K: 65, Total: 3, Estimator: vi.Score{Baseline: vi.LeaveOneOut{}}}}.Estimate(s, meanOf(s, false), points3(s, threePoints))
		},
		"vi: site w: Score{LeaveOneOut} compares draws with each other and needs K of 2 or more, not 1": func(s *graph.Scope) {
			vi.ELBO{Config: vi.Config{Total: 3, Estimator: vi.Score{Baseline: vi.LeaveOneOut{}}}}.Estimate(s, meanOf(s, false), points3(s, threePoints))
		},
		"vi: site w: ELBO does not take VIMCO at a global site": func(s *graph.Scope) {
			vi.ELBO{Config: vi.Config{K: 2, Total: 3, Estimator: vi.VIMCO{}}}.Estimate(s, meanOf(s, false), points3(s, threePoints))
		},
	} {
		if _, err := graph.Build(&graph.Params{}, f); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
