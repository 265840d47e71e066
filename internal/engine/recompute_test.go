package engine_test

import (
	"strings"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// A plain function of a large leaf is computed again where a later stage wants
// it, once for all that do, unless it is in memory anyway.
func TestRecomputes(t *testing.T) {
	for _, c := range []struct {
		name    string
		rows    int
		squares int // computed
		more    func(x, square *op.Node) *op.Node
	}{
		{"loops", 300, 2, func(x, square *op.Node) *op.Node { return graph.Sum(square) }},
		{"small", 100, 1, func(x, square *op.Node) *op.Node { return graph.Sum(square) }},
		{"output", 300, 1, func(x, square *op.Node) *op.Node { return square }},
		{"product", 300, 1, func(x, square *op.Node) *op.Node { return graph.MatMul(x, square) }},
		{"reshaped", 300, 1, func(x, square *op.Node) *op.Node { return graph.Exp(graph.Reshape(square, 300*300)) }},
		{"foreign", 300, 1, func(x, square *op.Node) *op.Node {
			y, err := gorgonia.Cube(square.Gorgonia())
			if err != nil {
				t.Fatal(err)
			}
			return graph.FromGorgonia(y)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := func(w *world) []*op.Node {
				x, theta := w.in("x", 10, c.rows), w.in("theta", c.rows, 300)
				square := theta.Square()
				y := graph.Tanh(graph.MatMul(x, graph.Exp(square.Neg()).Scale(.1)))
				z := graph.MatMulT(graph.Transpose(x, 1, 0), graph.Transpose(y, 1, 0)).Mul(square)
				return []*op.Node{graph.Sum(z.Add(graph.Sin(square))), c.more(x, square)}
			}
			both(t, f)
			w, outs := build(t, op.Float32, f)
			if text := compile(t, w, outs).Explain(); strings.Count(text, "square") != c.squares {
				t.Errorf("not %d squares\n%s", c.squares, text)
			}
		})
	}
}
