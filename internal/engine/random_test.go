package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// A grower makes a random graph. Its values stay within a few units, so that
// rounding does too.
type grower struct {
	*world
	t     *rapid.T
	nodes []*op.Node
	leafs []*op.Node
}

func (g *grower) pick(label string, n int) int { return rapid.IntRange(0, n-1).Draw(g.t, label) }

// node prefers recent nodes, so that graphs grow deep.
func (g *grower) node() *op.Node {
	n := len(g.nodes)
	return g.nodes[n-1-g.pick("node", min(n, 1+g.pick("depth", n)))]
}

func (g *grower) leaf(shape ...int) *op.Node {
	n := g.in(fmt.Sprint("leaf", len(g.leafs)), shape...)
	g.leafs = append(g.leafs, n)
	return n
}

func (g *grower) shape() []int {
	sizes := []int{1, 1, 2, 3, 4, 7, 12}
	s := make([]int, g.pick("rank", 4))
	for i := range s {
		s[i] = sizes[g.pick("size", len(sizes))]
	}
	if len(s) > 0 && g.pick("wide", 6) == 0 {
		s[len(s)-1] = []int{300, 1100, 40}[g.pick("width", 3)]
	}
	if len(s) > 1 && g.pick("tall", 6) == 0 {
		s[0] = 90
	}
	if op.Size(s) > 30000 {
		return []int{3, 4}
	}
	return s
}

// mate returns a node that broadcasts with x.
func (g *grower) mate(x *op.Node) *op.Node {
	for range 4 {
		y := g.node()
		if s, err := op.Broadcast(x.Shape(), y.Shape()); err == nil && op.Size(s) <= 60000 {
			return y
		}
	}
	s := x.Shape()
	s = s[g.pick("drop", len(s)+1):]
	for i := range s {
		if g.pick("one", 3) == 0 {
			s[i] = 1
		}
	}
	return g.leaf(s...)
}

func (g *grower) grow() *op.Node {
	x := g.node()
	s := x.Shape()
	axis := 0
	if len(s) > 0 {
		axis = g.pick("axis", len(s))
	}
	tame := func(n *op.Node) *op.Node { return graph.Tanh(n.Scale(.5)) }
	switch k := g.pick("op", 28); k {
	case 0:
		fs := []func(*op.Node) *op.Node{(*graph.Node).Neg, graph.Tanh, graph.Sigmoid, graph.Relu, graph.StopGrad, graph.Sin, graph.Abs, graph.Gelu, graph.Erf}
		return fs[g.pick("f", len(fs))](x)
	case 1:
		return x.Scale([]float64{1, -1, .5, -.3, 2e-3}[g.pick("a", 5)])
	case 2:
		return tame(x.Shift([]float64{0, 1, -1, .25}[g.pick("a", 4)]))
	case 3:
		return tame(graph.Exp(graph.Tanh(x)))
	case 4:
		return tame(graph.Softplus(x))
	case 5:
		return tame(x.Square())
	case 6, 7:
		return tame(x.Add(g.mate(x)))
	case 8:
		return tame(x.Sub(g.mate(x)))
	case 9, 10:
		return tame(x.Mul(g.mate(x)))
	case 11:
		return tame(x.Div(g.mate(x).Square().Shift(1)))
	case 12:
		return graph.Max(x, g.mate(x))
	case 13:
		return graph.Where(x.Gt(g.Const(.1)), g.mate(x), x)
	case 14:
		if len(s) == 0 {
			return x
		}
		return tame(graph.Mean(x, axis))
	case 15:
		if len(s) == 0 {
			return x
		}
		return tame(graph.LogSumExp(x, axis))
	case 16:
		if len(s) == 0 {
			return x
		}
		return x.Sub(graph.BroadcastTo(graph.ExpandDims(graph.MaxOver(x, -1), -1), s...))
	case 17:
		return graph.Reshape(x, op.Size(s))
	case 18:
		if len(s) < 2 {
			return x
		}
		perm := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := range len(s) {
				if !yield(i) {
					return
				}
			}
		})).Draw(g.t, "perm")
		return graph.Transpose(x, perm...)
	case 19:
		if len(s) == 0 {
			return x
		}
		from := g.pick("from", s[axis])
		return graph.Slice(x, axis, from, from+1+g.pick("count", s[axis]-from))
	case 20:
		if len(s) == 0 || op.Size(s) > 20000 {
			return x
		}
		return graph.Concat(axis, x, tame(x))
	case 21:
		if len(s) == 0 || op.Size(s) > 20000 {
			return x
		}
		return graph.Pad(x, axis, g.pick("before", 3), g.pick("after", 3))
	case 22, 23:
		if len(s) < 2 {
			return x
		}
		k := s[len(s)-1]
		w := g.leaf(k, 1+g.pick("cols", 9))
		return tame(graph.Linear(x, w, g.leaf(w.Shape()[1])).Scale(1 / float64(k)))
	case 24:
		if len(s) < 2 || op.Size(s) > 2000 {
			return x
		}
		return tame(graph.MatMulT(x, x))
	case 25:
		l := g.mate(x)
		return tame(x.Mul(l).Sub(graph.Softplus(l)))
	case 26:
		if len(s) == 0 {
			return x
		}
		return []func(*op.Node) *op.Node{graph.Softmax, graph.LogSoftmax}[g.pick("f", 2)](x)
	default:
		if len(s) == 0 {
			return x
		}
		return tame(graph.CumSum(x, axis).Scale(1 / float64(s[axis])))
	}
}

func TestRandomGraphs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dt, tol := op.Float64, 1e-12
		if rapid.Bool().Draw(rt, "single") {
			dt, tol = op.Float32, 1e-3
		}
		g := &grower{world: newWorld(dt), t: rt}
		g.unit = 1
		var outs []*op.Node
		err := g.Do(func() {
			for range 3 {
				g.nodes = append(g.nodes, g.leaf(g.shape()...))
			}
			for range 2 + g.pick("nodes", 40) {
				g.nodes = append(g.nodes, g.grow())
			}
			for range 1 + g.pick("outs", 4) {
				outs = append(outs, g.node())
			}
			if g.pick("grad", 3) > 0 {
				cost := g.Const(0)
				for _, n := range outs {
					cost = cost.Add(graph.Mean(n))
				}
				outs = append(outs, cost)
				outs = append(outs, graph.Grad(cost, g.leafs)...)
			}
		})
		if err != nil {
			rt.Fatal(err)
		}
		g.agree(rt, tol, outs...)
	})
}
