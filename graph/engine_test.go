package graph_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
)

// noisy is a small training program with noise of several shapes, a state and
// an input that is used and one that is not.
func noisy(s *graph.Scope) {
	x := s.Input("x", 30, 8)
	s.Input("unused", 3)
	w := s.Param("w", graph.Glorot{}, 8, 200)
	h := graph.Tanh(graph.Linear(x, w, s.Param("b", graph.Constant(.1), 200)))
	z := h.Add(s.Noise("eps", graph.GaussianNoise, 5, 30, 200).Scale(.1))
	z = z.Mul(s.Noise("drop", graph.UniformNoise, 200).Shift(.5))
	loss := graph.Mean(graph.LogSumExp(graph.Sum(z.Square(), -1), 0))
	average := s.State("average", graph.Constant(0), 200)
	s.Assign(average, average.Scale(.9).Add(graph.Mean(h, 0).Scale(.1)))
	s.Output("loss", loss.Add(graph.Sum(average)))
	s.Output("z", z)
	s.Output("grad", graph.Grad(loss, []*graph.Node{w})[0])
}

func newNoisy(t *testing.T, params *graph.Params) *graph.Program {
	t.Helper()
	p, err := graph.BuildTraining(params, noisy)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 30*8)
	for i := range x {
		x[i] = math.Sin(float64(i))
	}
	if err := graph.Feed(p, "x", x); err != nil {
		t.Fatal(err)
	}
	return p
}

// steps runs and commits a few steps and returns all outputs.
func steps(t *testing.T, p *graph.Program) (all []float64) {
	t.Helper()
	for step := range uint32(3) {
		if err := p.Run(context.Background(), graph.Key{Seed: 1, Step: step, Row: 7}); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Outputs() {
			v, err := p.Value(name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, v...)
		}
	}
	return all
}

func TestCompiledProgramIsTheReference(t *testing.T) {
	undo := graph.Slow()
	defer undo()
	want := steps(t, newNoisy(t, &graph.Params{Dtype: graph.Float64}))
	undo()
	got := steps(t, newNoisy(t, &graph.Params{Dtype: graph.Float64}))
	for i, v := range got {
		if d := math.Abs(v - want[i]); !(d <= 1e-12*math.Max(1, math.Abs(v))) {
			t.Fatalf("value %d is %v, want %v", i, v, want[i])
		}
	}
}

func TestProgramBitsForAnyProcessors(t *testing.T) {
	var want []float64
	for _, n := range []int{1, 2, 4} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
			got := steps(t, newNoisy(t, &graph.Params{}))
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("other results on %d processors", n)
			}
		}()
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	p := newNoisy(t, &graph.Params{})
	x := make([]float32, 30*8)
	loss := make([]float64, 1)
	step := uint32(0)
	if n := testing.AllocsPerRun(50, func() {
		step++
		if graph.Feed(p, "x", x) != nil || p.Run(context.Background(), graph.Key{Step: step}) != nil || p.Commit() != nil ||
			graph.Read(p, "loss", loss) != nil {
			t.Error("step failed")
		}
		if _, err := graph.View[float32](p, "grad"); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a step", n)
	}
}
