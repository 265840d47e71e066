package prob

import (
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// fit aborts unless each parameter […, D] fits a value x […, D]: its event axis
// is that of x or 1, and its leading axes broadcast with those of x.
func fit(what string, x *graph.Node, params ...*graph.Node) {
	op.Check(x, "value of "+what)
	xs := x.Shape()
	for _, p := range params {
		op.Check(p, "parameter of "+what)
		ps := p.Shape()
		if len(ps) == 0 {
			continue
		}
		d := ps[len(ps)-1]
		_, err := op.Broadcast(xs, ps)
		if len(xs) == 0 || d != 1 && d != xs[len(xs)-1] || err != nil {
			graph.Fail("prob: %s: value of shape %v does not fit a parameter of shape %v", what, xs, []int(ps))
		}
	}
}

// constant aborts where a parameter is a constant with an element that is not
// ok; want says what it should be. Data and results are not looked at.
func constant(what, field string, p *graph.Node, ok func(float64) bool, want string) {
	c, known := op.Constant(p)
	if !known {
		return
	}
	for i := range c.Len() {
		if v := c.At(i); !ok(v) {
			graph.Fail("prob: %s: %s is %v, want %s", what, field, v, want)
		}
	}
}

// above0 and whole are for constant.
func above0(v float64) bool { return v > 0 && !math.IsInf(v, 1) }
func whole(v float64) bool  { return v >= 0 && v == math.Floor(v) && !math.IsInf(v, 1) }

// ranked puts axes of size 1 before those of x up to a rank: a node of another
// node's rank broadcasts with it both ways, one of lower rank does not.
func ranked(x *graph.Node, rank int) *graph.Node {
	missing := max(rank-len(x.Shape()), 0)
	return graph.Reshape(x, append(slices.Repeat([]int{1}, missing), x.Shape()...)...)
}

// inside returns f(x), and −Inf with a zero gradient where out, a mask of x's
// shape, is not 0. f sees the harmless value in place of those outside, so
// that neither it nor its derivative is NaN there; a NaN in x, which no
// comparison marks, goes through f.
func inside(x, out *graph.Node, harmless float64, f func(x *graph.Node) *graph.Node) *graph.Node {
	return graph.Where(out, graph.Const(math.Inf(-1)), f(graph.Where(out, graph.Const(harmless), x)))
}

// weigh returns x·l for x ≥ 0 and a logarithm l, and 0 where x is 0: what does
// not happen may be impossible.
func weigh(x, l *graph.Node) *graph.Node {
	none := x.Eq(graph.Const(0))
	return x.Mul(graph.Where(none, graph.Const(0), l))
}

// score adds log densities over the event axis. An event that is impossible has
// a zero gradient, also by its possible elements.
func score(l *graph.Node) *graph.Node {
	sum := total(l)
	return graph.Where(sum.Eq(graph.Const(math.Inf(-1))), graph.Const(math.Inf(-1)), sum)
}

// notCount marks elements that are not whole numbers from 0 to hi. Infinity is
// none; NaN is not marked.
func notCount(x, hi *graph.Node) *graph.Node {
	var out *graph.Node
	if c, ok := constants(hi); ok {
		out = beyond(x, 0, c[0])
	} else {
		out = graph.Max(x.Lt(graph.Const(0)), x.Gt(hi))
	}
	return graph.Max(out, x.Gt(graph.Floor(x)))
}
