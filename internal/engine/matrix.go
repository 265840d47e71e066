package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A matrix is a product of matrices, to which a bias may be added and a function
// of elements applied.
type matrix struct {
	transA, transB bool
	m, n, k, batch int
	a, b           operand
	bias           *view     // nil, or of n elements in order
	activation     *op.Unary // nil, or one of unaries
}

// An operand of a product lies in the memory of a base.
type operand struct {
	base           *value
	off, ld, batch int // offset, row stride and batch stride
}

// absorb gives v a matrix if its rule is a product, the sum of a product and a
// bias, or a function of a product that nothing else reads. The product that v
// then computes itself is marked as absorbed.
func (e *expr) absorb(v *value) {
	switch r := v.rule.(type) {
	case op.Concat:
		joinConcat(v, r)
	case op.MatMul:
		if v.form != applied {
			return
		}
		s := v.shape
		m, n := s[len(s)-2], s[len(s)-1]
		_, k := lastTwo(v.in[0].shape, r.TransA)
		v.mul = &matrix{transA: r.TransA, transB: r.TransB, m: m, n: n, k: k, batch: op.Size(s[:len(s)-2])}
	case op.Unary:
		x := v.in[0]
		p := x.alias()
		if _, ok := unaries[r.Fn]; v.form != applied || !ok || p == nil || p.mul == nil || p.mul.activation != nil || p.size != v.size || !usedOnce(x, p) {
			return
		}
		if elementCost(r)*float64(v.size) > p.mul.cost() { // the parts of an instruction follow from the product alone
			return
		}
		p.absorbed = true
		mul := *p.mul
		mul.activation = &r
		v.mul, v.in = &mul, p.in
	case op.Binary:
		if v.form != applied || r.Fn != op.Add {
			return
		}
		for i := range v.in {
			x, bias := v.in[i], v.in[1-i]
			p := x.alias()
			if p == nil || p.mul == nil || p.mul.bias != nil || p.mul.activation != nil || p.size != v.size || !usedOnce(x, p) || bias.form == uniform {
				continue
			}
			w := bias.view()
			st := make([]int, len(v.shape))
			copy(st[len(st)-len(w.st):], w.st)
			if vec, ok := restride(v.shape, st, p.shape); ok && vec[len(vec)-1] == min(p.mul.n-1, 1) && allZero(vec[:len(vec)-1]) {
				p.absorbed = true
				mul := *p.mul
				mul.bias = &view{base: w.base, off: w.off}
				v.mul, v.in = &mul, []*value{p.in[0], p.in[1], bias}
				return
			}
		}
	}
}

// usedOnce reports whether x is used once, and every reshape between it and p too.
func usedOnce(x, p *value) bool {
	for x != p {
		if x.uses != 1 || x.isOutput || len(x.in) != 1 {
			return false
		}
		x = x.in[0]
	}
	return p.uses == 1 && !p.isOutput
}

// cost returns the estimated nanoseconds of a product on one worker.
func (m *matrix) cost() float64 { return m.flops() / 50 }

func allZero(x []int) bool { return !slices.ContainsFunc(x, func(i int) bool { return i != 0 }) }

// productOperands finds the operands of a product in memory, copying those that no
// row and batch strides describe.
func (e *expr) productOperands(v *value) {
	p := v.mul
	rows, cols := p.m, p.k
	if p.transA {
		rows, cols = cols, rows
	}
	p.a = e.operand(v, 0, rows, cols, &p.transA)
	rows, cols = p.k, p.n
	if p.transB {
		rows, cols = cols, rows
	}
	p.b = e.operand(v, 1, rows, cols, &p.transB)
	if p.batch > 1 && p.b.batch == 0 && !p.transA && p.a.batch == p.m*p.a.ld { // one matrix for all rows
		p.m, p.batch = p.m*p.batch, 1
	}
}

func (e *expr) operand(v *value, i, rows, cols int, trans *bool) operand {
	x := v.in[i]
	for {
		w := x.view()
		s := x.shape
		rs, cs := w.st[len(s)-2], w.st[len(s)-1]
		if b, ok := restride(s[:len(s)-2], w.st[:len(s)-2], []int{op.Size(s[:len(s)-2])}); ok {
			switch {
			case (cs == 1 || cols == 1) && (rs >= cols || rows == 1):
				return operand{w.base, w.off, max(rs, cols), b[0]}
			case (rs == 1 || rows == 1) && (cs >= rows || cols == 1):
				*trans = !*trans
				return operand{w.base, w.off, max(cs, rows), b[0]}
			}
		}
		x = e.dense(x)
		v.in[i] = x
	}
}
