package graph_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/latentgo/latent/graph"
)

func TestBuildWithoutOutput(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *scope) { s.Input("x", 1) })
	if err == nil || err.Error() != "graph: nothing to compute: no Output was declared" {
		t.Errorf("error %v", err)
	}
	_, err = graph.Build(&graph.Params{Dtype: 7}, func(s *scope) {})
	if err == nil || err.Error() != "graph: params of dtype Dtype(7), want float32 or float64" {
		t.Errorf("error %v", err)
	}
}

// Places pile up and are left again.
func TestEnter(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *scope) {
		s.In("left").Enter()()
		enc := s.In("enc")
		defer enc.Enter()()
		defer enc.In("0").Enter()()
		graph.Fail("layers: broken")
	})
	if err == nil || err.Error() != "in enc: enc/0: layers: broken" {
		t.Errorf("error %v", err)
	}
	if err := fmt.Sprintf("%+v", err); !strings.Contains(err, `graph_test.TestEnter`) {
		t.Errorf("no stack in %s", err)
	}
}

func panics(f func()) (r any) {
	defer func() { r = recover() }()
	f()
	return nil
}

// Panics that are not ours pass through Build, which can then be used again,
// and take the parameters declared back.
func TestForeignPanicsPassThrough(t *testing.T) {
	params := &graph.Params{}
	build := func(f func()) (err error) {
		_, err = graph.Build(params, func(s *scope) {
			s.Output("y", s.Param("w", graph.Constant(1), 2))
			f()
		})
		return err
	}
	if r := panics(func() { build(func() { panic("mine") }) }); r != "mine" {
		t.Errorf("recovered %v", r)
	}
	if r := panics(func() { build(func() { _ = []int{}[len(params.Names())] }) }); r == nil {
		t.Error("a run-time error was swallowed")
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		build(runtime.Goexit)
	}()
	<-done
	if names := params.Names(); len(names) != 0 {
		t.Errorf("parameters %v are left", names)
	}
	if err := build(func() {}); err != nil || len(params.Names()) != 1 {
		t.Errorf("error %v, parameters %v", err, params.Names())
	}
}

// Nodes made outside of a Build are refused with a message, not a nil pointer.
func TestOutsideOfBuild(t *testing.T) {
	var old *scope
	var x *node
	if _, err := graph.Build(&graph.Params{}, func(s *scope) {
		old, x = s, s.Input("x", 2)
		s.Output("y", x)
	}); err != nil {
		t.Fatal(err)
	}
	for want, f := range map[string]func(){
		"graph: nodes can only be made inside Build":      func() { graph.Exp(x) },
		"graph: late declared outside of its Build":       func() { old.Param("late", graph.Constant(0), 2) },
		"graph: a constant declared outside of its Build": func() { old.Const(5) },
	} {
		err, ok := panics(f).(error)
		if !ok || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("panic %v, want %s", err, want)
		}
	}
}

func TestFailedBuildLeavesParams(t *testing.T) {
	params := &graph.Params{}
	if _, err := graph.Build(params, func(s *scope) { s.Output("w", s.Param("w", graph.Constant(1), 2)) }); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(s *scope){
		"mistake": func(s *scope) { graph.MatMul(s.Param("v", graph.Constant(1), 2), s.Param("w", graph.Constant(1), 2)) },
		"shape":   func(s *scope) { s.Param("v", graph.Constant(1), 2); s.Param("w", graph.Constant(1), 3) },
	} {
		_, err := graph.Build(params, f)
		if err == nil || !slices.Equal(params.Names(), []string{"w"}) {
			t.Errorf("%s: error %v, parameters %v", name, err, params.Names())
		}
	}
}

// Thousands of results, all distinct and right; equal expressions are one node.
func TestManyNodes(t *testing.T) {
	const n = 4000
	got := outputs(t, func(s *scope) {
		x, y := s.Tensor([]float64{3}), s.Tensor([]float64{2})
		seen := map[*node]bool{}
		sum := s.Const(0)
		for i := range n {
			k := float64(i) / 7
			v := x.Shift(k).Sub(y)
			if seen[v] {
				t.Fatalf("node %d is another's", i)
			}
			seen[v] = true
			if v != x.Shift(k).Sub(y) {
				t.Fatalf("node %d was made twice", i)
			}
			s.Output(fmt.Sprint(i), v)
			sum = sum.Add(v)
		}
		if x.Sub(y) == y.Sub(x) {
			t.Error("x−y is y−x")
		}
	})
	for i := range n {
		if v := got[fmt.Sprint(i)][0]; math.Abs(v-(1+float64(i)/7)) > 1e-12 {
			t.Errorf("node %d: %v", i, v)
		}
	}
}

func TestConstantsAreToldApart(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		var wide int
		_, err := graph.Build(&graph.Params{Dtype: dt}, func(s *scope) {
			big := make([]float64, 10_000)
			a := s.Tensor(big, 100, 100)
			big[5000] = 1
			b := s.Tensor(big, 100, 100)
			ns := []*node{
				a, b, s.Tensor(big, 50, 200), s.Tensor(big, 10_000),
				s.Const(0), s.Const(math.Copysign(0, -1)), s.Const(2), s.Const(2 + 1e-6), s.Const(math.NaN()), s.Const(math.Inf(1)), s.Const(math.Inf(-1)),
				s.Tensor([]float64{2}, 1), s.Tensor([]float64{2}, 1, 1), s.Tensor([]float64{0}, 1), s.Tensor([]float64{math.Copysign(0, -1)}, 1),
				s.Tensor(nil, 0), s.Tensor(nil, 0, 3),
			}
			seen := map[*node]int{}
			for i, n := range ns {
				if j, ok := seen[n]; ok {
					t.Errorf("%v: constant %d is constant %d", dt, i, j)
				}
				seen[n] = i
			}
			two, nan := s.Const(2), s.Const(math.NaN())
			if a != s.Tensor(make([]float64, 10_000), 100, 100) || two != s.Const(2) || nan != s.Const(math.NaN()) {
				t.Errorf("%v: equal constants are two nodes", dt)
			}
			if s.Const(2) != s.Const(2+1e-12) {
				wide++
			}
			big[5000] = 7 // the constant keeps its own copy
			s.Output("b", graph.Sum(b))
			s.Output("zero", graph.Recip(s.Const(math.Copysign(0, -1))))
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[graph.Dtype]int{graph.Float32: 0, graph.Float64: 1}[dt]; wide != want {
			t.Errorf("%v: 2 and 2+1e-12 are told apart: %d, want %d", dt, wide, want)
		}
	}
	got := outputs(t, func(s *scope) {
		s.Output("zero", graph.Recip(s.Const(math.Copysign(0, -1))))
		s.Output("nothing", s.Tensor(nil, 0, 3))
		s.Output("all", graph.Sum(s.Tensor(nil, 0, 3)))
	})
	if !math.IsInf(got["zero"][0], -1) || len(got["nothing"]) != 0 || got["all"][0] != 0 {
		t.Errorf("%v", got)
	}
}

// Graphs built at the same time, of own and of shared parameters.
func TestConcurrentBuilds(t *testing.T) {
	shared := &graph.Params{Dtype: graph.Float64}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			own := &graph.Params{Seed: uint64(i), Dtype: graph.Float64}
			for k := range 5 {
				for _, params := range []*graph.Params{own, shared} {
					p, err := graph.Build(params, func(s *scope) {
						x := s.Tensor([]float64{1, 2, 3, 4}, 2, 2)
						w := s.In(fmt.Sprint(k)).Param("w", graph.Constant(float64(k)), 2, 2)
						y := graph.Sum(graph.MatMul(x, w).Square())
						s.Output("g", graph.Sum(graph.Grad(y, []*node{w})[0]))
					})
					if err != nil {
						t.Error(err)
						return
					}
					if err := p.Run(context.Background(), graph.Key{}); err != nil {
						t.Error(err)
					}
					// y = 2Σᵢ(k·rᵢ)² with row sums r, so Σ∂y/∂w = 2kΣrᵢ²·2
					if g, _ := p.Value("g"); g[0] != float64(4*k*(9+49)) {
						t.Errorf("build %d: gradient %v, want %d", i, g[0], 4*k*58)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(shared.Names()); n != 5 {
		t.Errorf("%d shared parameters, want 5", n)
	}
}
