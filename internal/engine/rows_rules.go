package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// visit finds the extent of a node and its rule for some of the rows. It is false where
// there is none.
func (w *rows) visit(n *op.Node) bool {
	r, in := op.RuleOf(n), op.Inputs(n)
	if r == nil { // a constant
		w.of[n] = same
		return true
	}
	if state := w.total[n]; state != nil {
		x := in[0]
		if x == state {
			x = in[1]
		}
		w.of[n], w.of[state] = w.of[x], w.of[x]
		return slices.Equal(x.Shape(), state.Shape())
	}
	if slices.ContainsFunc(in, func(c *op.Node) bool { return w.of[c] == sumOf }) {
		return w.sum(n, r, in)
	}
	if e, ok := w.guess[n]; ok { // what is the same for all rows, stretched over them
		w.of[n] = e
		return true
	}
	if !slices.ContainsFunc(in, func(c *op.Node) bool { return w.of[c] != same }) {
		w.of[n] = same
		return true
	}
	x := w.of[in[0]]
	switch r := r.(type) {
	case op.Unary, op.Binary, op.Where, op.Between, op.Special, op.Term, op.Density, op.CDF, op.Implicit:
		return w.aligned(n, in)
	case op.BroadcastTo:
		w.of[n] = x + extent(len(r.To)-len(in[0].Shape()))
	case op.SumTo:
		w.of[n] = x + extent(len(r.To)-len(in[0].Shape()))
		if e := w.of[n]; e < 0 || r.To[e] == 1 {
			w.of[n] = sumOf
		}
	case op.Reduce:
		if slices.Contains(r.Axes, int(x)) {
			w.of[n] = sumOf
			return r.Fold == op.Sum
		}
		w.of[n] = x
		for _, a := range r.Axes {
			if a < int(x) {
				w.of[n]--
			}
		}
	case op.Slice:
		w.of[n] = x
		return r.Axis != int(x)
	case op.Pad:
		w.of[n] = x
		return r.Axis != int(x)
	case op.CumSum:
		w.of[n] = x
		return r.Axis != int(x)
	case op.Concat:
		w.of[n] = x
		return r.Axis != int(x) && !slices.ContainsFunc(in, func(c *op.Node) bool { return w.of[c] != x })
	case op.Transpose:
		w.of[n] = extent(slices.Index(r.Perm, int(x)))
	case op.Reshape:
		return w.reshape(n, in[0], r.To)
	case op.MatMul:
		return w.product(n, r, in[0], in[1])
	default:
		return false
	}
	return true
}

// aligned is visit for a function of elements.
func (w *rows) aligned(n *op.Node, in []*op.Node) bool {
	rank := len(n.Shape())
	e := same
	for _, c := range in {
		if x := w.of[c]; x >= 0 {
			at := x + extent(rank-len(c.Shape()))
			if e >= 0 && at != e {
				return false
			}
			e = at
		}
	}
	for _, c := range in {
		at := e - extent(rank-len(c.Shape()))
		if w.of[c] >= 0 || at < 0 || c.Shape()[at] == 1 {
			continue
		}
		if !w.want(c, at) {
			return false
		}
	}
	w.of[n] = e
	return true
}

// want has a node that is the same at all steps, or all rows, cut into rows.
func (w *rows) want(c *op.Node, e extent) bool {
	if _, ok := w.guess[c]; ok {
		return false
	}
	switch op.RuleOf(c).(type) {
	case nil:
		if _, fixed := op.Constant(c); fixed {
			return false
		}
	case op.BroadcastTo:
		x := op.Inputs(c)[0].Shape()
		if at := int(e) - len(c.Shape()) + len(x); at >= 0 && x[at] != 1 {
			return false
		}
	default:
		return false
	}
	w.guess[c], w.again = e, true
	return true
}

// sum is visit for what reads sums over all rows: other sums of terms.
func (w *rows) sum(n *op.Node, r op.Rule, in []*op.Node) bool {
	w.of[n] = sumOf
	switch r := r.(type) {
	case op.Binary:
		return r.Fn == op.Add && w.of[in[0]] == sumOf && w.of[in[1]] == sumOf
	case op.SumTo, op.Reshape:
		return true
	case op.Unary:
		return r.Fn == op.Neg || r.Fn == op.Scale
	}
	return false
}

// reshape is visit for a Reshape, whose rows stay on an axis of their own.
func (w *rows) reshape(n, x *op.Node, to []int) bool {
	before := op.Size(x.Shape()[:w.of[x]])
	for i, d := range to {
		if d == w.all && op.Size(to[:i]) == before {
			w.of[n] = extent(i)
			return true
		}
	}
	return false
}

// product is visit for a product of matrices: of rows with what is the same for all,
// or a sum over the rows.
func (w *rows) product(n *op.Node, r op.MatMul, a, b *op.Node) bool {
	last := extent(len(n.Shape()) - 1)
	own := func(trans bool, k extent) extent { // axis k of a matrix, counted from the end
		if trans {
			return last - 1 + k
		}
		return last - k
	}
	x, y := w.of[a], w.of[b]
	switch {
	case y == same && x == own(r.TransA, 1):
		w.of[n] = last - 1
	case x == same && y == own(r.TransB, 0):
		w.of[n] = last
	case x == own(r.TransA, 0) && y == own(r.TransB, 1):
		w.of[n] = sumOf
	case x == y && x < last-1:
		w.of[n] = x
	default:
		return false
	}
	return true
}
