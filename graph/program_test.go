package graph_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
)

func build(t testing.TB, p *graph.Params, f func(s *scope)) *graph.Program {
	t.Helper()
	prog, err := graph.Build(p, f)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

func run(t testing.TB, p *graph.Program, d graph.Key) {
	t.Helper()
	if err := p.Run(context.Background(), d); err != nil {
		t.Fatal(err)
	}
}

func output(t testing.TB, p *graph.Program, name string) []float64 {
	t.Helper()
	v, err := p.Value(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestProgramNamesAndShapes(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.In("b").Input("x", 2, 3)
		s.Input("a")
		s.Output("z", graph.Sum(x, 1))
		s.In("c").Output("y", x)
	})
	if got := fmt.Sprint(p.Inputs(), p.Outputs(), p.Shape("b/x"), p.Shape("z"), p.Shape("c/y"), p.Shape("no") == nil); got != "[a b/x] [z c/y] [2 3] [2] [2 3] true" {
		t.Error(got)
	}
}

// Numbers are converted to and from the dtype of the graph.
func TestDtypeConversion(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		p := build(t, &graph.Params{Dtype: dt}, func(s *scope) { s.Output("y", s.Input("x", 2).Scale(2)) })
		for range 2 {
			if err := graph.Feed(p, "x", []float32{.5, 1}); err != nil {
				t.Fatal(err)
			}
			run(t, p, graph.Key{})
			narrow, wide := make([]float32, 2), make([]float64, 2)
			if err := errors.Join(graph.Read(p, "y", narrow), graph.Read(p, "y", wide)); err != nil {
				t.Fatal(err)
			}
			if narrow[1] != 2 || wide[0] != 1 {
				t.Errorf("%v: %v and %v, want [1 2]", dt, narrow, wide)
			}
		}
		if err := graph.Feed(p, "x", []float64{.1, 0}); err != nil {
			t.Fatal(err)
		}
		run(t, p, graph.Key{})
		want := .2
		if dt == graph.Float32 {
			want = float64(2 * float32(.1))
		}
		if v := output(t, p, "y"); v[0] != want {
			t.Errorf("%v: %v, want %v", dt, v[0], want)
		}
	}
	p := build(t, &graph.Params{}, func(s *scope) { s.Output("y", s.Tensor([]float64{3}, 1)) })
	if _, err := graph.View[float32](p, "y"); err == nil || err.Error() != "graph: view y: the program has not run" {
		t.Errorf("error %v", err)
	}
	run(t, p, graph.Key{})
	if v, err := graph.View[float32](p, "y"); err != nil || v[0] != 3 {
		t.Errorf("view %v, error %v", v, err)
	}
	if _, err := graph.View[float64](p, "y"); err == nil || err.Error() != "graph: view y: elements are []float32, not []float64" {
		t.Errorf("error %v", err)
	}
	if _, err := graph.View[float32](p, "z"); err == nil || err.Error() != "graph: view z: no such output, want one of [y]" {
		t.Errorf("error %v", err)
	}
}

// A training program computes the new state, and Commit alone writes it.
func TestState(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	model := func(s *scope) {
		m, n := s.State("mean", graph.Constant(1), 2), s.State("count", graph.Constant(0))
		x := s.Input("x", 2)
		s.Assign(m, m.Add(x.Sub(m).Scale(.5)))
		s.Assign(n, n.Add(graph.Sum(m)))                   // the old mean
		s.Assign(s.State("last", graph.Constant(0), 2), x) // never read
		s.Output("y", x.Sub(m))
		s.Output("training", s.Const(truth(s.Training())))
	}
	train, err := graph.BuildTraining(params, model)
	if err != nil {
		t.Fatal(err)
	}
	eval := build(t, params, model)
	want := [][]float64{{2, 2}, {2.5, 2.5}}
	for step := range 2 {
		for _, p := range []*graph.Program{train, eval} {
			if err := graph.Feed(p, "x", []float64{3, 3}); err != nil {
				t.Fatal(err)
			}
			before := slices.Clone(values(t, params, "mean"))
			run(t, p, graph.Key{})
			run(t, p, graph.Key{})
			if !slices.Equal(values(t, params, "mean"), before) {
				t.Error("Run wrote the state")
			}
			if err := p.Commit(); err != nil {
				t.Fatal(err)
			}
			if v := output(t, p, "training")[0]; v != truth(p == train) {
				t.Errorf("training is %v", v)
			}
		}
		if v := values(t, params, "mean"); !slices.Equal(v, want[step]) {
			t.Errorf("step %d: mean %v, want %v", step, v, want[step])
		}
	}
	if n := values(t, params, "count"); n[0] != 2+4 {
		t.Errorf("count %v, want 6", n)
	}
	if v := values(t, params, "last"); v[0] != 3 {
		t.Errorf("last %v, want 3", v)
	}
	run(t, eval, graph.Key{})
	if y := output(t, eval, "y"); y[0] != .5 {
		t.Errorf("y %v, want 0.5", y)
	}
}

// States exchanged by assignments get each other's old values.
func TestStatesExchanged(t *testing.T) {
	params := &graph.Params{}
	p, err := graph.BuildTraining(params, func(s *scope) {
		a, b := s.State("a", graph.Constant(1), 2), s.State("b", graph.Constant(2), 2)
		s.Assign(a, b)
		s.Assign(b, a)
		s.Output("y", a.Add(b))
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{})
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	if a, b := values(t, params, "a"), values(t, params, "b"); a[0] != 2 || b[0] != 1 {
		t.Errorf("a = %v, b = %v", a, b)
	}
}

// A leaf that is an output, or is assigned, counts as it was in the Run.
func TestLeavesAreReadAsOfTheRun(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		cur, prev := s.State("cur", graph.Constant(0)), s.State("prev", graph.Constant(-1))
		s.Assign(cur, cur.Shift(1))
		s.Assign(prev, cur)
		s.Output("cur", cur)
		s.Output("next", cur.Shift(1))
	})
	if err != nil {
		t.Fatal(err)
	}
	for step := range 3 {
		run(t, p, graph.Key{})
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		if v, err := p.Value("cur"); err != nil || v[0] != float64(step) {
			t.Errorf("step %d: output %v (%v), want %d", step, v, err, step)
		}
		cur, _ := graph.Values[float64](params, "cur")
		prev, _ := graph.Values[float64](params, "prev")
		if cur[0] != float64(step+1) || prev[0] != float64(step) {
			t.Errorf("step %d: states %v and %v, want %d and %d", step, cur, prev, step+1, step)
		}
	}
}
