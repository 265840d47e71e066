package engine_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// The log probability of a Bernoulli variable and its gradient are steps of
// their own, unless a part of them is wanted too.
func TestBernoulliSteps(t *testing.T) {
	arguments := func(w *world) (x, l *op.Node) {
		return w.set(w.in("x", 60, 300), func(i int) float64 { return float64(i%5) / 4 }), w.in("l", 60, 300)
	}
	expect := func(steps int, f func(w *world) []*op.Node) {
		t.Helper()
		both(t, f)
		w, outs := build(t, op.Float32, f)
		text := compile(t, w, outs).Explain()
		if a, b := strings.Count(text, "bernoulli "), strings.Count(text, "bernoulli′"); a != steps || b != steps {
			t.Errorf("%d and %d steps, want %d\n%s", a, b, steps, text)
		}
	}
	for _, shape := range [][]int{{60, 300}, {60, 1}, {1}} { // of g
		for steps := range 2 {
			expect(steps, func(w *world) []*op.Node {
				x, l := arguments(w)
				g := w.in("g", shape...)
				mul, sigmoid := l.Mul(x), graph.Sigmoid(l)
				outs := []*op.Node{mul.Sub(graph.Softplus(l)), g.Mul(x).Sub(sigmoid.Mul(g))}
				if steps == 0 {
					outs = append(outs, mul, sigmoid)
				}
				return outs
			})
		}
	}
	expect(1, func(w *world) []*op.Node { // by differentiation, with a guard
		x, l := arguments(w)
		y := graph.Where(x.Gt(w.Const(.9)), w.Const(-7), x.Mul(l).Sub(graph.Softplus(l)))
		return append([]*op.Node{y}, graph.Grad(graph.Mean(y), []*op.Node{l})...)
	})
}
