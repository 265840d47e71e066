package engine

import "github.com/latentgo/latent/internal/kernel"

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
		A: b.memory(m.a.base)[m.a.off:], LDA: m.a.ld, StrideA: m.a.batch,
		B: b.memory(m.b.base)[m.b.off:], LDB: m.b.ld, StrideB: m.b.batch,
		C: b.memory(v), LDC: m.n, StrideC: m.m * m.n, Sparse: m.sparse,
	}}
	if m.bias != nil {
		p.Bias = b.memory(m.bias.base)[m.bias.off:]
	}
	if m.activation != nil {
		fn, _ := mapKernel(m.activation.Fn)
		p.Epilogue = func(piece []T) { kernel.Map(fn, piece, piece) }
	}
	p.parts = p.Prepare(b.pool)
	pack(b.placed, &p.Gemm, m.b)
	if b.plan.steady[m.b.base] && p.Packed == nil && p.Packs() { // by every scan anew, for all of its steps
		p.Packed = p.Pack()
		b.plan.repack = append(b.plan.repack, p.Repack)
	}
	if p.Packed != nil {
		p.parts = p.Prepare(b.pool)
	}
	return p
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
	k := packedKey{at: start(data, o.off), n: g.N, k: g.K, ld: g.LDB, stride: g.StrideB, batch: max(g.Batch, 1), trans: g.TransB}
	if g.StrideB == 0 {
		k.batch = 1
	}
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
