package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A lowered program is what the outputs need and how each value is computed. Its
// tables are by number.
type lowered struct {
	*expr
	order  []*value // of evaluation: operands first
	outs   []*op.Node
	of     map[*op.Node]*value
	want   []*value             // for each of outs, the value whose memory holds it
	output []bool               // no other value may use its memory
	kind   []kind               // how it is computed
	in     [][]*value           // what it reads: its operands or copies of them, or those of the product
	mul    []*matrix            // of products
	uses   []int                // by values that outputs need
	beside map[*value][]operand // joined arrays that only products read
}

// lower decides how the values that outs need are computed. of are their values.
func lower(e *expr, outs []*op.Node, of map[*op.Node]*value) *lowered {
	l := &lowered{expr: e, outs: outs, of: of}
	l.grow()
	for _, n := range outs {
		l.want = append(l.want, l.keep(n, of[n]))
	}
	n := len(e.values)
	live, absorbed := make([]bool, n), make([]bool, n)
	for _, v := range l.want {
		live[v.id] = true
	}
	for i := n - 1; i >= 0; i-- {
		if live[i] {
			for _, c := range e.values[i].in {
				live[c.id] = true
				l.uses[c.id]++
			}
		}
	}
	l.findBeside(live)
	for v := range l.beside {
		absorbed[v.id] = true
	}
	for i, v := range e.values[:n] {
		if l.in[i] = v.in; live[i] && !absorbed[i] {
			for _, p := range l.absorb(v) {
				absorbed[p.id] = true
			}
		}
	}
	listed := make([]bool, n)
	list := func(v *value) {
		if listed = grown(listed, len(l.values)); !listed[v.id] {
			listed[v.id] = true
			l.order = append(l.order, v)
		}
	}
	for i := range n {
		v := e.values[i]
		if !live[i] || absorbed[i] || listed[i] {
			continue
		}
		l.kind[i] = l.choose(v)
		for _, c := range l.in[i] { // copies of operands, also those made for an output
			if _, ok := c.rule.(copied); ok {
				list(c)
			}
		}
		list(v)
	}
	return l
}

// grown returns a table with zeros for new numbers.
func grown[T any](table []T, n int) []T { return append(table, make([]T, n-len(table))...) }

func (l *lowered) grow() {
	n := len(l.values)
	l.output, l.kind, l.in, l.mul, l.uses = grown(l.output, n), grown(l.kind, n), grown(l.in, n), grown(l.mul, n), grown(l.uses, n)
}

// keep returns the value whose memory holds an output. It has memory of its
// own unless it is a leaf or constant itself.
func (l *lowered) keep(n *op.Node, v *value) *value {
	if v.form == leaf && op.RuleOf(n) == nil || v.form == constant || v.form == uniform {
		return v
	}
	a := l.alias(v)
	if a == nil || a.form != applied {
		a = l.copyOf(v)
	}
	l.output[a.id] = true
	return a
}

// choose returns how v is computed, and replaces operands by dense copies where
// that way reads dense memory only.
func (l *lowered) choose(v *value) kind {
	switch {
	case v.form != applied:
		return uncomputed
	case l.mul[v.id] != nil:
		l.productOperands(v)
		return product
	case l.base(v) != v:
		return uncomputed
	}
	k, dense := v.op.kind, false
	if v.op.choose != nil {
		k, dense = v.op.choose(v.rule, v.in[0].shape)
	}
	if dense || k > product && !v.op.strided {
		for i, c := range l.in[v.id] {
			if s, ok := v.rule.(*scan); !ok || !s.reads(i, l.view(c), c.shape) {
				l.replace(v, i, l.dense(c))
			}
		}
	}
	return k
}

// replace makes v read w in the place of an operand.
func (l *lowered) replace(v *value, i int, w *value) {
	if l.in[v.id][i] != w {
		l.in[v.id] = slices.Clone(l.in[v.id])
		l.in[v.id][i] = w
	}
}

// dense returns c, or a copy of it if it is a view that is not all of its base.
func (l *lowered) dense(c *value) *value {
	if c.form != applied || l.alias(c) != nil {
		return c
	}
	return l.copyOf(c)
}

// copyOf returns a copy of c in row-major order.
func (l *lowered) copyOf(c *value) *value {
	k := key{rule: "dense", in: [3]int{c.id, -1, -1}}
	if w := l.byKey[k]; w != nil {
		return w
	}
	w := l.add(&value{form: applied, rule: copied{c.rule}, op: operationOf(copied{}), in: []*value{c}, shape: c.shape, node: c.node})
	l.grow()
	l.kind[w.id], l.in[w.id] = fusedLoop, w.in
	l.byKey[k] = w
	return w
}
