package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// pack emits the copy of k rows of `width` columns into a panel whose rows are
// v vectors, zero beyond width. Panels of more than two vectors are full.
func (g gen) pack(v int) {
	emit.Func(fmt.Sprintf("pack%d%s%s", v, g.element.name, g.machine.name), fmt.Sprintf("func(dst, src *%s, ld, k, width int)", g.goType),
		fmt.Sprintf("copies k rows into a panel %d wide.", v*g.lanes()))
	dst, src, k, width := arg("dst"), arg("src"), arg("k"), arg("width")
	ld := g.stride("ld")
	row := v * g.bytes
	if v <= 2 {
		CMPQ(width, U32(uint64(v*g.lanes())))
		JNE(LabelRef("edge"))
	}
	SUBQ(Imm(4), k)
	JLT(LabelRef("rest"))
	Label("by4")
	for i := range 4 {
		for j := range v {
			x := g.vec()
			g.load(Mem{Base: src, Disp: j * g.bytes}, x)
			g.load(x, Mem{Base: dst, Disp: i*row + j*g.bytes})
		}
		ADDQ(ld, src)
	}
	ADDQ(U32(uint64(4*row)), dst)
	SUBQ(Imm(4), k)
	JGE(LabelRef("by4"))
	Label("rest")
	ADDQ(Imm(4), k)
	JEQ(LabelRef("done"))
	Label("by1")
	for j := range v {
		x := g.vec()
		g.load(Mem{Base: src, Disp: j * g.bytes}, x)
		g.load(x, Mem{Base: dst, Disp: j * g.bytes})
	}
	ADDQ(ld, src)
	ADDQ(U32(uint64(row)), dst)
	DECQ(k)
	JNE(LabelRef("by1"))
	Label("done")
	VZEROUPPER()
	RET()

	if v > 2 {
		return
	}
	Label("edge")
	masks := g.masks(width, v)
	Label("edge1")
	for j := range masks {
		x := g.vec()
		g.maskedLoad(Mem{Base: src, Disp: j * g.bytes}, masks[j], x)
		g.load(x, Mem{Base: dst, Disp: j * g.bytes})
	}
	ADDQ(ld, src)
	ADDQ(U32(uint64(row)), dst)
	DECQ(k)
	JNE(LabelRef("edge1"))
	VZEROUPPER()
	RET()
}

// packTransposed emits the copy of up to 32 bytes' worth of rows, each k long,
// into as many columns of a panel of row length dld. Columns beyond cols repeat
// the last one.
func (g gen) packTransposed() {
	const width = 32 // bytes of the columns written
	cols := width / g.size
	emit.Func("packT"+g.element.name+g.machine.name, fmt.Sprintf("func(dst, src *%s, ld, k, cols, dld int)", g.goType),
		fmt.Sprintf("transposes up to %d rows into columns.", cols))
	dst, k, have := arg("dst"), arg("k"), arg("cols")
	rows := make([]reg.GPVirtual, cols)
	rows[0] = arg("src")
	ld, dld := g.stride("ld"), g.stride("dld")
	for i := 1; i < cols; i++ {
		rows[i] = copyOf(rows[i-1])
		ADDQ(ld, rows[i])
		CMPQ(have, Imm(uint64(i)))
		CMOVQLE(rows[i-1], rows[i])
	}
	per := 16 / g.size // columns of the source in a 128-bit load
	SUBQ(Imm(uint64(per)), k)
	JLT(LabelRef("rest"))
	Label("block")
	half := make([]reg.VecVirtual, cols/2)
	for i := range half {
		half[i] = YMM()
		VMOVUPS(Mem{Base: rows[i]}, half[i].AsX())
		VINSERTF128(Imm(1), Mem{Base: rows[i+cols/2]}, half[i], half[i])
	}
	for _, y := range g.transpose(half) {
		VMOVUPS(y, Mem{Base: dst})
		ADDQ(dld, dst)
	}
	for _, p := range rows {
		ADDQ(Imm(16), p)
	}
	SUBQ(Imm(uint64(per)), k)
	JGE(LabelRef("block"))
	Label("rest")
	ADDQ(Imm(uint64(per)), k)
	JEQ(LabelRef("done"))
	Label("single")
	for i, p := range rows {
		x := XMM()
		if g.single() {
			VMOVSS(Mem{Base: p}, x)
			VMOVSS(x, Mem{Base: dst, Disp: i * 4})
		} else {
			VMOVSD(Mem{Base: p}, x)
			VMOVSD(x, Mem{Base: dst, Disp: i * 8})
		}
		ADDQ(Imm(uint64(g.size)), p)
	}
	ADDQ(dld, dst)
	DECQ(k)
	JNE(LabelRef("single"))
	Label("done")
	VZEROUPPER()
	RET()
}

// transpose turns rows i and i+n (one in each 128-bit lane of the i-th of n
// registers) into columns.
func (g gen) transpose(h []reg.VecVirtual) []reg.VecVirtual {
	if !g.single() {
		lo, hi := YMM(), YMM()
		VUNPCKLPD(h[1], h[0], lo)
		VUNPCKHPD(h[1], h[0], hi)
		return []reg.VecVirtual{lo, hi}
	}
	var t, out [4]reg.VecVirtual
	for i := range t {
		t[i], out[i] = YMM(), YMM()
	}
	VUNPCKLPS(h[1], h[0], t[0])
	VUNPCKHPS(h[1], h[0], t[1])
	VUNPCKLPS(h[3], h[2], t[2])
	VUNPCKHPS(h[3], h[2], t[3])
	VUNPCKLPD(t[2], t[0], out[0])
	VUNPCKHPD(t[2], t[0], out[1])
	VUNPCKLPD(t[3], t[1], out[2])
	VUNPCKHPD(t[3], t[1], out[3])
	return out[:]
}
