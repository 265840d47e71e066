package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// AVX2 keeps masks in vector registers, loaded from a table of ones followed by
// zeros at the place where the wanted number of ones is left. AVX-512 has
// registers for them.

// maskSpan is the number of ones in the table, two vectors of float32.
const maskSpan = 16

func (g gen) maskTable() {
	GLOBL("masks"+g.element.name, RODATA|NOPTR)
	for i := range 2 * maskSpan {
		one := uint64(0)
		if i < maskSpan {
			one = 1<<(8*g.size) - 1
		}
		if g.single() {
			DATA(i*4, U32(one))
		} else {
			DATA(i*8, U64(one))
		}
	}
}

// A maskSource is where the masks of the first so many elements of a row come
// from: an address in the table, or bits.
type maskSource struct{ reg.GPVirtual }

// maskSource prepares masks of width elements.
func (g gen) maskSource(width reg.GPVirtual) maskSource {
	n, p := copyOf(width), GP64()
	if g.wide() {
		MOVQ(I64(-1), p)
		BZHIQ(n, p, p)
		return maskSource{p}
	}
	LEAQ(NewDataAddr(NewStaticSymbol("masks"+g.element.name), maskSpan*g.size), p)
	SHLQ(Imm(uint64(g.shift)), n)
	SUBQ(n, p)
	return maskSource{p}
}

// maskRegister returns a register for a mask.
func (g gen) maskRegister() reg.Register {
	if g.wide() {
		return K()
	}
	return g.vec()
}

// loadMask loads the mask of vector j of the row.
func (g gen) loadMask(from maskSource, j int, m reg.Register) {
	if !g.wide() {
		g.load(Mem{Base: from.GPVirtual, Disp: j * g.bytes}, m)
		return
	}
	bits := copyOf(from.GPVirtual)
	if j > 0 {
		SHRQ(Imm(uint64(j*g.lanes())), bits)
	}
	KMOVQ(bits, m)
}

// masks returns the masks of v vectors of which width elements count.
func (g gen) masks(width reg.GPVirtual, v int) []reg.Register {
	from := g.maskSource(width)
	ms := make([]reg.Register, v)
	for j := range ms {
		ms[j] = g.maskRegister()
		g.loadMask(from, j, ms[j])
	}
	return ms
}

// maskedLoad loads r, with zeros where the mask has none.
func (g gen) maskedLoad(m, mask, r Op) {
	switch {
	case g.wide() && g.single():
		VMOVUPS_Z(m, mask, r)
	case g.wide():
		VMOVUPD_Z(m, mask, r)
	case g.single():
		VMASKMOVPS(m, mask, r)
	default:
		VMASKMOVPD(m, mask, r)
	}
}

func (g gen) maskedStore(r, mask, m Op) {
	switch {
	case g.wide() && g.single():
		VMOVUPS(r, mask, m)
	case g.wide():
		VMOVUPD(r, mask, m)
	case g.single():
		VMASKMOVPS(r, mask, m)
	default:
		VMASKMOVPD(r, mask, m)
	}
}
