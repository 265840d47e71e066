package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// joinedIn returns what a loop keeps in the place of a node: where that joins arrays as
// columns, as the sum of padded ones that the derivative by slices is, these arrays, for
// those that read them may do so where each lies. Otherwise it is the node itself.
func joinedIn(n *op.Node) []*op.Node {
	x, at := n, len(n.Shape())-1
	if _, ok := op.RuleOf(x).(op.Reshape); ok {
		x = op.Inputs(x)[0]
	}
	last := len(x.Shape()) - 1
	if at < 1 || last < 1 || x.Shape()[last] != n.Shape()[at] || op.Size(n.Shape()) == 0 {
		return []*op.Node{n}
	}
	parts := padded(x, last, map[int]*op.Node{})
	if len(parts) < 2 {
		return []*op.Node{n}
	}
	var in []*op.Node
	w := n.Shape()[at] / len(parts)
	for i := range len(parts) {
		p := parts[i*w]
		if p == nil || p.Shape()[last] != w || w%kernel.BesideColumns != 0 || op.RuleOf(p) == nil || slices.Contains(in, p) {
			return []*op.Node{n}
		}
		in = append(in, p)
	}
	return in
}

// padded finds the arrays that a sum pads with zeros along an axis and adds, by their
// places; nil if it adds others.
func padded(x *op.Node, axis int, at map[int]*op.Node) map[int]*op.Node {
	in := op.Inputs(x)
	switch r := op.RuleOf(x).(type) {
	case op.Binary:
		if r.Fn != op.Add || !slices.Equal(in[0].Shape(), in[1].Shape()) || padded(in[0], axis, at) == nil {
			return nil
		}
		return padded(in[1], axis, at)
	case op.Pad:
		if r.Axis == axis && at[r.Before] == nil {
			at[r.Before] = in[0]
			return at
		}
	}
	return nil
}

// columnsOf lists the arrays that a concat of columns, or the reshape of one that keeps
// them, joins, with those of concats within; nil if v is none.
func columnsOf(v *value) (parts []*value) {
	if _, ok := isRule[op.Reshape](v); ok && len(v.shape) > 0 && len(v.in[0].shape) > 0 && v.in[0].shape[len(v.in[0].shape)-1] == v.shape[len(v.shape)-1] {
		v = v.in[0]
	}
	c, ok := isRule[op.Concat](v)
	if !ok || c.Axis == 0 || c.Axis != len(v.shape)-1 || v.size == 0 {
		return nil
	}
	for _, x := range v.in {
		if _, ok := isRule[op.Concat](x); ok && columnsOf(x) != nil {
			parts = append(parts, columnsOf(x)...)
		} else {
			parts = append(parts, x)
		}
	}
	return parts
}

// sumJoined is the sum of all rows of arrays joined as columns, each of a vector or more:
// those of the arrays, joined.
func (e *expr) sumJoined(r op.SumTo, x *value) *value {
	const vector = 16
	k := len(r.To) - 1
	parts := columnsOf(x)
	if parts == nil || k < 0 || op.Size(r.To[:k]) != 1 || r.To[k] != x.shape[len(x.shape)-1] {
		return nil
	}
	var in []*value
	for _, p := range parts {
		n := p.shape[len(p.shape)-1]
		if n < vector || len(p.shape) < len(r.To) {
			return nil
		}
		in = append(in, e.make(op.SumTo{To: append(slices.Clone(r.To[:k]), n)}, p))
	}
	return e.make(op.Concat{Axis: k}, in...)
}
