package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// Gates of a recurrent network are columns of one product, and each is read by itself.
// Rows of a few columns among others are no vectors to go through; so each gate is a
// product of its own columns of the weights, and an array of its own.

// slicesOf returns the nodes that read columns of n, where all that reads it does so, and
// the columns are of one width and all of n; nil otherwise.
func (l *loops) slicesOf(n *op.Node) []*op.Node {
	last := len(n.Shape()) - 1
	all := l.readersOf(n)
	if last < 1 || len(all) < 2 || slices.Contains(l.outs, n) {
		return nil
	}
	w := n.Shape()[last] / len(all)
	parts := make([]*op.Node, len(all))
	for _, x := range all {
		s, ok := op.RuleOf(x).(op.Slice)
		if !ok || s.Axis != last || w == 0 || s.To-s.From != w || w%kernel.BesideColumns != 0 || s.From%w != 0 || parts[s.From/w] != nil {
			return nil
		}
		parts[s.From/w] = x
	}
	return parts
}

// readersOf returns the nodes that read n, once for each operand that it is.
func (l *loops) readersOf(n *op.Node) []*op.Node {
	if l.readers == nil {
		l.readers = map[*op.Node][]*op.Node{}
		for _, x := range l.nodes {
			for _, c := range op.Inputs(x) {
				l.readers[c] = append(l.readers[c], x)
			}
		}
	}
	return l.readers[n]
}

// divides reports whether n is a product of a step whose columns are computed apart.
func (l *loops) divides(n *op.Node) bool {
	return l.within && l.product(n) && l.slicesOf(n) != nil
}

// ownProduct reports whether n is a product that nothing but one node reads.
func (l *loops) ownProduct(n *op.Node) bool {
	return len(l.readersOf(n)) == 1 && !slices.Contains(l.outs, n) && l.product(n)
}

// onlyIn reports whether nothing reads n but a loop over the given operands.
func (l *loops) onlyIn(loop *op.Loop, in []*op.Node, n *op.Node) bool {
	return !slices.Contains(l.outs, n) && !slices.ContainsFunc(l.readersOf(n), func(x *op.Node) bool {
		s, ok := op.RuleOf(x).(*op.Scan)
		return !ok || s.Loop != loop || !slices.Equal(op.Inputs(x), in)
	})
}

// product reports whether n is a product of matrices, with what is added to it.
func (l *loops) product(n *op.Node) bool {
	in := op.Inputs(n)
	switch r := op.RuleOf(n).(type) {
	case op.MatMul:
		return true
	case op.Reshape:
		return len(n.Shape()) > 0 && r.To[len(r.To)-1] == in[0].Shape()[len(in[0].Shape())-1] && l.ownProduct(in[0])
	case op.Binary:
		return r.Fn == op.Add && slices.Equal(in[0].Shape(), n.Shape()) && l.ownProduct(in[0]) ||
			r.Fn == op.Add && slices.Equal(in[1].Shape(), n.Shape()) && l.ownProduct(in[1])
	}
	return false
}

// divideSeqs gives a loop sequences of columns in the place of one of which each step
// reads them apart, where a product before the loop computes it for all steps.
func (e *expr) divideSeqs(l *loops, s *op.Scan, outer []*op.Node, in []*value) []*value {
	within := &loops{nodes: s.Order(), outs: slices.Concat(s.Next, s.Outs, s.Checks)}
	seqs, before, after := []*op.Node{}, len(s.States), len(s.States)+len(s.Seqs)
	all := slices.Clone(in[:before])
	for i, n := range s.Seqs {
		x := in[before+i]
		parts := within.slicesOf(n)
		if c := outer[before+i]; parts == nil || !l.product(c) || !l.onlyIn(s.Loop, outer, c) {
			seqs, all = append(seqs, n), append(all, x)
			continue
		}
		for _, p := range parts {
			r := op.RuleOf(p).(op.Slice)
			seqs, all = append(seqs, p), append(all, e.columns(x, r.From, r.To))
		}
	}
	if len(seqs) == len(s.Seqs) {
		return in
	}
	s.Loop = s.WithSeqs(seqs)
	return append(all, in[after:]...)
}

// columns returns columns of v, computed from columns of what it is computed from if it
// is a product, what is added to that, or their reshape.
func (e *expr) columns(v *value, from, to int) *value {
	last := len(v.shape) - 1
	rule := v.rule
	if v.form != applied {
		rule = nil
	}
	switch r := rule.(type) {
	case op.MatMul:
		b := v.in[1]
		axis := len(b.shape) - 1
		if r.TransB {
			axis--
		}
		return e.make(r, v.in[0], e.make(op.Slice{Axis: axis, From: from, To: to}, b))
	case op.Reshape:
		if x := v.in[0]; len(x.shape) > 0 && x.shape[len(x.shape)-1] == v.shape[last] {
			return e.make(op.Reshape{To: append(slices.Clone(v.shape[:last]), to-from)}, e.columns(x, from, to))
		}
	case op.BroadcastTo:
		if x := v.in[0]; len(x.shape) > 0 && x.shape[len(x.shape)-1] == v.shape[last] {
			return e.make(op.BroadcastTo{To: append(slices.Clone(v.shape[:last]), to-from)}, e.columns(x, from, to))
		}
	case op.Binary:
		if r.Fn != op.Add {
			break
		}
		in := make([]*value, 2)
		for i, x := range v.in {
			if in[i] = x; len(x.shape) > 0 && x.shape[len(x.shape)-1] == v.shape[last] {
				in[i] = e.columns(x, from, to)
			}
		}
		return e.make(r, in...)
	}
	return e.make(op.Slice{Axis: last, From: from, To: to}, v)
}
