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

func costs(t *testing.T, law func(l *graph.Node) prob.Dist, estimator vi.Estimator, runs, backward int) {
	t.Helper()
	const k, rows, z, x = 3, 5, 13, 17
	p, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
		w, a := s.Param("w", graph.Gaussian{Std: .3}, z, x), s.Param("a", graph.Gaussian{Std: .3}, x, z)
		zero := graph.BroadcastTo(s.Const(0), z)
		m := vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", law(graph.MatMul(t.Given("x"), a))) },
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Bernoulli{Logits: graph.MatMul(t.Draw("z", law(zero)), w)})
			},
		}
		e := vi.ELBO{Config: vi.Config{K: k, Estimator: estimator}}.Estimate(s, m, vi.Data{"x": s.Input("x", rows, x)})
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
	if err := graph.Feed(p, "x", make([]float32, rows*x)); err != nil {
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
		t.Errorf("%s: %v allocations a step", vi.Name(estimator), n)
	}
}
