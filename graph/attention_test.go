package graph_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// attentionOfNodes is attention in one head by products and softmax.
func attentionOfNodes(q, k, v *node) *node {
	d := q.Shape()[len(q.Shape())-1]
	return graph.MatMul(graph.Softmax(graph.MatMulT(q, k).Scale(1/math.Sqrt(float64(d)))), v)
}

// Heads are parts of the columns, leading axes broadcast, and gradients of every order
// are right; in one head also those of third order are those of the nodes.
func TestAttention(t *testing.T) {
	for _, c := range []struct {
		q, k, v []int
		heads   int
	}{
		{[]int{3, 2}, []int{4, 2}, []int{4, 2}, 1},
		{[]int{2, 3, 4}, []int{2, 3, 4}, []int{2, 3, 4}, 2},
		{[]int{2, 1, 3, 3}, []int{2, 5, 3}, []int{5, 3}, 3},
	} {
		t.Run(fmt.Sprint(c.q, c.heads), func(t *testing.T) {
			in := []gradcheck.Input{gradcheck.Between(-1, 2, c.q...), gradcheck.Between(-2, 1, c.k...), gradcheck.Between(-1, 1, c.v...)}
			f := func(_ *scope, x []*node) *node { return graph.Attention(x[0], x[1], x[2], c.heads) }
			gradcheck.Check(t, f, in...)
			gradcheck.CheckSecond(t, f, in...)
			p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
				var x []*node
				for _, v := range in {
					x = append(x, s.Tensor(v.Values, v.Shape...))
				}
				y := f(s, x)
				var parts []*node
				d := c.q[len(c.q)-1] / c.heads
				for h := range c.heads {
					cut := func(n *node) *node { return graph.Cols(n, h*d, (h+1)*d) }
					parts = append(parts, attentionOfNodes(cut(x[0]), cut(x[1]), cut(x[2])))
				}
				want := graph.Concat(-1, parts...)
				for order := range 4 {
					s.Output(fmt.Sprint("difference", order), graph.MaxOver(graph.Abs(y.Sub(want))))
					by := x[order%3]
					y, want = graph.Grad(graph.Sum(graph.Sin(y)), []*node{by})[0], graph.Grad(graph.Sum(graph.Sin(want)), []*node{by})[0]
				}
			})
			run(t, p, graph.Key{})
			for order := range 4 {
				if have := output(t, p, fmt.Sprint("difference", order))[0]; !(have <= 1e-12) {
					t.Errorf("derivative of order %d differs from that of the nodes by %v", order, have)
				}
			}
		})
	}
}

func TestAttentionRefuses(t *testing.T) {
	for want, f := range map[string]func(s *scope) *node{
		"graph: attention: queries [3], keys [4 2] and values [4 2], want rank 2 or more": func(s *scope) *node {
			return graph.Attention(s.Input("q", 3), s.Input("k", 4, 2), s.Input("v", 4, 2), 1)
		},
		"queries [3 2], keys [4 3] and values [4 3], want [… M W], [… N W] and [… N W]": func(s *scope) *node {
			return graph.Attention(s.Input("q", 3, 2), s.Input("k", 4, 3), s.Input("v", 4, 3), 1)
		},
		"3 heads of width 4": func(s *scope) *node {
			x := s.Input("x", 3, 4)
			return graph.Attention(x, x, x, 3)
		},
		"0 heads of width 4": func(s *scope) *node {
			x := s.Input("x", 3, 4)
			return graph.Attention(x, x, x, 0)
		},
		"leading axes do not broadcast": func(s *scope) *node {
			return graph.Attention(s.Input("q", 2, 3, 4), s.Input("k", 3, 3, 4), s.Input("v", 3, 4), 1)
		},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) { s.Output("y", f(s)) })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
