package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// generator emits the fills: eight blocks of Philox 4×32-10 a turn. A word lives
// in the low half of a 64-bit lane, four blocks a register, because the
// multiplication reads just that; the high halves hold rubbish until the end.
func generator() {
	for _, k := range []struct {
		name, doc string
		f         func(u, v vec) (a, b vec)
	}{
		{"uniform", "uniform", func(u, v vec) (a, b vec) { return uniform(u), uniform(v) }},
		{"normal", "standard normal", boxMuller},
	} {
		narrow(k.name+"32", "func(dst *float32, groups int, key uint64, block, row, sample, step uint32)",
			"fills groups of 32 elements, eight blocks from block on, with "+k.doc+" numbers.")
		dst, groups := pointer("dst"), pointer("groups")
		block := wideParam("block")
		VPADDD(konst("lane_blocks", 8, 0, 1, 2, 3), block, block)
		row, sample, step := wideParam("row"), wideParam("sample"), wideParam("step")
		// The counter's fixed words and the key wait on the stack: the rounds
		// need the registers.
		frame := AllocLocal(5 * 32)
		slot := func(i int) Mem { return frame.Offset(32 * i) }
		for i, v := range []vec{block, row, sample, step} {
			VMOVUPS(v, slot(i))
		}
		key, err := Param("key").Resolve()
		if err != nil {
			panic(err)
		}
		keys := newVec()
		VPBROADCASTQ(key.Addr, keys)
		VMOVUPS(keys, slot(4))
		Label("groups")
		TESTQ(groups, groups)
		JEQ(LabelRef("done"))
		words := philox(slot)
		for i, w := range words {
			u := pair(w[0], w[2])
			v := pair(w[1], w[3])
			a, b := k.f(u, v)
			lo, hi := newVec(), newVec()
			VUNPCKLPS(b, a, lo)
			VUNPCKHPS(b, a, hi)
			first, second := newVec(), newVec()
			VPERM2F128(Imm(0x20), hi, lo, first)
			VPERM2F128(Imm(0x31), hi, lo, second)
			VMOVUPS(first, Mem{Base: dst, Disp: 64 * i})
			VMOVUPS(second, Mem{Base: dst, Disp: 64*i + 32})
		}
		next := load(slot(0))
		VPADDD(c64(8), next, next)
		VMOVUPS(next, slot(0))
		ADDQ(Imm(128), dst)
		DECQ(groups)
		JMP(LabelRef("groups"))
		Label("done")
		finish()
	}
}

// wideParam spreads a 32-bit parameter over 64-bit lanes.
func wideParam(name string) vec {
	r := GP32()
	Load(Param(name), r)
	x, v := XMM(), newVec()
	VMOVD(r, x)
	VPBROADCASTQ(x, v)
	return v
}

// philox runs the rounds on two sets of four blocks.
func philox(slot func(int) Mem) (c [2][4]vec) {
	for g := range c {
		for i := range c[g] {
			c[g][i] = load(slot(i))
		}
	}
	VPADDD(c64(4), c[1][0], c[1][0])
	m0, m1 := load(c64(0xD2511F53)), load(c64(0xCD9E8D57))
	k0 := load(slot(4))
	k1 := newVec()
	VPSRLQ(Imm(32), k0, k1)
	for r := range 10 {
		if r > 0 {
			VPADDD(c64(0x9E3779B9), k0, k0)
			VPADDD(c64(0xBB67AE85), k1, k1)
		}
		for g := range c {
			w := &c[g]
			p0, p1, h := newVec(), newVec(), newVec()
			VPMULUDQ(m0, w[0], p0)
			VPMULUDQ(m1, w[2], p1)
			VPXOR(k0, w[1], w[1])
			VPXOR(k1, w[3], w[3])
			VPSRLQ(Imm(32), p1, h)
			VPXOR(h, w[1], w[0])
			h2 := newVec()
			VPSRLQ(Imm(32), p0, h2)
			VPXOR(h2, w[3], w[2])
			w[1], w[3] = p1, p0
		}
	}
	return
}

// pair puts the words of b beside those of a: a₀ b₀ a₁ b₁ ….
func pair(a, b vec) vec {
	h, d := newVec(), newVec()
	VPSLLQ(Imm(32), b, h)
	VPBLENDD(Imm(0xaa), h, a, d)
	return d
}

func uniform(w vec) vec {
	return mul(itof(or(shr(w, 8), c32(1))), f32(0x1p-24))
}

// halfUp is w + ½ as a float32, rounded once, for unsigned words.
func halfUp(w vec) vec {
	lo := add(itof(and(w, c32(0xffff))), f32(.5))
	return fma(itof(shr(w, 16)), f32(65536), lo)
}

// boxMuller is the pair of normals of the words u (radius) and v (angle).
func boxMuller(u, v vec) (cosine, sine vec) {
	// ln((u+½)/2^32); from 2/3 upwards by way of the distance to one, which has
	// all its digits.
	x := mul(halfUp(u), f32(0x1p-32))
	d := mul(halfUp(xor(u, c32(0xffffffff))), f32(-0x1p-32))
	e := and(subi(x, f32(0.666666667)), c32(0xff800000))
	m := sub(subi(x, e), f32(1))
	zero := newVec()
	VXORPS(zero, zero, zero)
	near := newVec()
	VPCMPEQD(zero, e, near)
	m = sel(near, d, m)
	l := logPoly(m, mul(itof(e), f32(0x1p-23)))
	r := sqrt(mul(l, f32(-2)))

	q := shr(addi(v, c32(1<<29)), 30)
	a := mul(itof(subi(v, shl(q, 30))), f32(2*math.Pi*0x1p-32))
	sin, cos := sinCosPoly(a)
	odd := shl(q, 31)
	s, c := newVec(), newVec()
	VBLENDVPS(odd, cos, sin, s)
	VBLENDVPS(odd, sin, cos, c)
	s = xor(s, and(shl(q, 30), c32(0x80000000)))
	c = xor(c, and(shl(addi(q, c32(1)), 30), c32(0x80000000)))
	return mul(r, c), mul(r, s)
}
