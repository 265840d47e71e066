package engine

import (
	"github.com/latentgo/latent/internal/op"
)

// kind says how a value is computed.
type kind uint8

const (
	held     kind = iota // not computed: leaf, constant, splat or a view
	loopOf               // element by element, or summed, in a fused loop
	product              // matrix product
	direct               // a plain loop of its own
	evaluate             // by the rule's or Gorgonia's own evaluation
)

// place is what lowering and scheduling know of a value.
type place struct {
	look   *view
	kind   kind
	keep   bool // an output: its memory belongs to it alone
	uses   int  // by live values
	gone   bool // taken into its consumer
	placed bool // in the order of evaluation
	mul    *matrix
	class  *class
	asap   int
	stage  int
	unit   *unit

	group  *value // another value of the same loop; see find
	open   *unit  // the loop of the group
	reader *unit  // the last unit found to read it

	args    []arg // what the loop reads
	inner   int   // uses within the loop
	saved   bool  // the loop writes it to memory
	folded  bool  // the loop folds it
	into    bool  // computed within the step of its only consumer
	fused   *fused
	virtual int // number of its vector

	read    bool // by another unit than its own
	last    int  // phase that reads it last
	readers int  // units of that phase that read it
	stored  bool // in the arena
	inPlace bool // where an operand was
	reused  bool // another value lies where it was
	mem     int  // offset
}

// copied is the rule of a value that is a view made dense.
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
	place := func(v *value) {
		if !v.placed {
			v.placed = true
			order = append(order, v)
		}
	}
	for i := range n {
		v := e.values[i]
		if !live[i] || v.gone || v.placed {
			continue
		}
		v.kind = e.choose(v)
		for _, c := range v.in { // copies of operands, also those made for an output
			if _, ok := c.rule.(copied); ok {
				place(c)
			}
		}
		place(v)
	}
	return order
}

// choose returns how v is computed, and makes its operands dense if that needs
// it.
func (e *expr) choose(v *value) kind {
	switch {
	case v.form != applied:
		return held
	case v.mul != nil:
		e.matrices(v)
		return product
	case v.seen().base != v:
		return held
	}
	switch r := v.rule.(type) {
	case op.Unary, op.Where, op.Between, op.SumTo, copied, logSoftmax:
		return loopOf
	case op.Binary:
		if _, ok := binaries[r.Fn]; ok {
			return loopOf
		}
	case op.Reshape: // of a view that is no view in the new shape
		v.rule = copied{r}
		return loopOf
	case op.Transpose:
		return direct // reads any view
	case op.Reduce:
		if r.Fold == op.Sum {
			return loopOf
		}
		if byRows(r, v.in[0].shape) {
			if !oneAxis(r, v.in[0].shape) { // several are one row only where they lie one after the other
				e.denseOperands(v)
			}
			return loopOf
		}
		e.denseOperands(v)
		if _, _, _, ok := run(r.Axes, v.in[0].shape); ok && r.Fold <= op.ArgMax {
			return direct
		}
		return evaluate
	case op.Pad, op.Concat, op.Gather, op.ScatterAdd, op.Take, op.Put, op.OneHot, op.Diag, op.DiagPart, op.Tril, op.CumSum:
		e.denseOperands(v)
		return direct
	}
	e.denseOperands(v)
	return evaluate
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
	if w := e.byKey[key{rule: "dense", in: [3]int{c.id}}]; w != nil {
		return w
	}
	w := e.add(&value{form: applied, rule: copied{c.rule}, in: []*value{c}, shape: c.shape, node: c.node})
	w.kind = loopOf
	e.byKey[key{rule: "dense", in: [3]int{c.id}}] = w
	return w
}

// byRows reports whether a fold other than a sum is over the last axes and of
// rows that fit in a block.
func byRows(r op.Reduce, shape []int) bool {
	_, n, inner, ok := run(r.Axes, shape)
	return ok && inner == 1 && n <= blockElems && r.Fold < op.ArgMax
}

// oneAxis reports whether the rows of byRows are those of one axis.
func oneAxis(r op.Reduce, shape []int) bool {
	_, n, _, _ := run(r.Axes, shape)
	return n == cutsOf(shape)[0]
}

// run returns how axes divide a shape if they are neighbours, but for axes of
// size 1.
func run(axes []int, shape []int) (outer, n, inner int, ok bool) {
	folded := make([]bool, len(shape))
	for _, a := range axes {
		folded[a] = true
	}
	outer, n, inner = 1, 1, 1
	for i, d := range shape {
		switch {
		case d == 1:
		case folded[i] && inner > 1:
			return 0, 0, 0, false
		case folded[i]:
			n *= d
		case n > 1:
			inner *= d
		default:
			outer *= d
		}
	}
	return outer, n, inner, true
}
