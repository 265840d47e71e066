package engine_test

import (
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// Each pass on a small graph that shows what it decides.
func TestPasses(t *testing.T) {
	for _, c := range []struct {
		pass, name string
		f          func(w *world) []*op.Node
		want       string
	}{
		{"load", "equal expressions, constants and what comes to nothing", func(w *world) []*op.Node {
			x := w.in("x", 2, 3)
			y := graph.Exp(x).Add(graph.Exp(x.Neg().Neg()))
			return []*op.Node{graph.Transpose(graph.Transpose(y, 1, 0), 1, 0).Scale(2).Mul(w.Const(3)), w.Const(2).Add(w.Const(3))}
		}, `
  0 = leaf [2 3]
  1 = exp 0 [2 3]
  2 = neg 0 [2 3]
  3 = add 1 1 [2 3]
  4 = transpose{[1 0]} 3 [3 2]
  5 = scale{2} 3 [2 3]
  6 = 3 []
  7 = scale{6} 3 [2 3]
  8 = 2 []
  9 = 5 []
`},
		{"lower", "a product with its bias and function, a view, and a copy of one", func(w *world) []*op.Node {
			x := w.in("x", 20, 30)
			h := graph.Tanh(graph.Linear(x, w.in("w", 30, 40), w.in("b", 40)))
			return []*op.Node{graph.CumSum(graph.Cols(h, 3, 5), 0), graph.Sum(graph.Exp(graph.Reshape(h, 800)))}
		}, `
  5 = tanh 0 1 3 [20 40] by product 20×30 · 30×40 + bias, tanh
 11 = copy [5] [20 2] by loop
  7 = cumsum{0 false} 11 [20 2] by direct, output
  9 = exp [5] [800] by loop
 10 = sum[0] 9 [] by loop, output
`},
		{"classify", "shapes of one size that one grid refines, and one that it does not", func(w *world) []*op.Node {
			x := graph.Exp(w.in("x", 6, 4))
			y := graph.Sin(graph.Reshape(x, 3, 8))
			return []*op.Node{graph.Sum(y, 1), graph.Tanh(graph.Reshape(graph.Transpose(graph.CumSum(x, 1), 1, 0), 8, 3))}
		}, `
  1 = exp 0 [6 4] by loop, grid [3 2 4]
  3 = sin [1] [3 8] by loop, grid [3 2 4]
  4 = sum[1] 3 [3] by loop, output, grid [3 2 4]
  5 = cumsum{1 false} 1 [6 4] by direct
  6 = transpose{[1 0]} 5 [4 6] by direct
  8 = tanh [6] [8 3] by loop, output, grid [8 3]
`},
		{"schedule", "a function waits for the first that wants it; a copy of a cheap one for the second", func(w *world) []*op.Node {
			x := w.in("x", 300, 300)
			square := x.Square()
			y := graph.Sum(graph.Exp(square), -1)
			return []*op.Node{graph.Sum(square.Mul(graph.ExpandDims(y, 1)), 0)}
		}, `
stage 0: 1 2 3!, reads 0
stage 1: 7 5 6!, reads 0 3
`},
		{"loop", "a slope inlined, operands of one row and of one column", func(w *world) []*op.Node {
			x, row, col := w.in("x", 500, 300), w.in("row", 300), w.in("col", 500, 1)
			y := graph.Tanh(x.Mul(row).Add(col))
			return append([]*op.Node{y}, graph.Grad(graph.Sum(y.Mul(row)), []*op.Node{x})...)
		}, `
stage 0: 2 4 5! 10 12 13 14!, reads 0 1 3: loop    [500 300] 2 in +1 stretched, 2 out: mul add tanh tanh′ mul
`},
		{"split", "sums of rows and of columns", func(w *world) []*op.Node {
			x := graph.Exp(w.in("x", 600, 400))
			return []*op.Node{graph.Sum(x, 1), graph.Sum(graph.Log(w.in("y", 3, 50000)), 0)}
		}, `
stage 0: 1 2!, reads 0: 16× of 600×400
stage 0: 4 5!, reads 3: 16× of 3×50000
`},
		{"live", "what is read in a later phase, and an output", func(w *world) []*op.Node {
			x := graph.CumSum(graph.Exp(w.in("x", 64)), 0)
			y := graph.CumSum(graph.Exp(x), 0)
			return []*op.Node{y, graph.CumSum(x.Mul(y), 0)}
		}, `
  1 [64]: phase 0 to 1
  2 [64]: phase 1 to 4
  3 [64]: phase 2 to 3
  4 [64]: phase 3 to the end
  5 [64]: phase 4 to 5
  6 [64]: phase 5 to the end
`},
		{"place", "a result in the place of its operand, and memory used again", func(w *world) []*op.Node {
			x := graph.CumSum(graph.Exp(w.in("x", 64)), 0)
			y := graph.CumSum(graph.Exp(x), 0)
			return []*op.Node{graph.Sum(graph.CumSum(graph.Sin(y), 0))}
		}, `
stage 0: 1!, reads 0, 1 at 0
stage 1: 2!, reads 1, 2 at 64
stage 2: 3!, reads 2, 3 at 64
stage 3: 4!, reads 3, 4 at 0
stage 4: 5!, reads 4, 5 at 0
stage 5: 6!, reads 5, 6 at 64
stage 6: 7!, reads 6, 7 at 0
arena 128
`},
	} {
		t.Run(c.pass, func(t *testing.T) {
			w, outs := build(t, op.Float32, c.f)
			got, err := engine.ExplainPasses(outs, w.leafOf, c.pass)
			if err != nil {
				t.Fatal(err)
			}
			if want := "\n" + c.pass + c.want; got != want {
				t.Errorf("%s: after the pass:\n%s\nwant\n%s", c.name, got, want)
			}
		})
	}
	w, outs := build(t, op.Float32, models["vae"])
	text, err := engine.ExplainPasses(outs, w.leafOf)
	for _, pass := range []string{"load", "lower", "classify", "schedule", "loop", "split", "fold", "live", "place"} {
		if err != nil || !strings.Contains(text, "\n"+pass+"\n") {
			t.Errorf("nothing after %s: %v", pass, err)
		}
	}
}
