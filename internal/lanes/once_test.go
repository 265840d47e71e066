package lanes_test

import (
	"context"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/lanes"
)

// What has no form over all lanes, or a derivative of its own, is refused by AtOnce,
// which Over computes lane by lane, or without that derivative.
func TestAtOnceRefuses(t *testing.T) {
	for name, f := range map[string]func(x *graph.Node) *graph.Node{
		"an operation of one's own": func(x *graph.Node) *graph.Node { return graph.Apply(twice{}, x) },
		"a derivative of its own": func(x *graph.Node) *graph.Node {
			return graph.CustomGrad(graph.Exp(x), []*graph.Node{x}, func(g *graph.Node) []*graph.Node { return []*graph.Node{g} })
		},
		"weights of lanes": func(x *graph.Node) *graph.Node {
			return graph.Conv1D(graph.Reshape(x, 1, 6, 1), graph.Reshape(x, 3, 1, 2), 1, graph.Slide{})
		},
	} {
		if _, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			x, all := s.Input("x", 2, 3), s.Input("all", 4, 2, 3)
			with := map[*graph.Node]*graph.Node{x: all}
			y := f(x)
			if outs, ok := lanes.AtOnce(4, []*graph.Node{y}, with); ok || outs != nil {
				t.Errorf("%s: %v", name, outs)
			}
			s.Output("y", lanes.Over(4, []*graph.Node{y}, with)[0])
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of nothing refused AtOnce makes what Over does, in as many nodes for many lanes as
// for few.
func TestAtOnce(t *testing.T) {
	instructions := func(k int) int {
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
			x, all := s.Input("x", 2, 3), s.Input("all", k, 2, 3)
			with := map[*graph.Node]*graph.Node{x: all}
			y := []*graph.Node{graph.Exp(graph.MatMulT(x, x)), graph.CumSum(x.Mul(graph.Sum(x, 0)), 1), s.Tensor([]float64{5}, 1)}
			wide, ok := lanes.AtOnce(k, y, with)
			if !ok {
				t.Fatal("refused")
			}
			for i, want := range lanes.Over(k, y, with) {
				s.Output(string(rune('a'+i)), wide[i])
				s.Output(string(rune('A'+i)), want)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		x := make([]float64, k*6)
		for i := range x {
			x[i] = float64(i*i%11) / 7
		}
		if err := graph.Feed(p, "all", x); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b", "c"} {
			got, _ := p.Value(name)
			want, _ := p.Value(strings.ToUpper(name))
			if len(got) == 0 || len(got)%k != 0 {
				t.Errorf("%s has %d elements in %d lanes", name, len(got), k)
			}
			close(t, name, got, want)
		}
		return strings.Count(p.Explain(), "\n")
	}
	if few, many := instructions(2), instructions(50); few != many {
		t.Errorf("%d instructions of 2 lanes, %d of 50", few, many)
	}
}

// A value given for a node has one more axis, whichever of the two asks.
func TestAtOnceWantsLanes(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Input("x", 2)
		lanes.AtOnce(3, []*graph.Node{x}, map[*graph.Node]*graph.Node{x: s.Input("all", 2, 2)})
	})
	if err == nil || !strings.Contains(err.Error(), "lanes: all of shape [2 2] for one of shape [2], want [3 2]") {
		t.Errorf("error %v", err)
	}
}
