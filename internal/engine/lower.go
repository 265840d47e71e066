package engine

import (
	"github.com/latentgo/latent/internal/op"
)

// passState is what the passes behind simplification know of a value. Each field
// is written by the pass that it stands under and read by that and later ones.
type passState struct {
	// Compile
	isOutput bool // an output: no other value may use its memory

	// lower
	cachedView *view   // see view
	kind       kind    // how it is computed
	uses       int     // by live values
	absorbed   bool    // its consumer computes it, as a part of a product
	listed     bool    // in the order of evaluation
	mul        *matrix // of a product

	// settle
	settled bool // fixed arrays determine it, and a loop of its own may compute it

	// classify
	class *class // of a value of kind fusedLoop

	// schedule
	earliest int    // the first stage that it can be computed in
	stage    int    // the stage that it is computed in
	parent   *value // another value of the same loop; see find
	openUnit *unit  // the unit of the loop that a further value joins
	unit     *unit  // the unit that computes it
	at       int    // its place among the values of that
	reader   *unit  // the last unit found to read it from memory
	read     bool   // from memory, by another unit than its own

	// makePhases
	stored bool // it has memory in the arena

	// fold
	kept, shared bool // it has memory of its own, data; other programs may have it, too

	// layout
	last    int  // the last phase that reads it
	readers int  // the units of that phase that read it
	inPlace bool // its memory is that of an operand
	reused  bool // its memory is that of a result, too
	mem     int  // the offset of its memory
}

// copied is the rule of a value that holds the elements of a view in row-major
// order.
type copied struct{ op.Rule }

// lower decides how each live value is computed, in an order with operands
// first. outs are values that must be dense.
func (e *expr) lower(outs []*value) []*value {
	live := make([]bool, len(e.values))
	for _, v := range outs {
		live[v.id] = true
	}
	for i := len(e.values) - 1; i >= 0; i-- {
		if live[i] {
			for _, c := range e.values[i].in {
				live[c.id] = true
				c.uses++
			}
		}
	}
	n := len(e.values)
	for i, v := range e.values[:n] {
		if live[i] {
			e.absorb(v)
		}
	}
	var order []*value
	list := func(v *value) {
		if !v.listed {
			v.listed = true
			order = append(order, v)
		}
	}
	for i := range n {
		v := e.values[i]
		if !live[i] || v.absorbed || v.listed {
			continue
		}
		v.kind = e.choose(v)
		for _, c := range v.in { // copies of operands, also those made for an output
			if _, ok := c.rule.(copied); ok {
				list(c)
			}
		}
		list(v)
	}
	return order
}

// choose returns how v is computed, and replaces operands by dense copies where
// that way reads dense memory only.
func (e *expr) choose(v *value) kind {
	switch {
	case v.form != applied:
		return uncomputed
	case v.mul != nil:
		e.productOperands(v)
		return product
	case v.view().base != v:
		return uncomputed
	}
	k, dense := v.op.kind, false
	if v.op.choose != nil {
		k, dense = v.op.choose(v.rule, v.in[0].shape)
	}
	if dense || k > product && !v.op.strided {
		e.denseOperands(v)
	}
	return k
}

func (e *expr) denseOperands(v *value) {
	for i, c := range v.in {
		v.in[i] = e.dense(c)
	}
}

// dense returns c, or a copy of it if it is a view that is not all of its base.
func (e *expr) dense(c *value) *value {
	if c.form != applied || c.alias() != nil {
		return c
	}
	return e.copyOf(c)
}

// copyOf returns a copy of c in row-major order.
func (e *expr) copyOf(c *value) *value {
	k := key{rule: "dense", in: [3]int{c.id, -1, -1}}
	if w := e.byKey[k]; w != nil {
		return w
	}
	w := e.add(&value{form: applied, rule: copied{c.rule}, op: operationOf(copied{}), in: []*value{c}, shape: c.shape, node: c.node})
	w.kind = fusedLoop
	e.byKey[k] = w
	return w
}
