// Package lanes repeats a computation over lanes, side by side in one graph, as
// chains of a sampler need it: what is written for one point is computed at K
// points at once, each operation by one that has an axis of K in front. What does
// not depend on the point stays as it is and is computed once.
//
// lanes.go walks the graph; rules.go says of each operation what it is with the
// axis in front; product.go of matrix products.
package lanes

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Over returns, for each node of outs, a node [K, shape…] with what the node is at
// K points: with maps leaves, and any other nodes, to what stands for them, [K,
// shape…]. Nothing passes from one lane to another, so that a NaN stays in its own.
func Over(k int, outs []*graph.Node, with map[*graph.Node]*graph.Node) []*graph.Node {
	for n := range with {
		op.Check(n, "lanes of")
	}
	return new(lanes).over(k, outs, with)
}

// AtOnce is Over with all derivatives, in a graph whose size does not depend on k;
// false if an operation is none over all lanes, or has a derivative of its own. The
// leaves may be those of a Scan that has ended.
func AtOnce(k int, outs []*graph.Node, with map[*graph.Node]*graph.Node) ([]*graph.Node, bool) {
	l := lanes{whole: true}
	wide := l.over(k, outs, with)
	return wide, !l.refused
}

func (l *lanes) over(k int, outs []*graph.Node, with map[*graph.Node]*graph.Node) []*graph.Node {
	l.k, l.of = k, map[*graph.Node]*graph.Node{}
	for n, x := range with {
		op.Check(x, "lanes of "+n.String())
		if want := l.shape(n.Shape()); !slices.Equal(x.Shape(), want) {
			graph.Fail("lanes: %s of shape %v for one of shape %v, want %v", x, x.Shape(), n.Shape(), want)
		}
		l.of[n] = x
	}
	for _, n := range op.Needed(outs...) {
		if l.of[n] == nil && op.RuleOf(n) != nil && !l.refused {
			l.visit(n)
		}
	}
	if l.refused {
		return nil
	}
	wide := make([]*graph.Node, len(outs))
	for i, n := range outs {
		wide[i] = l.wide(n)
	}
	return wide
}

type lanes struct {
	k  int
	of map[*graph.Node]*graph.Node // what depends on the point, [K, shape…]

	whole, refused bool // see AtOnce
}

// shape is that of the lanes of a node.
func (l *lanes) shape(sh []int) []int { return append([]int{l.k}, sh...) }

// wide returns the lanes of a node, the same in each if it has none of its own.
func (l *lanes) wide(n *graph.Node) *graph.Node {
	if x := l.of[n]; x != nil {
		return x
	}
	return op.Stretch(n, l.shape(n.Shape()))
}

// visit gives a node its lanes if an operand has some.
func (l *lanes) visit(n *graph.Node) {
	in := op.Inputs(n)
	if !slices.ContainsFunc(in, func(c *graph.Node) bool { return l.of[c] != nil }) {
		return
	}
	switch r := op.RuleOf(n).(type) {
	case *op.Custom: // of which only the value is left
		l.refused = l.whole
		if x := l.of[in[0]]; x != nil {
			l.of[n] = x
			return
		}
		l.of[n] = l.wide(in[0])
	case op.MatMul:
		l.of[n] = l.product(r, n, in[0], in[1])
	case op.SolveLower:
		l.of[n] = l.solve(r, n, in[0], in[1])
	default:
		l.of[n] = l.apply(r, n, in)
	}
}
