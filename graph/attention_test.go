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
func attentionOfNodes(q, k, v, mask *node) *node {
	d := q.Shape()[len(q.Shape())-1]
	scores := graph.MatMulT(q, k).Scale(1 / math.Sqrt(float64(d)))
	if mask == nil {
		return graph.MatMul(graph.Softmax(scores), v)
	}
	for len(scores.Shape()) < len(mask.Shape()) {
		scores, v = graph.ExpandDims(scores, 0), graph.ExpandDims(v, 0)
	}
	return graph.MatMul(graph.Where(mask, graph.Softmax(graph.Where(mask, scores, graph.Const(-1e30))), graph.Const(0)), v)
}

// Heads are parts of the columns, leading axes broadcast, and gradients of every order
// are right; in one head also those of third order are those of the nodes.
func TestAttention(t *testing.T) {
	for _, c := range []struct {
		q, k, v []int
		heads   int
		mask    []int // nil: there is none
	}{
		{[]int{3, 2}, []int{4, 2}, []int{4, 2}, 1, nil},
		{[]int{2, 3, 4}, []int{2, 3, 4}, []int{2, 3, 4}, 2, nil},
		{[]int{2, 1, 3, 3}, []int{2, 5, 3}, []int{5, 3}, 3, nil},
		{[]int{3, 2}, []int{4, 2}, []int{4, 2}, 1, []int{3, 4}},
		{[]int{2, 3, 4}, []int{2, 3, 4}, []int{2, 3, 4}, 2, []int{2, 1, 3}},
		{[]int{2, 1, 3, 3}, []int{2, 5, 3}, []int{5, 3}, 3, []int{3, 5}},
		{[]int{3, 2}, []int{4, 2}, []int{4, 2}, 2, []int{2, 3, 1}},
		{[]int{3, 3, 2}, []int{4, 2}, []int{4, 2}, 1, []int{2, 1, 3, 4}},
	} {
		t.Run(fmt.Sprint(c.q, c.heads, c.mask), func(t *testing.T) {
			var mask *node
			masked := func() *node {
				if c.mask == nil {
					return nil
				}
				seen := make([]float64, graph.Size(c.mask))
				for i := range seen {
					seen[i] = float64(i * (i + 1) % 3) // of the first keys none
				}
				return graph.Tensor(seen, c.mask...)
			}
			in := []gradcheck.Input{gradcheck.Between(-1, 2, c.q...), gradcheck.Between(-2, 1, c.k...), gradcheck.Between(-1, 1, c.v...)}
			f := func(_ *scope, x []*node) *node {
				if mask = masked(); mask != nil {
					return graph.MaskedAttention(x[0], x[1], x[2], mask, c.heads)
				}
				return graph.Attention(x[0], x[1], x[2], c.heads)
			}
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
					parts = append(parts, attentionOfNodes(cut(x[0]), cut(x[1]), cut(x[2]), mask))
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
		"attention: mask [3 5] of 4 keys": func(s *scope) *node {
			return graph.MaskedAttention(s.Input("q", 3, 2), s.Input("k", 4, 2), s.Input("v", 4, 2), s.Input("m", 3, 5), 1)
		},
		"attention: mask [4] of 4 keys": func(s *scope) *node {
			return graph.MaskedAttention(s.Input("q", 3, 2), s.Input("k", 4, 2), s.Input("v", 4, 2), s.Input("m", 4), 1)
		},
		"attention: mask [2 4] of queries [3 2] and keys [4 2]": func(s *scope) *node {
			return graph.MaskedAttention(s.Input("q", 3, 2), s.Input("k", 4, 2), s.Input("v", 4, 2), s.Input("m", 2, 4), 1)
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
