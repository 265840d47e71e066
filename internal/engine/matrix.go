package engine

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A matrix is a product of matrices, to which a bias may be added and a function
// of elements applied.
type matrix struct {
	transA, transB bool
	m, n, k, batch int
	a, b           operand
	besideA        []operand // several matrices side by side in the place of a, or nil
	besideB        []operand // likewise b
	bias           *view     // nil, or of n elements in order
	activation     *op.Unary // nil, or one that mapKernel has
	sparse         bool      // zeros of a may be skipped
}

// An operand of a product lies in the memory of a base.
type operand struct {
	base           *value
	off, ld, batch int // offset, row stride and batch stride
}

// absorb gives v a matrix if its rule is a product, the sum of a product and a
// bias, or a function of a product that nothing else reads, and the operands of
// what it joins if it joins joined arrays. It returns what v then computes itself.
func (l *lowered) absorb(v *value) (absorbed []*value) {
	switch r := v.rule.(type) {
	case op.Concat:
		return l.joinConcat(v, r)
	case op.MatMul:
		s := v.shape
		m, n := s[len(s)-2], s[len(s)-1]
		_, k := lastTwo(v.in[0].shape, r.TransA)
		p := &matrix{transA: r.TransA, transB: r.TransB, m: m, n: n, k: k, batch: op.Size(s[:len(s)-2])}
		l.mul[v.id] = p
		l.takeBeside(v, p)
	case op.Unary:
		if _, ok := mapKernel(r.Fn); !ok {
			return nil
		}
		p := l.productOf(v.in[0], v)
		if p == nil || elementCost(r.Fn)*float64(v.size) > l.mul[p.id].cost() { // the parts of an instruction follow from the product alone
			return nil
		}
		m := *l.mul[p.id]
		m.activation = &r
		l.mul[v.id], l.in[v.id] = &m, l.in[p.id]
		return []*value{p}
	case op.Binary:
		if r.Fn != op.Add {
			return nil
		}
		for i := range v.in {
			x, bias := v.in[i], v.in[1-i]
			p := l.productOf(x, v)
			if p == nil || l.mul[p.id].bias != nil || bias.form == uniform {
				continue
			}
			m := *l.mul[p.id]
			w := l.view(bias)
			if vec, ok := restride(v.shape, leading(w.st, len(v.shape)), p.shape); ok && vec[len(vec)-1] == min(m.n-1, 1) && allZero(vec[:len(vec)-1]) {
				m.bias = &view{w.base, place{off: w.off}}
				l.mul[v.id], l.in[v.id] = &m, append(slices.Clone(l.in[p.id]), bias)
				return []*value{p}
			}
		}
	}
	return nil
}

// productOf returns the product that x, an operand of v, is or reshapes, if v alone
// reads it, as a whole, and it has no activation yet.
func (l *lowered) productOf(x, v *value) *value {
	p := l.alias(x)
	if p == nil || l.mul[p.id] == nil || l.mul[p.id].activation != nil || p.size != v.size || !l.usedOnce(x, p) {
		return nil
	}
	return p
}

// usedOnce reports whether x is used once, and every reshape between it and p too.
func (l *lowered) usedOnce(x, p *value) bool {
	for x != p {
		if l.uses[x.id] != 1 || l.output[x.id] || len(x.in) != 1 {
			return false
		}
		x = x.in[0]
	}
	return l.uses[p.id] == 1 && !l.output[p.id]
}

// cost returns the estimated nanoseconds of a product on one worker.
func (m *matrix) cost() float64 { return m.flops() / 50 }

// productOperands finds the operands of a product in memory, copying those that no
// row and batch strides describe.
func (l *lowered) productOperands(v *value) {
	p := l.mul[v.id]
	if p.besideA == nil {
		rows, cols := p.m, p.k
		if p.transA {
			rows, cols = cols, rows
		}
		p.a = l.operand(v, 0, rows, cols, &p.transA)
	}
	if p.besideB == nil {
		rows, cols := p.k, p.n
		if p.transB {
			rows, cols = cols, rows
		}
		p.b = l.operand(v, max(len(p.besideA), 1), rows, cols, &p.transB)
	}
	if p.besideA != nil {
		return
	}
	if p.batch > 1 && p.besideB == nil && p.b.batch == 0 && !p.transA && p.a.batch == p.m*p.a.ld { // one matrix for all rows
		p.m, p.batch = p.m*p.batch, 1
	}
	const least = 2e7 // flops from which a is worth looking at
	p.sparse = p.flops() >= least && p.batch == 1 && !p.transB && l.ofData(p.a.base, map[*value]bool{})
}

// ofData reports whether v is computed from leaves alone, element by element.
// Values in seen were looked at before.
func (l *lowered) ofData(v *value, seen map[*value]bool) bool {
	if v.form == leaf || seen[v] {
		return true
	}
	seen[v] = true
	return l.kind[v.id] == fusedLoop && !v.folds() && !slices.ContainsFunc(l.in[v.id], func(c *value) bool { return !l.ofData(l.base(c), seen) })
}

func (l *lowered) operand(v *value, i, rows, cols int, trans *bool) operand {
	x := l.in[v.id][i]
	for {
		w := l.view(x)
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
		x = l.dense(x)
		l.replace(v, i, x)
	}
}

// flops returns the multiplications and additions of a product.
func (m *matrix) flops() float64 {
	return 2 * float64(m.batch) * float64(m.m) * float64(m.n) * float64(m.k)
}

func (m *matrix) String() string {
	t := [...]string{"", "ᵀ"}
	s := fmt.Sprintf("%d×%d%s · %d×%d%s", m.m, m.k, t[b2i(m.transA)], m.k, m.n, t[b2i(m.transB)])
	if n := len(m.besideA) + len(m.besideB); n > 0 {
		s += fmt.Sprintf(", one of %d side by side", n)
	}
	if m.batch > 1 {
		s = fmt.Sprintf("%d of ", m.batch) + s
	}
	if m.bias != nil {
		s += " + bias"
	}
	if m.activation != nil {
		s += ", " + op.Name(*m.activation)
	}
	if m.sparse {
		s += ", zeros skipped if most are"
	}
	return s
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
