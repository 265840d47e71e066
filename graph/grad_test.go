package graph_test

import (
	"context"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// outputs builds f in float64, runs it and returns its outputs by name.
func outputs(t testing.TB, f func(s *scope)) map[string][]float64 {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, f)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	m := map[string][]float64{}
	for _, name := range p.Outputs() {
		if m[name], err = p.Value(name); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// With x = 3, z = x² and cost = z·x + z², each derivative by hand.
func TestGradHolds(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrt   []string
		hold  []string
		wants []float64
	}{
		{"nothing held", []string{"x", "z"}, nil, []float64{9 + (3+18)*6, 3 + 18}},
		{"z held", []string{"x"}, []string{"z"}, []float64{9}},
		{"z both asked for and held", []string{"z", "x"}, []string{"z"}, []float64{3 + 18, 9}},
		{"x both asked for and held", []string{"x"}, []string{"x"}, []float64{9 + (3+18)*6}},
		{"cost held", []string{"cost", "x"}, []string{"cost"}, []float64{1, 0}},
		{"cost asked for", []string{"cost", "x"}, nil, []float64{1, 9 + (3+18)*6}},
		{"not reached", []string{"other", "x"}, nil, []float64{0, 9 + (3+18)*6}},
		{"twice the same", []string{"x", "x"}, nil, []float64{9 + (3+18)*6, 9 + (3+18)*6}},
	} {
		got := outputs(t, func(s *scope) {
			n := map[string]*node{"x": s.Tensor([]float64{3}), "other": s.Tensor([]float64{8})}
			n["z"] = n["x"].Square()
			n["cost"] = n["z"].Mul(n["x"]).Add(n["z"].Square())
			pick := func(names []string) (ns []*node) {
				for _, name := range names {
					ns = append(ns, n[name])
				}
				return ns
			}
			first := graph.Grad(n["cost"], pick(c.wrt), pick(c.hold)...)
			again := graph.Grad(n["cost"], pick(c.wrt), pick(c.hold)...)
			if !slices.Equal(first, again) {
				t.Errorf("%s: a repeated Grad gives other nodes", c.name)
			}
			for i, g := range first {
				s.In(string(rune('a'+i))).Output("g", g)
			}
		})
		for i, want := range c.wants {
			if v := got[string(rune('a'+i))+"/g"]; v[0] != want {
				t.Errorf("%s: by %s %v, want %v", c.name, c.wrt[i], v[0], want)
			}
		}
	}
}

// A derivative that is zero has the shape of what it is by.
func TestGradOfUnreachable(t *testing.T) {
	got := outputs(t, func(s *scope) {
		x, y := s.Tensor(make([]float64, 6), 2, 3), s.Tensor([]float64{1, 2}, 2)
		g := graph.Grad(graph.Sum(y), []*node{x, y.Square()})
		s.Output("leaf", g[0])
		s.Output("beside", g[1])
		s.Output("stopped", graph.Grad(graph.Sum(graph.StopGrad(y)), []*node{y})[0])
		s.Output("rounded", graph.Grad(graph.Sum(graph.Floor(y).Mul(y)), []*node{y})[0])
	})
	for name, want := range map[string][]float64{"leaf": make([]float64, 6), "beside": {0, 0}, "stopped": {0, 0}, "rounded": {1, 2}} {
		if !slices.Equal(got[name], want) {
			t.Errorf("%s: %v, want %v", name, got[name], want)
		}
	}
}

// The surrogate x·stop(x) has the derivative stop(x).
func TestStopGradIsAConstant(t *testing.T) {
	got := outputs(t, func(s *scope) {
		x := s.Tensor([]float64{3})
		y := x.Mul(graph.StopGrad(x.Square()))
		g := graph.Grad(y, []*node{x})[0]
		s.Output("y", y)
		s.Output("g", g)
		s.Output("gg", graph.Grad(g, []*node{x})[0])
	})
	if got["y"][0] != 27 || got["g"][0] != 9 || got["gg"][0] != 0 {
		t.Errorf("%v, want y 27, g 9, gg 0", got)
	}
}

// The gradient of one cost after another's, on one graph, is right.
func TestGradOfSeveralCosts(t *testing.T) {
	f := func(_ *scope, in []*node) *node {
		a := graph.Tanh(graph.MatMul(in[0], in[1]))
		first := graph.Grad(graph.Sum(a), in)
		second := graph.Grad(graph.Sum(a.Square()), in, a) // a is held: zeros
		return graph.AddN(graph.Sum(first[0].Square()), graph.Sum(first[1].Mul(in[1])), graph.Sum(second[0]))
	}
	gradcheck.Check(t, f, arrays([]int{2, 3}, []int{3, 2})...)
	gradcheck.CheckSecond(t, f, arrays([]int{2, 3}, []int{3, 2})...)
}

// A chain of many nodes, used many times over, is differentiated in one pass.
func TestGradOfADeepGraph(t *testing.T) {
	const depth = 2000
	got := outputs(t, func(s *scope) {
		x := s.Tensor([]float64{1})
		y := x
		for range depth {
			y = y.Add(y).Scale(.5)
		}
		s.Output("g", graph.Grad(y, []*node{x})[0])
	})
	if got["g"][0] != 1 {
		t.Errorf("derivative %v, want 1", got["g"])
	}
}

func TestDependsOn(t *testing.T) {
	outputs(t, func(s *scope) {
		x, y := graph.Tensor([]float64{1, 2}, 2), graph.Const(3)
		z := graph.Exp(x).Add(x)
		if !graph.DependsOn(z, x) || !graph.DependsOn(z, z) || graph.DependsOn(x, z) || graph.DependsOn(z, y) {
			t.Error("wrong dependence")
		}
		if y != s.Const(3) || x != s.Tensor([]float64{1, 2}, 2) {
			t.Error("constants differ from the scope's")
		}
		s.Output("z", z)
	})
}
