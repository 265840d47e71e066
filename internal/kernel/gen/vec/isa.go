package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The vocabulary of the kernels: what differs between 256 and 512 bits is here
// and nowhere else.

type vec = reg.VecVirtual

// mask selects lanes: a vector of all-ones or zero lanes at 256 bits, an opmask
// register at 512.
type mask = reg.Register

var (
	bits   = 256
	suffix = "AVX2"
)

func wide() bool { return bits == 512 }
func bytes() int { return bits / 8 }

func newVec() vec {
	if wide() {
		return ZMM()
	}
	return YMM()
}

// Plain operations. A constant or memory operand goes where the instruction
// takes one.

func load(m Op) vec { v := newVec(); VMOVUPS(m, v); return v }

// out emits f(d) on a new register and returns it.
func out(f func(d vec)) vec { d := newVec(); f(d); return d }

func add(a vec, b Op) vec  { return out(func(d vec) { VADDPS(b, a, d) }) }
func sub(a vec, b Op) vec  { return out(func(d vec) { VSUBPS(b, a, d) }) }
func mul(a vec, b Op) vec  { return out(func(d vec) { VMULPS(b, a, d) }) }
func div(a vec, b Op) vec  { return out(func(d vec) { VDIVPS(b, a, d) }) }
func sqrt(a Op) vec        { return out(func(d vec) { VSQRTPS(a, d) }) }
func and(a vec, b Op) vec  { return out(func(d vec) { VANDPS(b, a, d) }) }
func or(a vec, b Op) vec   { return out(func(d vec) { VORPS(b, a, d) }) }
func xor(a vec, b Op) vec  { return out(func(d vec) { VXORPS(b, a, d) }) }
func addi(a vec, b Op) vec { return out(func(d vec) { VPADDD(b, a, d) }) }
func subi(a vec, b Op) vec { return out(func(d vec) { VPSUBD(b, a, d) }) }
func shl(a vec, n int) vec { return out(func(d vec) { VPSLLD(Imm(uint64(n)), a, d) }) }
func shr(a vec, n int) vec { return out(func(d vec) { VPSRLD(Imm(uint64(n)), a, d) }) }
func sar(a vec, n int) vec { return out(func(d vec) { VPSRAD(Imm(uint64(n)), a, d) }) }
func itof(a Op) vec        { return out(func(d vec) { VCVTDQ2PS(a, d) }) }

// minc and maxc take the constant first, so that a NaN in v comes through.
func minc(c Op, v vec) vec { return out(func(d vec) { VMINPS(v, inReg(c), d) }) }
func maxc(c Op, v vec) vec { return out(func(d vec) { VMAXPS(v, inReg(c), d) }) }

// inReg is c itself if it is a register.
func inReg(c Op) vec {
	if v, ok := c.(vec); ok {
		return v
	}
	return load(c)
}

// fma returns a·b + c in a new register; fnma returns c - a·b.
func fma(a vec, b, c Op) vec  { d := load(c); VFMADD231PS(b, a, d); return d }
func fnma(a vec, b, c Op) vec { d := load(c); VFNMADD231PS(b, a, d); return d }

// horner evaluates a polynomial, the highest coefficient first.
func horner(x vec, c ...float32) vec {
	p := load(f32(c[0]))
	for _, k := range c[1:] {
		VFMADD213PS(f32(k), x, p)
	}
	return p
}

func abs(a vec) vec  { return and(a, c32(0x7fffffff)) }
func sign(a vec) vec { return and(a, c32(0x80000000)) }

// Comparison predicates, none of which signals.
const (
	eq    = 0x00
	unord = 0x03
	ne    = 0x04
	lt    = 0x11
	le    = 0x12
	ge    = 0x1d
	gt    = 0x1e
)

// cmp is the mask of a ∘ b.
func cmp(pred uint64, a vec, b Op) mask {
	if wide() {
		k := K()
		VCMPPS(Imm(pred), b, a, k)
		return k
	}
	d := newVec()
	VCMPPS(Imm(pred), b, a, d)
	return d
}

// sel is a where the mask is set and b elsewhere.
func sel(m mask, a Op, b vec) vec {
	d := newVec()
	if wide() {
		VBLENDMPS(a, b, m, d)
	} else {
		VBLENDVPS(m, a, b, d)
	}
	return d
}

// ones is c where the mask is set and zero elsewhere.
func ones(m mask, c Op) vec {
	d := newVec()
	if wide() {
		VMOVUPS_Z(c, m, d)
	} else {
		VANDPS(c, m, d)
	}
	return d
}

func floor(a vec) vec {
	d := newVec()
	if wide() {
		VRNDSCALEPS(Imm(9), a, d)
	} else {
		VROUNDPS(Imm(9), a, d)
	}
	return d
}
