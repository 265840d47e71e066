package kernel

import "math"

// Packed is op(B) of products in the order in which their tiles read it: panels of
// two vectors, the last of one if that is enough, each with all of its K rows one
// after the other. It does not depend on M, so that products of any number of rows
// share one. It is read only, by any number of them at once.
type Packed[T Float] struct {
	k, n, lanes int
	size        int // elements of one matrix of a batch
	panels      []T
	half        []uint16 // of F16, in the place of panels
}

// Packs reports whether a prepared product reads B from panels, so that a Packed
// saves it work. Few columns or a dot product read B where it is.
func (g *Gemm[T]) Packs() bool {
	return !g.plan.empty && !g.plan.dots && !g.plan.swap && g.K > 0 && g.BesideB == nil
}

// Pack packs B for this product and others that differ in M, A, C, Bias and
// Epilogue. Set as Packed, before Prepare, it makes no difference to a result.
func (g *Gemm[T]) Pack() *Packed[T] {
	pk := g.newPacked()
	pk.panels = pk.pack(g)
	return pk
}

// Repack is Pack, for a B with other numbers, into the memory of g.Packed.
func (g *Gemm[T]) Repack() { g.Packed.fill(g, g.Packed.panels) }

// HalfColumns is the least number of columns of a B that PackHalf packs: products
// with fewer read it where it is.
const HalfColumns = dotCols + 1

// PackHalf is Pack with the elements of B rounded to F16, the nearest of 11 bits,
// ties to even: a product with it is that of the rounded elements, computed as ever. It
// returns nil if B has too few columns or an element that F16 has no room for, of
// 65520 or more or not finite, or if the elements are float64.
func (g *Gemm[T]) PackHalf() *Packed[T] {
	if g.N < HalfColumns || g.K == 0 || sizeOf[T]() != 4 {
		return nil
	}
	pk := g.newPacked()
	panels := pk.pack(g)
	pk.half = make([]uint16, len(panels))
	for i, x := range panels {
		h, ok := halfOf(float32(x))
		if !ok {
			return nil
		}
		pk.half[i] = h
	}
	return pk
}

// Bytes is the memory that a Packed takes.
func (pk *Packed[T]) Bytes() int { return len(pk.panels)*sizeOf[T]() + 2*len(pk.half) }

func (g *Gemm[T]) newPacked() *Packed[T] {
	pk := &Packed[T]{k: g.K, n: g.N, lanes: geometryOf[T]().lanes}
	last := g.N % (2 * pk.lanes)
	pk.size = g.K * (g.N - last)
	switch {
	case last > pk.lanes:
		pk.size += g.K * 2 * pk.lanes
	case last > 0:
		pk.size += g.K * pk.lanes
	}
	return pk
}

// pack returns the panels, which begin on a cache line.
func (pk *Packed[T]) pack(g *Gemm[T]) []T {
	items := 1
	if g.StrideB > 0 {
		items = max(g.Batch, 1)
	}
	size := sizeOf[T]()
	panels := elements[T](aligned((pk.size*items + 2*pk.lanes) * size))[:pk.size*items]
	pk.fill(g, panels)
	return panels
}

// fill writes the panels.
func (pk *Packed[T]) fill(g *Gemm[T], at []T) {
	pl := plan{geometry: geometryOf[T]()}
	items := len(at) / max(pk.size, 1)
	for item := range items {
		v := view[T]{b: g.B[item*g.StrideB:], rsb: g.ldb(), csb: 1}
		if g.TransB {
			v.rsb, v.csb = v.csb, v.rsb
		}
		for j := 0; j < g.N; {
			vecs, w := pl.panel(math.MaxInt, g.N-j)
			for p := 0; p < g.K; p += pl.deep { // so that a call of assembly is short
				kb := min(pl.deep, g.K-p)
				v.pack(&pl, vecs, at, p, kb, j, w)
				if w < vecs*pl.lanes {
					for r := range kb {
						clear(at[r*vecs*pl.lanes+w : (r+1)*vecs*pl.lanes])
					}
				}
				at = at[kb*vecs*pl.lanes:]
			}
			j += w
		}
	}
}

// of returns the panels of one product of a batch.
func (pk *Packed[T]) of(item int) (panels []T, half []uint16) {
	at := 0
	if n := max(len(pk.panels), len(pk.half)); n > pk.size {
		at = item * pk.size
	}
	if pk.half != nil {
		return nil, pk.half[at:]
	}
	return pk.panels[at:], nil
}

// fits panics unless pk was packed for the shape of g.
func (pk *Packed[T]) fits(g *Gemm[T]) {
	if pk.k != g.K || pk.n != g.N || pk.lanes != geometryOf[T]().lanes {
		panic("kernel: Gemm: B was packed for another shape or path")
	}
}

// offset is where row p of the panel at column j starts, vecs vectors wide.
func (v *view[T]) offset(pl *plan, vecs, p, j int) int { return j*v.k + p*min(vecs, 2)*pl.lanes }

// unpack returns rows p to p+kb of a panel of F16 as numbers to compute with, in dst.
func (v *view[T]) unpack(pl *plan, vecs int, dst []T, p, kb, j int) {
	n := kb * vecs * pl.lanes
	unpackHalf(pl.path, as32(dst[:n]), v.half[v.offset(pl, vecs, p, j):][:n])
}

// wholeVectors returns rows p to p+kb of a panel that was packed beforehand, or of
// the vector of it that starts at column j if the panel is not full: sums without
// zeros store whole vectors, but for a panel of one. It uses tmp.
func (v *view[T]) wholeVectors(pl *plan, tmp []T, p, kb, j int) (b []T, vecs int) {
	from := j / (2 * pl.lanes) * 2 * pl.lanes
	vecs, w := pl.panel(v.m, v.n-from)
	if pl.half {
		v.unpack(pl, vecs, tmp, p, kb, from)
		b = tmp
	} else {
		b = v.panels[v.offset(pl, vecs, p, from):]
	}
	if vecs == 1 || w == 2*pl.lanes {
		return b, vecs
	}
	for r := range kb {
		copy(tmp[r*pl.lanes:][:pl.lanes], b[2*r*pl.lanes+j-from:])
	}
	return tmp, 1
}

// halfOf rounds to F16, to nearest and ties to even; ok is false where the result
// is not finite.
func halfOf(x float32) (h uint16, ok bool) {
	b := math.Float32bits(x)
	sign := uint16(b >> 16 & 0x8000)
	switch a := math.Float32frombits(b &^ (1 << 31)); {
	case !(a < 65520):
		return 0, false
	case a < 0x1p-14: // a multiple of 2⁻²⁴; the sum rounds
		return sign | uint16(math.Float32bits(a+0.5)-math.Float32bits(0.5)), true
	}
	b &^= 1 << 31
	b += 0xfff + b>>13&1 // rounds; a carry raises the exponent
	return sign | uint16(b>>13-(127-15)<<10), true
}

// halfValue is the number that F16 bits stand for.
func halfValue(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	switch e, m := uint32(h>>10&31), uint32(h&0x3ff); e {
	case 0:
		return math.Float32frombits(math.Float32bits(float32(m)*0x1p-24) | sign)
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | m<<13)
	default:
		return math.Float32frombits(sign | (e+127-15)<<23 | m<<13)
	}
}

func unpackHalfPortable(dst []float32, src []uint16) {
	for i, h := range src {
		dst[i] = halfValue(h)
	}
}
