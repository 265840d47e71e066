package engine

import (
	"slices"
	"unsafe"

	"github.com/latentgo/latent/internal/kernel"
)

// productCode is the instruction of a matrix product.
type productCode[T kernel.Float] struct {
	kernel.Gemm[T]
	parts int
}

func (p *productCode[T]) count() int   { return p.parts }
func (p *productCode[T]) before()      { p.FindZeros() }
func (p *productCode[T]) after() error { return nil }

func (b *binder[T]) product(v *value) runner {
	m := b.mul[v.id]
	p := &productCode[T]{Gemm: kernel.Gemm[T]{
		M: m.m, N: m.n, K: m.k, TransA: m.transA, TransB: m.transB, Batch: m.batch,
		C: b.memory(v), LDC: m.n, StrideC: m.m * m.n, Sparse: m.sparse,
	}}
	p.A, p.BesideA, p.LDA, p.StrideA = b.operand(m.a, m.besideA)
	p.B, p.BesideB, p.LDB, p.StrideB = b.operand(m.b, m.besideB)
	if m.bias != nil {
		p.Bias = b.memory(m.bias.base)[m.bias.off:]
	}
	if m.activation != nil {
		fn, _ := mapKernel(m.activation.Fn)
		p.Epilogue = func(piece []T) { kernel.Map(fn, piece, piece) }
	}
	p.parts = p.Prepare(b.pool)
	defer b.shareZeros(&p.Gemm)
	if m.besideB != nil {
		return p
	}
	pack(b.placed, &p.Gemm, m.b)
	if b.plan.steady[m.b.base] && p.Packed == nil && p.Packs() {
		packEach(b.plan.packs, &p.Gemm)
	}
	if p.Packed != nil {
		p.parts = p.Prepare(b.pool)
	}
	return p
}

// shareZeros has a product use the zeros that one of the same or an earlier phase finds
// in the same matrix.
func (b *binder[T]) shareZeros(g *kernel.Gemm[T]) {
	if g.Sparse && !slices.ContainsFunc(b.zeros, g.ShareZeros) {
		b.zeros = append(b.zeros, g)
	}
}

// operand returns the memory of an operand, or of the matrices side by side in its place.
func (b *binder[T]) operand(o operand, beside []operand) (one []T, parts [][]T, ld, stride int) {
	if beside == nil {
		return b.memory(o.base)[o.off:], nil, o.ld, o.batch
	}
	for _, p := range beside {
		parts = append(parts, b.memory(p.base)[p.off:])
	}
	return nil, parts, beside[0].ld, 0
}

// pack gives a product its second matrix packed, if it is fixed.
func pack[T kernel.Float](p *placed, g *kernel.Gemm[T], o operand) {
	f := p.arrays
	own, kept := p.kept[o.base]
	if f == nil || g.K == 0 || g.N == 0 || !kept && !(o.base.form == leaf && f.names[start(o.base.data, 0)] != "") {
		return
	}
	data := o.base.data
	if kept {
		data = own.Array
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	k := keyOf(g, start(data, o.off))
	known, ok := f.packed[k]
	panels, _ := known.(*kernel.Packed[T])
	if !ok && f.half {
		panels = g.PackHalf()
	}
	if panels == nil && g.Packs() {
		panels = g.Pack()
	}
	if g.Packed = panels; panels == nil || known != nil || kept && !own.shared {
		return
	}
	f.packed[k] = panels
	f.bytes += panels.Bytes()
}

func keyOf[T kernel.Float](g *kernel.Gemm[T], at unsafe.Pointer) packedKey {
	k := packedKey{at: at, n: g.N, k: g.K, ld: g.LDB, stride: g.StrideB, batch: max(g.Batch, 1), trans: g.TransB}
	if g.StrideB == 0 {
		k.batch = 1
	}
	return k
}

// packs are matrices that are packed by every run of a scan, for all steps and pieces.
type packs struct {
	known map[packedKey]any // a *kernel.Packed
	again []func()          // packs each
}

// packEach gives a product its second matrix packed.
func packEach[T kernel.Float](p *packs, g *kernel.Gemm[T]) {
	k := keyOf(g, unsafe.Pointer(&g.B[0]))
	known, ok := p.known[k]
	if !ok {
		known = g.Pack()
		p.known[k] = known
	}
	if g.Packed = known.(*kernel.Packed[T]); !ok {
		p.again = append(p.again, g.Repack)
	}
}
