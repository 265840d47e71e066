package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// list emits the search for what is not zero in x[:n], which needs masks: the
// elements go to to, one after the other, and where they are to at; bit i of used is
// set where x[i] is one of them.
func (g gen) list() {
	emit.Func("list"+g.element.name+g.machine.name, "func(at *int32, to, x *float32, used *byte, n int) int",
		"lists the elements of x that are not zero, and returns how many there are.")
	at, to, x, used, n := arg("at"), arg("to"), arg("x"), arg("used"), arg("n")
	where, step, zero := g.vec(), g.vec(), g.vec()
	g.load(NewDataAddr(NewStaticSymbol("ramp"), 0), where)
	g.load(NewDataAddr(NewStaticSymbol("ramp"), g.bytes), step)
	g.zero(zero)
	found := GP64()
	XORQ(found, found)
	body := func(v Op) {
		const notEqual = 4 // true of NaN
		some, bits := K(), GP32()
		VCMPPS(Imm(notEqual), zero, v, some)
		VPCOMPRESSD(where, some, Mem{Base: at, Index: found, Scale: 4})
		VCOMPRESSPS(v, some, Mem{Base: to, Index: found, Scale: 4})
		KMOVW(some, bits)
		ORW(bits.As16(), Mem{Base: used})
		POPCNTL(bits, bits)
		ADDQ(bits.As64(), found)
	}
	Label("vector")
	SUBQ(Imm(16), n)
	JLT(LabelRef("rest"))
	v := g.vec()
	g.load(Mem{Base: x}, v)
	body(v)
	ADDQ(Imm(uint64(g.bytes)), x)
	ADDQ(Imm(2), used)
	VPADDD(step, where, where)
	JMP(LabelRef("vector"))
	Label("rest")
	ADDQ(Imm(16), n)
	JEQ(LabelRef("done"))
	mask := g.masks(n, 1)[0]
	v = g.vec()
	g.maskedLoad(Mem{Base: x}, mask, v)
	body(v)
	Label("done")
	Store(found, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// ramp is the numbers of the elements of a vector, and as many times their number.
func (g gen) ramp() {
	GLOBL("ramp", RODATA|NOPTR)
	for i := range 2 * g.lanes() {
		DATA(4*i, U32(min(i, g.lanes())))
	}
}
