package vi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestCostOfEstimators: a program has as many products by the decoder's weights,
// forward for a run and backward for a derivative by the draws, as the comment of
// the estimator says, and a step of it allocates nothing.
func TestCostOfEstimators(t *testing.T) {
	type row struct {
		e              vi.Estimator
		runs, backward int
	}
	bits := func(l *graph.Node) prob.Dist { return prob.Bernoulli{Logits: l} }
	classes := func(l *graph.Node) prob.Dist { return prob.OneHot{Logits: l} }
	for _, c := range []row{
		{vi.Score{}, 1, 0}, {vi.Score{Baseline: vi.MovingAverage{}}, 1, 0}, {vi.Score{Baseline: vi.LeaveOneOut{}}, 1, 0}, {vi.VIMCO{}, 1, 0},
		{vi.ARM{}, 2, 0}, {vi.DisARM{}, 2, 0}, {vi.ARMS{}, 1, 0}, {vi.ARMS{Gaussian: true}, 1, 0}, {vi.DoubleCV{}, 1, 1}, {vi.DoubleCV{Regress: true}, 1, 1}, {vi.RODEO{}, 1, 1},
		{vi.GumbelSoftmax{}, 1, 1}, {vi.StraightThrough{}, 1, 1}, {vi.GappedST{}, 1, 1}, {vi.DecoupledST{}, 1, 1},
		{vi.REBAR{}, 5, 4}, {vi.RELAX{}, 5, 4}, {vi.REBAR{Regress: true}, 3, 2}, {vi.RELAX{Regress: true}, 3, 2}, {vi.RODEO{Regress: true}, 1, 1}, // two of each by what is learned
		{vi.Own{Name: "own", Gradient: func(a *vi.At) { a.Score(a.Signal()) }}, 1, 0},
	} {
		costs(t, bits, c.e, c.runs, c.backward)
	}
	for _, c := range []row{
		{vi.Score{}, 1, 0}, {vi.ARM{}, 2, 0}, {vi.DisARM{}, 2, 0}, {vi.ARMS{}, 1, 0}, {vi.DoubleCV{}, 1, 1}, {vi.RODEO{}, 1, 1}, {vi.REBAR{}, 5, 4}, {vi.RELAX{}, 5, 4},
	} {
		costs(t, classes, c.e, c.runs, c.backward)
	}
}

// Sizes of the models.
const costK, costRows, costZ, costX = 3, 5, 13, 17

// TestCostOfEstimatorsAtGlobals: leave-one-out runs the decoder once a draw, measures
// three times an element.
func TestCostOfEstimatorsAtGlobals(t *testing.T) {
	for _, c := range []struct {
		e       vi.Estimator
		k, runs int
	}{{vi.Pathwise{}, 1, 1}, {vi.Score{}, 1, 1}, {vi.Score{Baseline: vi.NVIL{}}, 1, 1}, {vi.Score{Baseline: vi.LeaveOneOut{}}, 4, 4}, {vi.MeasureValued{}, 1, 1 + 3*costZ}} {
		p, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
			w, mean, scale := s.Param("w", graph.Gaussian{Std: .3}, costZ, costX), s.Param("mean", graph.Constant(0), costZ), s.Param("scale", graph.Constant(0), costZ)
			m := vi.Model{
				Guide: func(t *vi.Trace) {
					t.Global("g", prob.Normal{Mean: mean, LogStd: scale})
				},
				Joint: func(t *vi.Trace) {
					h := graph.Linear(t.Given("x"), graph.Transpose(w, 1, 0), t.Global("g", prob.StdNormal(costZ)))
					t.Draw("y", prob.Bernoulli{Logits: graph.MatMul(graph.Tanh(h), w)})
				},
			}
			in := s.Input("x", costRows, costX)
			e := vi.ELBO{Config: vi.Config{K: c.k, Total: costRows, Estimator: c.e}}.Estimate(s, m, vi.Data{"x": in, "y": in})
			for i, g := range e.Grad(s.Trainable()...) {
				s.Output(fmt.Sprint("grad/", i), g)
			}
		})
		if err != nil {
			t.Fatal(vi.Name(c.e), err)
		}
		plan := p.Explain()
		if n := strings.Count(plan, "product 5×13 · 13×17"); n != c.runs {
			t.Errorf("%s: %d runs of the decoder, want %d:\n%s", vi.Name(c.e), n, c.runs, plan)
		}
		allocates(t, p, vi.Name(c.e))
	}
}

func costs(t *testing.T, law func(l *graph.Node) prob.Dist, estimator vi.Estimator, runs, backward int) {
	t.Helper()
	p, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
		w, a := s.Param("w", graph.Gaussian{Std: .3}, costZ, costX), s.Param("a", graph.Gaussian{Std: .3}, costX, costZ)
		zero := graph.BroadcastTo(s.Const(0), costZ)
		m := vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", law(graph.MatMul(t.Given("x"), a))) },
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Bernoulli{Logits: graph.MatMul(t.Draw("z", law(zero)), w)})
			},
		}
		e := vi.ELBO{Config: vi.Config{K: costK, Estimator: estimator}}.Estimate(s, m, vi.Data{"x": s.Input("x", costRows, costX)})
		for i, g := range e.Grad(s.Trainable()...) {
			s.Output(fmt.Sprint("grad/", i), g)
		}
	})
	if err != nil {
		t.Fatal(vi.Name(estimator), err)
	}
	plan := p.Explain()
	if n := strings.Count(plan, "product 15×13 · 13×17"); n != runs {
		t.Errorf("%s: %d runs of the decoder, want %d:\n%s", vi.Name(estimator), n, runs, plan)
	}
	if n := strings.Count(plan, "product 15×17 · 17×13ᵀ"); n != backward {
		t.Errorf("%s: %d derivatives by the draws, want %d:\n%s", vi.Name(estimator), n, backward, plan)
	}
	allocates(t, p, vi.Name(estimator))
}

// allocates holds the steps of a program to no allocation.
func allocates(t *testing.T, p *graph.Program, name string) {
	t.Helper()
	if err := graph.Feed(p, "x", make([]float32, costRows*costX)); err != nil {
		t.Fatal(err)
	}
	step := uint32(0)
	if n := testing.AllocsPerRun(20, func() {
		step++
		if err := p.Run(context.Background(), graph.Key{Step: step}); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%s: %v allocations a step", name, n)
	}
}
