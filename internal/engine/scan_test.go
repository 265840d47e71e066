package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// gated is a gated recurrent unit over time, with the products of the inputs outside
// of the loop, large enough for workers to share a step; its outputs and gradients.
func gated(steps, rows, width int) func(w *world) []*op.Node {
	return func(w *world) []*op.Node {
		x := w.in("x", steps, rows, 3*width)
		u, c := w.in("u", width, 3*width), w.in("c", width)
		w.set(u, func(i int) float64 { return w.mem[u].At(i) / float64(width) })
		h := w.in("h", rows, width)
		last, all := graph.Scan(graph.Loop{}, []*op.Node{h}, []*op.Node{x}, func(s, in []*op.Node) (next, outs []*op.Node) {
			p := graph.MatMul(s[0], u)
			gate := func(x *op.Node, k int) *op.Node { return graph.Cols(x, k*width, (k+1)*width) }
			r := graph.Sigmoid(gate(in[0], 0).Add(gate(p, 0)))
			z := graph.Sigmoid(gate(in[0], 1).Add(gate(p, 1)))
			n := graph.Tanh(gate(in[0], 2).Add(r.Mul(gate(p, 2).Add(c))))
			y := n.Add(z.Mul(s[0].Sub(n)))
			return []*op.Node{y}, []*op.Node{y, r.Square()}
		})
		cost := graph.Mean(last[0].Square()).Add(graph.Mean(all[0].Square()))
		return append(graph.Grad(cost, []*op.Node{x, u, c, h}), all[0], last[0], cost)
	}
}

func init() {
	models["scan"] = gated(6, 64, 32)
	models["scan of small steps"] = gated(20, 3, 5)
}

// What nothing asks for is not computed, and what several Scans of one loop ask for
// is computed by one.
func TestScanComputesWhatIsRead(t *testing.T) {
	w, outs := build(t, op.Float64, func(w *world) []*op.Node {
		x := w.in("x", 4, 3)
		_, all := graph.Scan(graph.Loop{}, []*op.Node{w.in("a", 3), w.in("b", 3)}, []*op.Node{x}, func(s, in []*op.Node) (next, outs []*op.Node) {
			y := graph.Tanh(s[0].Add(in[0]))
			return []*op.Node{y, graph.Exp(s[1])}, []*op.Node{y, graph.Erf(s[1]), graph.Softplus(y)}
		})
		return append(graph.Grad(graph.Sum(graph.Cos(all[0])), []*op.Node{x}), all[0])
	})
	p := w.agree(t, 1e-13, outs...)
	text := p.Explain()
	for _, not := range []string{"exp", "erf", "softplus"} {
		if strings.Contains(text, not) {
			t.Errorf("%s is computed:\n%s", not, text)
		}
	}
	if n := strings.Count(text, "rule    scan of 4 steps"); n != 2 {
		t.Errorf("%d loops, want one and its gradient's:\n%s", n, text)
	}
}

// A program of steps counts its memory and products.
func TestScanWork(t *testing.T) {
	flops := func(steps int) float64 {
		w, outs := build(t, op.Float32, gated(steps, 8, 16))
		products, _ := compile(t, w, outs).FLOPs()
		return products
	}
	if a, b := flops(5), flops(10); a == 0 || b != 2*a {
		t.Errorf("%v and %v", a, b)
	}
	_, err := graph.Build(&graph.Params{MaxBytes: 1 << 20}, func(s *graph.Scope) {
		h := s.Input("h", 1, 100)
		last, _ := graph.Scan(graph.Loop{Steps: 2}, []*op.Node{h}, nil, func(h, _ []*op.Node) (next, outs []*op.Node) {
			return []*op.Node{graph.Sum(graph.Sin(graph.CumSum(graph.BroadcastTo(h[0], 4000, 100), 0)), 0).Add(h[0])}, nil
		})
		s.Output("y", last[0])
	})
	if err == nil || !strings.Contains(fmt.Sprint(err), "Params.MaxBytes") {
		t.Errorf("error %v, want one of memory", err)
	}
}
