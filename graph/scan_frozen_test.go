package graph_test

import (
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
)

// A loop over frozen parameters has the bits of one over those that train.
func TestFrozenScan(t *testing.T) {
	model := func(s *scope) {
		w, u := s.Param("w", graph.Gaussian{Std: .3}, 40, 40), s.Param("u", graph.Gaussian{Std: .3}, 40, 40)
		x := s.Input("x", 7, 5, 40)
		tril := graph.Tril(w, 0) // of parameters alone
		last, all := graph.Scan(graph.Loop{}, []*node{graph.BroadcastTo(s.Const(0), 5, 40)}, []*node{x}, func(h, x []*node) (next, outs []*node) {
			y := graph.Tanh(graph.MatMul(h[0], tril).Add(graph.MatMulT(x[0], u)))
			return []*node{y}, []*node{y.Square()}
		})
		s.Output("last", last[0])
		s.Output("all", all[0])
	}
	params := &graph.Params{Seed: 1}
	p := build(t, params, model)
	frozen, err := graph.Freeze(params, graph.Freezing{})
	if err != nil {
		t.Fatal(err)
	}
	q, err := frozen.Build(model)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 7*5*40)
	for i := range x {
		x[i] = float32(i%11)/5 - 1
	}
	values := map[string][]float64{}
	for _, prog := range []*graph.Program{p, q, q} {
		if err := graph.Feed(prog, "x", x); err != nil {
			t.Fatal(err)
		}
		run(t, prog, graph.Key{})
		for _, name := range []string{"last", "all"} {
			v, err := prog.Value(name)
			if err != nil {
				t.Fatal(err)
			}
			if want := values[name]; want != nil && !slices.Equal(v, want) {
				t.Errorf("%s: %v, want %v", name, v[:5], want[:5])
			}
			values[name] = v
		}
	}
}
