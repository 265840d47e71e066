package main

import (
	"fmt"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// sparse emits the product of rows that are mostly zero with v vectors of B:
// for each of `rows` rows i,
//
//	C[i, :width] = Σ_{from[i] ≤ q < to[i]} x[q]·B[at[q]] + src[i, :width]
//
// with nothing added where src is nil. B is packed. The order of the sums is
// that of the tiles, which add the zeros.
func (g gen) sparse(v int) {
	name := fmt.Sprintf("sparse%d%s%s", v, g.element.name, g.machine.name)
	emit.Func(name, fmt.Sprintf("func(b, c, src, x *%s, at, from, to *int32, rsc, rss, rows, width int) bool", g.goType),
		fmt.Sprintf("computes rows of %d columns and reports whether all sums are finite and none is -0.", v*g.lanes()))
	t := tileArgs{gen: g, v: v}
	restore := g.flush()
	b, x, at, from, to, rows := arg("b"), arg("x"), arg("at"), arg("from"), arg("to"), arg("rows")
	var masks []reg.Register
	if v == 1 {
		masks = g.masks(arg("width"), 1)
	}
	zero, bad := g.vec(), g.vec() // zero times what is not finite is NaN
	g.zero(zero)
	g.zero(bad)
	sign := g.signs()
	Label("rows")
	acc := make([]reg.VecVirtual, v)
	for j := range acc {
		acc[j] = g.vec()
		g.zero(acc[j])
	}
	q, end := GP64(), GP64()
	MOVLQSX(Mem{Base: from}, q)
	MOVLQSX(Mem{Base: to}, end)
	JMP(LabelRef("more"))
	Label("add")
	off := GP64()
	MOVLQSX(Mem{Base: at, Index: q, Scale: 4}, off)
	SHLQ(Imm(uint64(bits.TrailingZeros(uint(v*g.bytes)))), off)
	a := g.vec()
	g.broadcast(Mem{Base: x, Index: q, Scale: uint8(g.size)}, a)
	for j := range acc {
		g.fma(Mem{Base: b, Index: off, Scale: 1, Disp: j * g.bytes}, a, acc[j])
	}
	INCQ(q)
	Label("more")
	CMPQ(q, end)
	JLT(LabelRef("add"))
	for j := range acc {
		g.fma(zero, acc[j], bad)
		g.orEqual(acc[j], sign, bad)
	}
	t.finish([][]reg.VecVirtual{acc}, masks, "row")
	advance("c", t.stride("rsc"))
	advance("src", t.stride("rss"))
	ADDQ(Imm(4), from)
	ADDQ(Imm(4), to)
	DECQ(rows)
	JNE(LabelRef("rows"))
	any, plain := g.nans(bad), GP8()
	TESTL(any, any)
	SETEQ(plain)
	Store(plain, ReturnIndex(0))
	restore()
	VZEROUPPER()
	RET()
}

// nans returns bits that tell whether a vector has a NaN.
func (g gen) nans(x reg.VecVirtual) reg.GPVirtual {
	const unordered = 3
	any := GP32()
	if g.wide() {
		k := K()
		if g.single() {
			VCMPPS(Imm(unordered), x, x, k)
		} else {
			VCMPPD(Imm(unordered), x, x, k)
		}
		KMOVW(k, any)
		return any
	}
	m := g.vec()
	if g.single() {
		VCMPPS(Imm(unordered), x, x, m)
		VMOVMSKPS(m, any)
	} else {
		VCMPPD(Imm(unordered), x, x, m)
		VMOVMSKPD(m, any)
	}
	return any
}

// signs returns a vector of -0.
func (g gen) signs() reg.VecVirtual {
	v, r := g.vec(), GP64()
	if g.single() {
		MOVL(U32(1<<31), r.As32())
		VMOVD(r.As32(), v.AsX())
		VPBROADCASTD(v.AsX(), v)
	} else {
		MOVQ(U64(1<<63), r)
		VMOVQ(r, v.AsX())
		VPBROADCASTQ(v.AsX(), v)
	}
	return v
}

// orEqual sets all bits of an element of z where x and y have the same bits;
// they are a NaN then.
func (g gen) orEqual(x, y, z reg.VecVirtual) {
	same := g.vec()
	switch {
	case g.wide() && g.single():
		k := K()
		VPCMPEQD(x, y, k)
		VPMOVM2D(k, same)
		VPORD(same, z, z)
	case g.wide():
		k := K()
		VPCMPEQQ(x, y, k)
		VPMOVM2Q(k, same)
		VPORQ(same, z, z)
	case g.single():
		VPCMPEQD(x, y, same)
		VPOR(same, z, z)
	default:
		VPCMPEQQ(x, y, same)
		VPOR(same, z, z)
	}
}
