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
	bits = 256 // width of a vector
	size = 4   // bytes of an element: float32 or float64
)

func wide() bool   { return bits == 512 }
func double() bool { return size == 8 }
func bytes() int   { return bits / 8 }

// by chooses by the type of the elements.
func by[T any](single, twice T) T {
	if double() {
		return twice
	}
	return single
}

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

func add(a vec, b Op) vec  { return out(func(d vec) { by(VADDPS, VADDPD)(b, a, d) }) }
func sub(a vec, b Op) vec  { return out(func(d vec) { by(VSUBPS, VSUBPD)(b, a, d) }) }
func mul(a vec, b Op) vec  { return out(func(d vec) { by(VMULPS, VMULPD)(b, a, d) }) }
func div(a vec, b Op) vec  { return out(func(d vec) { by(VDIVPS, VDIVPD)(b, a, d) }) }
func min(a vec, b Op) vec  { return out(func(d vec) { by(VMINPS, VMINPD)(b, a, d) }) }
func max(a vec, b Op) vec  { return out(func(d vec) { by(VMAXPS, VMAXPD)(b, a, d) }) }
func sqrt(a Op) vec        { return out(func(d vec) { by(VSQRTPS, VSQRTPD)(a, d) }) }
func and(a vec, b Op) vec  { return out(func(d vec) { VANDPS(b, a, d) }) }
func or(a vec, b Op) vec   { return out(func(d vec) { VORPS(b, a, d) }) }
func xor(a vec, b Op) vec  { return out(func(d vec) { VXORPS(b, a, d) }) }
func addi(a vec, b Op) vec { return out(func(d vec) { by(VPADDD, VPADDQ)(b, a, d) }) }
func subi(a vec, b Op) vec { return out(func(d vec) { by(VPSUBD, VPSUBQ)(b, a, d) }) }
func shl(a vec, n int) vec { return out(func(d vec) { by(VPSLLD, VPSLLQ)(Imm(uint64(n)), a, d) }) }
func shr(a vec, n int) vec { return out(func(d vec) { by(VPSRLD, VPSRLQ)(Imm(uint64(n)), a, d) }) }
func itof(a Op) vec        { return out(func(d vec) { VCVTDQ2PS(a, d) }) }

// sar shifts the sign in, in lanes of 32 bits whatever the element: AVX2 has no
// wider ones.
func sar(a vec, n int) vec { return out(func(d vec) { VPSRAD(Imm(uint64(n)), a, d) }) }

// minc and maxc take the constant first, so that a NaN in v comes through.
func minc(c Op, v vec) vec { return min(inReg(c), v) }
func maxc(c Op, v vec) vec { return max(inReg(c), v) }

// inReg is c itself if it is a register.
func inReg(c Op) vec {
	if v, ok := c.(vec); ok {
		return v
	}
	return load(c)
}

// fma returns a·b + c in a new register; fnma returns c - a·b.
func fma(a vec, b, c Op) vec  { return madd(load(c), a, b) }
func fnma(a vec, b, c Op) vec { return nmadd(load(c), a, b) }

// madd adds a·b to d, nmadd takes it away and msub is a·b - d; all return d.
func madd(d, a vec, b Op) vec  { by(VFMADD231PS, VFMADD231PD)(b, a, d); return d }
func nmadd(d, a vec, b Op) vec { by(VFNMADD231PS, VFNMADD231PD)(b, a, d); return d }
func msub(d, a vec, b Op) vec  { by(VFMSUB231PS, VFMSUB231PD)(b, a, d); return d }

// horner evaluates a polynomial, the highest coefficient first.
func horner(x vec, c ...float64) vec {
	p := load(num(c[0]))
	for _, k := range c[1:] {
		by(VFMADD213PS, VFMADD213PD)(num(k), x, p)
	}
	return p
}

// halves is horner in two chains, with s = x².
func halves(x, s vec, c ...float64) vec {
	var part [2][]float64 // odd and even coefficients, or the other way round
	for i, k := range c {
		part[i%2] = append(part[i%2], k)
	}
	even, odd := part[(len(c)-1)%2], part[len(c)%2]
	return madd(horner(s, even...), x, horner(s, odd...))
}

func abs(a vec) vec  { return and(a, by(c32(0x7fffffff), c64(1<<63-1))) }
func sign(a vec) vec { return and(a, signBit()) }

func signBit() Op { return by(c32(0x80000000), c64(1<<63)) }
func nan() Op     { return by(c32(0x7fc00000), c64(0x7ff8<<48)) }

// exponents is sign and exponent of the layout; mantissa is how many bits the
// rest has.
func exponents() Op { return by(c32(0xff800000), c64(0xfff<<52)) }
func mantissa() int { return by(23, 52) }

// Comparison predicates, none of which signals.
const (
	eq    = 0x00
	unord = 0x03
	ne    = 0x04
	nlt   = 0x15
	nge   = 0x19
	lt    = 0x11
	le    = 0x12
	ge    = 0x1d
	gt    = 0x1e
)

// cmp is the mask of a ∘ b.
func cmp(pred uint64, a vec, b Op) mask {
	if wide() {
		k := K()
		by(VCMPPS, VCMPPD)(Imm(pred), b, a, k)
		return k
	}
	d := newVec()
	by(VCMPPS, VCMPPD)(Imm(pred), b, a, d)
	return d
}

// sel is a where the mask is set and b elsewhere.
func sel(m mask, a Op, b vec) vec {
	d := newVec()
	if wide() {
		by(VBLENDMPS, VBLENDMPD)(a, b, m, d)
	} else {
		by(VBLENDVPS, VBLENDVPD)(m, a, b, d)
	}
	return d
}

// signs is the mask of the lanes whose sign is set, good for sel alone.
func signs(a vec) mask {
	if !wide() {
		return a
	}
	k := K()
	by(VPMOVD2M, VPMOVQ2M)(a, k)
	return k
}

// none is a mask without a lane, and join adds the lanes of m to all; members
// is zero if it has none.
func none() mask {
	if wide() {
		k := K()
		KXORW(k, k, k)
		return k
	}
	d := newVec()
	VXORPS(d, d, d)
	return d
}

func join(all, m mask) {
	if wide() {
		KORW(m, all, all)
	} else {
		VORPS(m, all, all)
	}
}

func members(m mask) reg.GPVirtual {
	r := GP32()
	if wide() {
		KMOVW(m, r)
	} else {
		by(VMOVMSKPS, VMOVMSKPD)(m, r)
	}
	return r
}

// ones is c where the mask is set and zero elsewhere.
func ones(m mask, c Op) vec {
	d := newVec()
	if wide() {
		by(VMOVUPS_Z, VMOVUPD_Z)(c, m, d)
	} else {
		VANDPS(c, m, d)
	}
	return d
}

func floor(a vec) vec {
	d := newVec()
	if wide() {
		by(VRNDSCALEPS, VRNDSCALEPD)(Imm(9), a, d)
	} else {
		by(VROUNDPS, VROUNDPD)(Imm(9), a, d)
	}
	return d
}
