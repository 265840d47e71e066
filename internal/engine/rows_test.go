package engine_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// apart is a loop with most of what a step may do with rows, its outputs and gradients:
// mix, if not nil, changes the state after a step.
func apart(l graph.Loop, rows, width int, mix func(y *op.Node) *op.Node) func(w *world) []*op.Node {
	return func(w *world) []*op.Node {
		x := w.in("x", 4, 1, rows, width)
		own, u, c := w.in("own", rows, width), w.in("u", width, 2*width), w.in("c", width)
		w.set(u, func(i int) float64 { return w.mem[u].At(i) / float64(width) })
		h := w.in("h", 1, width)
		first := graph.BroadcastTo(h, 1, rows, width)
		_, all := graph.Scan(l, []*op.Node{first}, []*op.Node{x}, func(s, in []*op.Node) (next, outs []*op.Node) {
			p := graph.Reshape(graph.MatMul(graph.Reshape(s[0], rows, width), u), 1, rows, 2*width)
			a, b := graph.Cols(p, 0, width), graph.Cols(p, width, 2*width)
			y := graph.Tanh(a.Add(in[0]).Add(own)).Mul(graph.Sigmoid(b).Add(graph.BroadcastTo(c, rows, width)))
			t := graph.Transpose(graph.Concat(-1, y, in[0]), 2, 0, 1)
			z := graph.Sum(graph.Reshape(t, 2, width, rows), 0)
			if y = graph.Where(a.Gt(b), y, y.Scale(.5)); mix != nil {
				y = mix(y)
			}
			return []*op.Node{y}, []*op.Node{y, graph.Sum(graph.Transpose(z, 1, 0).Square(), -1)}
		})
		cost := graph.Mean(all[0].Square()).Add(graph.Mean(all[1]))
		return append(graph.Grad(cost, []*op.Node{x, own, u, c, h}), all...)
	}
}

// overRows makes rows depend on each other.
func overRows(y *op.Node) *op.Node { return y.Sub(graph.Mean(y, 1, 2).Scale(.1)) }

func init() {
	models["scan of rows apart"] = gated(5, 50, 48)
	models["scan of many operations on rows"] = apart(graph.Loop{Reverse: true}, 34, 64, nil)
	models["scan of rows computed again"] = apart(graph.Loop{Recompute: true}, 34, 64, nil)
	models["scan of rows together"] = apart(graph.Loop{}, 34, 64, overRows)
}

// Rows are computed apart where each depends on itself alone, also where what is the
// same at all steps gets a derivative, a sum over rows.
func TestScanOfRowsApart(t *testing.T) {
	for _, c := range []struct {
		f      func(w *world) []*op.Node
		pieces string
		loops  int
	}{
		{gated(5, 50, 48), "3×", 2},
		{gated(5, 31, 48), "0×", 2},
		{gated(20, 64, 4), "0×", 2},
		{gated(3, 32, 512), "0×", 2}, // its matrices are more than a cache
		{apart(graph.Loop{Reverse: true}, 34, 64, nil), "2×", 2},
		{apart(graph.Loop{Recompute: true}, 34, 64, nil), "2×", 2},
		{apart(graph.Loop{}, 34, 64, overRows), "0×", 2},
	} {
		w, outs := build(t, op.Float32, c.f)
		text := compile(t, w, outs).Explain()
		if n := strings.Count(text, c.pieces+"  rule    scan"); n != c.loops {
			t.Errorf("%d loops in %s pieces, want %d:\n%s", n, c.pieces, c.loops, text)
		}
	}
}

// soon is a context that is done after Err was called so many times.
type soon struct {
	context.Context
	left atomic.Int64
}

func (c *soon) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// A loop that is stopped says at which step, in whichever piece.
func TestScanOfRowsApartStops(t *testing.T) {
	w, outs := build(t, op.Float32, gated(5, 50, 48))
	p := compile(t, w, outs)
	c := &soon{Context: context.Background()}
	c.left.Store(12)
	if err := p.Run(c); err == nil || !strings.Contains(err.Error(), "step ") {
		t.Errorf("error %v, want one of a step", err)
	}
	run(t, p)
}
