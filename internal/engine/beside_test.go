package engine_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// gates is a loop with two gates of one map of inputs, a product of all steps, and one of
// the state; its gradients. also is what else reads the map of the inputs.
func gates(rows, inputs, width int, also func(x *op.Node) *op.Node) func(w *world) []*op.Node {
	return func(w *world) []*op.Node {
		const steps = 5
		x := w.in("x", steps, rows, inputs)
		w.set(x, func(i int) float64 { return float64(i % 7 / 6) })
		v, b, u := w.in("v", inputs, 2*width), w.in("b", 2*width), w.in("u", width, 2*width)
		w.set(u, func(i int) float64 { return w.mem[u].At(i) / float64(width) })
		in := graph.Linear(x, v, b)
		first := w.in("h", rows, width)
		last, all := graph.Scan(graph.Loop{}, []*op.Node{first}, []*op.Node{in}, func(s, in []*op.Node) (next, outs []*op.Node) {
			p := graph.MatMul(s[0], u)
			a := graph.Sigmoid(graph.Cols(in[0], 0, width).Add(graph.Cols(p, 0, width)))
			c := graph.Tanh(graph.Cols(in[0], width, 2*width).Add(a.Mul(graph.Cols(p, width, 2*width))))
			h := s[0].Add(a.Mul(c.Sub(s[0])))
			return []*op.Node{h}, []*op.Node{h}
		})
		cost := graph.Mean(last[0].Square()).Add(graph.Mean(all[0].Square()))
		if also != nil {
			cost = cost.Add(graph.Mean(also(in)))
		}
		return append(graph.Grad(cost, []*op.Node{x, v, b, u, first}), cost)
	}
}

func init() {
	models["gates"] = gates(32, 40, 32, nil)
	models["gates of many inputs that are zeros"] = gates(40, 300, 160, nil)
	models["gates of narrow columns"] = gates(20, 8, 12, nil)
	models["gates whose inputs others read"] = gates(32, 40, 32, graph.Exp)
	models["columns that products and others read"] = func(w *world) []*op.Node {
		x, y := graph.Tanh(w.in("x", 40, 32)), graph.Exp(w.in("y", 40, 32))
		z, v, u := w.in("z", 40, 24), w.in("v", 64, 20), w.in("u", 96, 20)
		deep := graph.Reshape(graph.Concat(2, graph.Reshape(graph.Concat(1, x, y), 2, 20, 64), graph.Reshape(graph.Concat(1, y, y), 2, 20, 64)), 40, 128)
		rows := graph.Reshape(graph.Concat(1, graph.Erf(x), y), 4, 10, 64)
		both, three := graph.Concat(1, x, y), graph.Concat(1, y, y.Square(), x)
		return []*op.Node{graph.MatMul(rows, v), graph.MatMul(deep, w.in("t", 128, 24)), graph.MatMul(graph.Transpose(both, 1, 0), both),
			graph.MatMul(both, v), graph.MatMul(graph.Transpose(z, 1, 0), both), graph.MatMul(three, u), graph.Sum(three, 1),
			graph.Relu(graph.Linear(graph.Concat(1, x, both), u, w.in("c", 20))), graph.Sum(graph.Concat(1, y, both), 0)}
	}
}

// Gates are read, and their derivatives, where each is computed.
func TestGatesSideBySide(t *testing.T) {
	for _, c := range []struct {
		f      func(w *world) []*op.Node
		beside int // products that read matrices side by side
		joins  int // concats
		apart  bool
	}{
		{gates(32, 40, 32, nil), 4, 1, true},
		{gates(20, 8, 12, nil), 0, 2, false},
		{gates(32, 40, 32, graph.Exp), 2, 1, false},
	} {
		w, outs := build(t, op.Float32, c.f)
		text := w.agree(t, 1e-5, outs...).Explain()
		if n := strings.Count(text, "side by side"); n != c.beside {
			t.Errorf("%d products of matrices side by side, want %d:\n%s", n, c.beside, text)
		}
		if n := strings.Count(text, "concat{"); n != c.joins {
			t.Errorf("%d concats, want %d:\n%s", n, c.joins, text)
		}
		if apart := strings.Contains(text, "· 40×32 + bias"); apart != c.apart {
			t.Errorf("products of gates apart: %v, want %v:\n%s", apart, c.apart, text)
		}
	}
}
