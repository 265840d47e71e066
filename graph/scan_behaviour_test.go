package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/internal/op"
)

// With no steps the last states are the first, and their gradients too.
func TestScanOfNoSteps(t *testing.T) {
	in := arrays([]int{2, 3}, []int{0, 2, 3}, []int{3, 3}, []int{3})
	f := func(_ *scope, in []*node) *node { return rnn(scanned, graph.Loop{}, in) }
	gradcheck.Check(t, f, in...)
	_, got := compute(t, graph.Float64, func(_ *scope, in []*node) *node {
		last, _ := graph.Scan(graph.Loop{}, in[:1], in[1:2], func(s, x []*node) (next, outs []*node) {
			return []*node{s[0].Add(x[0])}, nil
		})
		return last[0]
	}, in[:2]...)
	if !slices.Equal(got, in[0].Values) {
		t.Errorf("%v, want %v", got, in[0].Values)
	}
}

// Noise is new at each step and the same however many steps or samples there are.
func TestScanNoise(t *testing.T) {
	draw := func(samples, rows, steps int) [][]float64 {
		got := outputs(t, func(s *scope) {
			zero := graph.BroadcastTo(graph.Const(0), samples, rows, 2)
			_, all := graph.Scan(graph.Loop{Steps: steps}, []*node{zero}, nil, func(states, _ []*node) (next, outs []*node) {
				e := s.Noise("e", graph.GaussianNoise, samples, rows, 2)
				return []*node{states[0].Add(e)}, []*node{e, s.RowAxis(-1).Noise("shared", graph.UniformNoise, 2)}
			})
			s.Output("each", all[0])
			s.Output("shared", all[1])
		})
		return [][]float64{got["each"], got["shared"]}
	}
	small, large := draw(1, 2, 3), draw(2, 3, 5)
	seen := map[float64]bool{}
	for _, v := range slices.Concat(large[0], large[1]) {
		if seen[v] {
			t.Errorf("%v twice", v)
		}
		seen[v] = true
	}
	for step := range 3 {
		for row := range 2 {
			for i := range 2 {
				if a, b := small[0][(step*2+row)*2+i], large[0][(step*6+row)*2+i]; a != b {
					t.Errorf("step %d, row %d: %v and %v", step, row, a, b)
				}
			}
		}
	}
	if !slices.Equal(small[1], large[1][:6]) {
		t.Errorf("shared %v and %v", small[1], large[1])
	}
}

// What is outside of a loop cannot use what is inside.
func TestScanRefuses(t *testing.T) {
	step := func(s, x []*node) (next, outs []*node) { return s, nil }
	for _, c := range []struct {
		f    func(s *scope, x *node)
		want string
	}{
		{func(s *scope, x *node) { graph.Scan(graph.Loop{}, nil, nil, nil) }, "graph: scan: the step is nil"},
		{func(s *scope, x *node) { graph.Scan(graph.Loop{Steps: -1}, nil, nil, step) }, "graph: scan of -1 steps"},
		{func(s *scope, x *node) { graph.Scan(graph.Loop{}, nil, []*node{graph.Const(1)}, step) }, "graph: scan: sequence 0 is a scalar, want time in front"},
		{func(s *scope, x *node) { graph.Scan(graph.Loop{Steps: 3}, nil, []*node{x}, step) }, "graph: scan: sequence 0 of shape [2 3], want 3 steps in front"},
		{func(s *scope, x *node) {
			graph.Scan(graph.Loop{}, []*node{x}, []*node{x}, func(s, x []*node) (next, outs []*node) { return nil, nil })
		}, "graph: scan: the step makes 0 states of 1"},
		{func(s *scope, x *node) {
			graph.Scan(graph.Loop{}, []*node{x}, []*node{x}, func(s, x []*node) (next, outs []*node) { return x, nil })
		}, "graph: scan: state 0 of shape [2 3] is [3] after a step"},
		{func(s *scope, x *node) {
			graph.Scan(graph.Loop{}, []*node{x}, []*node{x}, func(st, in []*node) (next, outs []*node) { s.Output("leak", st[0]); return st, nil })
		}, "graph: output leak: node (scan:state 1) is of the body of a Scan, which returns what is used outside of it"},
		{func(s *scope, x *node) {
			var leak *node
			graph.Scan(graph.Loop{}, []*node{x}, []*node{x}, func(st, in []*node) (next, outs []*node) {
				leak = graph.Exp(in[0])
				return st, nil
			})
			s.Output("leak", leak)
		}, "graph: output leak: node (exp(scan:sequence 2)) is of the body of a Scan, which returns what is used outside of it"},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			x := s.Input("x", 2, 3)
			s.Output("x", x)
			c.f(s, x)
		})
		if err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// A graph and its program do not grow with the number of steps.
func TestScanDoesNotGrow(t *testing.T) {
	text := func(steps int) string {
		p, err := graph.Build(&graph.Params{}, func(s *scope) {
			x, h := s.Input("x", steps, 2, 3), s.Input("h", 2, 3)
			w := s.Param("w", graph.Glorot{}, 3, 3)
			last, _ := graph.Scan(graph.Loop{}, []*node{h}, []*node{x}, func(h, x []*node) (next, outs []*node) {
				return []*node{graph.Tanh(x[0].Add(graph.MatMul(h[0], w)))}, nil
			})
			s.Output("g", graph.Grad(graph.Sum(last[0]), []*node{w})[0])
		})
		if err != nil {
			t.Fatal(err)
		}
		var nodes, instructions, phases int
		fmt.Sscanf(p.Explain(), "%d nodes, %d instructions in %d phases", &nodes, &instructions, &phases)
		return fmt.Sprint(nodes, instructions, phases)
	}
	if a, b := text(3), text(1000); a != b || a == "0 0 0" {
		t.Errorf("%s and %s nodes, instructions and phases", a, b)
	}
}

// A step that stops says which it was.
func TestScanStops(t *testing.T) {
	p, err := graph.Build(&graph.Params{}, func(s *scope) {
		x := s.Input("x", 3)
		_, all := graph.Scan(graph.Loop{}, nil, []*node{x}, func(_, x []*node) (next, outs []*node) {
			op.Apply(op.Require{What: "x", Want: "0 or more"}, x[0], x[0].Lt(graph.Const(0))) // though nothing uses it
			return nil, x
		})
		s.Output("y", graph.Sum(all[0]))
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", []float32{1, 2, -3})
	err = p.Run(context.Background(), graph.Key{})
	if want := "step 2: require x(scan:sequence 1, lt(…)): x is -3 at [], want 0 or more"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// Recompute takes less memory and more products.
func TestScanRecomputes(t *testing.T) {
	work := func(c graph.Loop) (flops float64, bytes int) {
		p := build(t, &graph.Params{}, func(s *scope) {
			w := s.Param("w", graph.Glorot{}, 8, 8)
			last, _ := graph.Scan(c, []*node{s.Input("h", 4, 8)}, []*node{s.Input("x", 50, 4, 8)}, func(h, x []*node) (next, outs []*node) {
				y := graph.Tanh(graph.MatMul(graph.Sigmoid(graph.MatMul(h[0], w).Add(x[0])), w))
				return []*node{graph.Exp(y.Neg())}, nil
			})
			s.Output("g", graph.Grad(graph.Sum(last[0]), []*node{w})[0])
		})
		return p.Work()
	}
	keptFlops, keptBytes := work(graph.Loop{})
	flops, bytes := work(graph.Loop{Recompute: true})
	if !(flops > keptFlops && bytes < keptBytes*2/3) {
		t.Errorf("%v flops and %v bytes, without it %v and %v", flops, bytes, keptFlops, keptBytes)
	}
}
