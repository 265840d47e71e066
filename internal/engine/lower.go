package engine

import (
	"github.com/latentgo/latent/internal/op"
)

// kind says how a value is computed.
type kind uint8

const (
	uncomputed kind = iota // nothing runs: a leaf, a constant or a view of another value
	fusedLoop              // a fused loop computes it, element by element, or reduces it
	product                // a matrix product
	direct                 // a plain loop of its own computes it
	evaluate               // the evaluation of its rule, or of Gorgonia, computes it
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

	// classify
	class *class // of a value of kind fusedLoop

	// schedule
	earliest int    // the first stage that it can be computed in
	stage    int    // the stage that it is computed in
	parent   *value // another value of the same loop; see find
	openUnit *unit  // the unit of the loop that a further value joins
	unit     *unit  // the unit that computes it
	reader   *unit  // the last unit found to read it from memory
	read     bool   // from memory, by another unit than its own

	// makePhases, and newLoop for the values of a loop
	stored  bool   // it has memory in the arena
	args    []arg  // what its step reads
	inner   int    // uses within its loop
	saved   bool   // the loop writes it to memory
	folded  bool   // the loop reduces it
	inlined bool   // the step of its only consumer computes it
	fused   *fused // the step of it and of operands inlined into it, or nil
	virtual int    // the number of its vector before registers are allocated

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
	switch r := v.rule.(type) {
	case op.Unary, op.Where, op.Between, op.SumTo, copied, logSoftmax:
		return fusedLoop
	case op.Binary:
		if _, ok := binaries[r.Fn]; ok {
			return fusedLoop
		}
	case op.Reshape: // of a view that is no view in the new shape
		v.rule = copied{r}
		return fusedLoop
	case op.Transpose:
		return direct // reads any view
	case op.Reduce:
		if r.Fold == op.Sum {
			return fusedLoop
		}
		if byRows(r, v.in[0].shape) {
			if !oneAxis(r, v.in[0].shape) { // several are one row only where they lie one after the other
				e.denseOperands(v)
			}
			return fusedLoop
		}
		e.denseOperands(v)
		if _, _, _, ok := splitFold(r.Axes, v.in[0].shape); ok && r.Fold <= op.ArgMax {
			return direct
		}
		return evaluate
	case op.Pad, op.Concat, op.Gather, op.ScatterAdd, op.Take, op.Put, op.OneHot, op.Diag, op.DiagPart, op.Tril, op.CumSum, op.Conv, op.Pooling:
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
	k := key{rule: "dense", in: [3]int{c.id, -1, -1}}
	if w := e.byKey[k]; w != nil {
		return w
	}
	w := e.add(&value{form: applied, rule: copied{c.rule}, in: []*value{c}, shape: c.shape, node: c.node})
	w.kind = fusedLoop
	e.byKey[k] = w
	return w
}

// byRows reports whether a fold other than a sum is over the last axes and of
// rows that fit in a block.
func byRows(r op.Reduce, shape []int) bool {
	_, n, inner, ok := splitFold(r.Axes, shape)
	return ok && inner == 1 && n <= blockElems && r.Fold < op.ArgMax
}

// oneAxis reports whether the rows of byRows are those of one axis.
func oneAxis(r op.Reduce, shape []int) bool {
	_, n, _, _ := splitFold(r.Axes, shape)
	return n == cutsOf(shape)[0]
}

// splitFold returns the number of elements before, on and after the axes if they
// are neighbours, axes of size 1 aside.
func splitFold(axes []int, shape []int) (outer, n, inner int, ok bool) {
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
