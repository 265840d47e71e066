package engine

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A runner is an instruction with its memory. Its parts may run at the same
// time as those of others in its phase; before and after run alone.
type runner interface {
	kernel.Task
	count() int // of parts
	before()
	after() error
}

// productCode is the instruction of a matrix product.
type productCode[T kernel.Float] struct {
	kernel.Gemm[T]
	parts int
}

func (p *productCode[T]) count() int   { return p.parts }
func (p *productCode[T]) before()      { p.FindZeros() }
func (p *productCode[T]) after() error { return nil }

func (b *binder[T]) product(v *value) runner {
	m := v.mul
	p := &productCode[T]{Gemm: kernel.Gemm[T]{
		M: m.m, N: m.n, K: m.k, TransA: m.transA, TransB: m.transB, Batch: m.batch,
		A: b.mem(m.a.base)[m.a.off:], LDA: m.a.ld, StrideA: m.a.batch,
		B: b.mem(m.b.base)[m.b.off:], LDB: m.b.ld, StrideB: m.b.batch,
		C: b.mem(v), LDC: m.n, StrideC: m.m * m.n, Sparse: m.sparse(),
	}}
	if m.bias != nil {
		p.Bias = b.mem(m.bias.base)[m.bias.off:]
	}
	if m.activation != nil {
		fn, _ := mapKernel(m.activation.Fn)
		p.Epilogue = func(piece []T) { kernel.Map(fn, piece, piece) }
	}
	p.parts = p.Prepare(b.pool)
	if pack(b.fixed, &p.Gemm, m.b); p.Packed != nil {
		p.parts = p.Prepare(b.pool)
	}
	return p
}

// sparse reports whether zeros of the first matrix may be skipped: it is data,
// or computed from data alone element by element, and large enough to look at.
func (m *matrix) sparse() bool {
	const least = 2e7 // flops
	return m.flops() >= least && m.batch == 1 && !m.transB && ofData(m.a.base, map[*value]bool{})
}

// ofData reports whether v is computed from leaves alone, element by element.
// Values in seen were looked at before.
func ofData(v *value, seen map[*value]bool) bool {
	if v.form == leaf || seen[v] {
		return true
	}
	seen[v] = true
	return v.kind == fusedLoop && !v.folds() && !slices.ContainsFunc(v.in, func(c *value) bool { return !ofData(c.view().base, seen) })
}

// flops returns the multiplications and additions of a product.
func (m *matrix) flops() float64 {
	return 2 * float64(m.batch) * float64(m.m) * float64(m.n) * float64(m.k)
}

func (m *matrix) String() string {
	t := [...]string{"", "ᵀ"}
	s := fmt.Sprintf("%d×%d%s · %d×%d%s", m.m, m.k, t[b2i(m.transA)], m.k, m.n, t[b2i(m.transB)])
	if m.batch > 1 {
		s = fmt.Sprintf("%d of ", m.batch) + s
	}
	if m.bias != nil {
		s += " + bias"
	}
	if m.activation != nil {
		s += ", " + op.Name(*m.activation)
	}
	if m.sparse() {
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
