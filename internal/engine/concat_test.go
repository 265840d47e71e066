package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Arrays that are joined one after the other are joined at once, unless a part of
// them is read by others too.
func TestConcatOfConcats(t *testing.T) {
	build := func(w *world) (chain, shared, slices *op.Node) {
		x := w.in("x", 3, 2, 4)
		join := func(n int) *op.Node {
			y := graph.Tanh(w.in(fmt.Sprint("a", n), 3, 1, 4))
			for i := range n {
				y = graph.Concat(1, y, graph.Exp(w.in(fmt.Sprint("a", n, i), 3, i%3, 4)))
			}
			return y
		}
		part := join(3)
		whole := graph.Concat(1, part, x, x)
		seq := w.in("seq", 3, 9, 4)
		var sum *op.Node
		for i := range 9 {
			step := graph.Slice(seq, 1, i, i+1)
			if sum == nil {
				sum = step.Square()
			} else {
				sum = sum.Mul(step).Shift(1)
			}
		}
		return join(7), whole.Add(graph.Sum(part)), graph.Grad(graph.Sum(sum), []*op.Node{seq})[0]
	}
	both(t, func(w *world) []*op.Node { a, b, c := build(w); return []*op.Node{a, b, c} })
	w := newWorld(op.Float32)
	var chain, slices *op.Node
	if err := w.Do(func() { chain, _, slices = build(w) }); err != nil {
		t.Fatal(err)
	}
	for _, n := range []*op.Node{chain, slices} {
		if text := w.agree(t, 5e-5, n).Explain(); strings.Count(text, "concat") != 1 {
			t.Errorf("several concats:\n%s", text)
		}
	}
}
