package engine_test

import (
	"slices"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// TestUnknownRule runs a rule the engine has never heard of, between others.
func TestUnknownRule(t *testing.T) {
	both(t, func(w *world) []*op.Node {
		x := graph.Exp(graph.Cols(w.in("x", 5, 9), 2, 6))
		return []*op.Node{graph.Tanh(op.Apply(backwards{}, graph.Cols(x, 0, 3), x))}
	})
}

// backwards is its first operand in the order opposite.
type backwards struct{}

func (backwards) Shape(in [][]int) ([]int, error) { return slices.Clone(in[0]), nil }

func (backwards) Eval(out op.Array, in []op.Array) error {
	for i := range out.Len() {
		out.Set(i, in[0].At(out.Len()-1-i)+in[1].At(0))
	}
	return nil
}

func (backwards) Diff([]*op.Node, *op.Node, *op.Node, []bool) []*op.Node { return nil }

func TestForeignOperation(t *testing.T) {
	both(t, func(w *world) []*op.Node {
		x := graph.Exp(w.in("x", 5, 4))
		y, err := gorgonia.Cube(x.Gorgonia())
		if err != nil {
			t.Fatal(err)
		}
		z, err := gorgonia.Sum(y, 1)
		if err != nil {
			t.Fatal(err)
		}
		sum := graph.FromGorgonia(z)
		return []*op.Node{graph.Tanh(graph.FromGorgonia(y).Scale(.1)), sum, graph.Log(sum)}
	})
}
