package lanes_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/lanes"
)

// A loop and its gradient are those of each lane.
func TestScanOverLanes(t *testing.T) {
	const k = 3
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		f := func(w, h *graph.Node) []*graph.Node {
			x := graph.Tensor([]float64{1, -2, .5, 3}, 4)
			last, all := graph.Scan(graph.Loop{}, []*graph.Node{h}, []*graph.Node{x}, func(h, x []*graph.Node) (next, outs []*graph.Node) {
				y := graph.Tanh(h[0].Mul(w).Add(x[0]))
				return []*graph.Node{y}, []*graph.Node{y.Square()}
			})
			cost := last[0].Add(graph.Sum(all[0]))
			return append(graph.Grad(cost, []*graph.Node{w, h}), cost)
		}
		w, h := s.Input("w"), s.Input("h")
		all := s.Tensor([]float64{.3, -1, 2, .1, .2, .3}, 2, k)
		of := func(row, lane int) *graph.Node {
			return graph.Reshape(graph.Slice(graph.Slice(all, 0, row, row+1), 1, lane, lane+1))
		}
		with := map[*graph.Node]*graph.Node{w: graph.Reshape(graph.Slice(all, 0, 0, 1), k), h: graph.Reshape(graph.Slice(all, 0, 1, 2), k)}
		for i, wide := range lanes.Over(k, f(w, h), with) {
			for lane := range k {
				want := f(of(0, lane), of(1, lane))[i]
				s.In(string(rune('a'+i))).Output(string(rune('a'+lane)), graph.Reshape(graph.Slice(wide, 0, lane, lane+1)).Sub(want))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Outputs() {
		if v, err := p.Value(name); err != nil || !(math.Abs(v[0]) < 1e-13) {
			t.Errorf("%s: differs by %v (%v)", name, v, err)
		}
	}
}
