package engine_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// A large product looks for zeros if its first matrix is data, through however
// many functions.
func TestLooksForZeros(t *testing.T) {
	for _, c := range []struct {
		name string
		want int
		f    func(x, y *op.Node) *op.Node
	}{
		{"data", 1, func(x, y *op.Node) *op.Node { return graph.MatMul(x, y) }},
		{"transposed", 1, func(x, y *op.Node) *op.Node { return graph.MatMul(graph.Transpose(x, 1, 0), y) }},
		{"second transposed", 0, func(x, y *op.Node) *op.Node { return graph.MatMulT(x, y) }},
		{"small", 0, func(x, y *op.Node) *op.Node { return graph.MatMul(graph.Cols(x, 0, 30), graph.Slice(y, 0, 0, 30)) }},
		{"sums", 0, func(x, y *op.Node) *op.Node { return graph.MatMul(graph.CumSum(x, 1), y) }},
		{"a long function", 1, func(x, y *op.Node) *op.Node {
			for range 60 {
				x = x.Mul(x.Shift(.5))
			}
			return graph.MatMul(x, y)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := func(w *world) []*op.Node {
				x := w.set(w.in("x", 230, 230), func(int) float64 {
					if w.rnd.IntN(9) > 0 {
						return 0
					}
					return w.rnd.Float64() / 2
				})
				return []*op.Node{c.f(x, w.in("y", 230, 230))}
			}
			both(t, f)
			w, outs := build(t, op.Float32, f)
			if text := compile(t, w, outs).Explain(); strings.Count(text, "zeros skipped") != c.want {
				t.Error(text)
			}
		})
	}
}

// A plan sees the zeros of each run.
func TestZerosComeAndGo(t *testing.T) {
	var x, z *op.Node
	w, outs := build(t, op.Float32, func(w *world) []*op.Node {
		var y *op.Node
		x, y = w.in("x", 230, 230), w.in("y", 230, 230)
		z = graph.MatMul(x, y)
		return []*op.Node{z}
	})
	plan := compile(t, w, outs)
	for turn := range 5 {
		w.set(x, func(i int) float64 {
			if turn%3 < 2 && (i+turn)%5 > 0 {
				return 0
			}
			return w.rnd.NormFloat64()
		})
		fresh := compile(t, w, outs)
		run(t, plan)
		run(t, fresh)
		for i, v := range fresh.Value(z).F32 {
			if got := plan.Value(z).F32[i]; got != v {
				t.Fatalf("run %d: element %d is %v, want %v", turn, i, got, v)
			}
		}
	}
}
