package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func optimisers() {
	kernel("adam32", "func(param, grad, m, v *float32, n int, k *[8]float32)",
		"is one update of Adam; k holds scale, β₁, 1-β₁, β₂, 1-β₂, the rate, 1/(1-β₂ᵗ) and ε.", func() {
			param, grad, m, v, n := pointer("param"), pointer("grad"), pointer("m"), pointer("v"), pointer("n")
			c := scalars(8)
			rate, root, eps := c[5], c[6], c[7]
			unroll := 1
			if wide() {
				unroll = 2
			}
			loop(n, unroll, func(s step) {
				mi, vi := moments(s, c, grad, m, v)
				VMULPS(root, vi, vi)
				vi = root32(vi)
				VADDPS(eps, vi, vi)
				VMULPS(rate, mi, mi)
				VDIVPS(vi, mi, mi)
				p := s.load(param)
				VSUBPS(mi, p, p)
				s.store(param, p)
			})
		})

	narrow("amsGrad32", "func(param, grad, m, v, x *float32, n int, k *[8]float32)",
		"is one update of AMSGrad; k is that of Adam.")
	param, grad, m, v, n := pointer("param"), pointer("grad"), pointer("m"), pointer("v"), pointer("n")
	x := pointer("x")
	c := scalars(8)
	rate, root, eps := c[5], c[6], c[7]
	loop(n, 1, func(s step) {
		mi, vi := moments(s, c, grad, m, v)
		xi, y := s.load(x), newVec()
		VMAXPS(vi, xi, y)
		y = sel(cmp(unord, xi, xi), xi, y)
		s.store(x, y)
		VMULPS(root, y, y)
		VSQRTPS(y, y)
		VADDPS(eps, y, y)
		VMULPS(rate, mi, mi)
		VDIVPS(y, mi, mi)
		p := s.load(param)
		VSUBPS(mi, p, p)
		s.store(param, p)
	})
	finish()

	narrow("adaMax32", "func(param, grad, m, u *float32, n int, k *[5]float32)",
		"is one update of AdaMax; k holds scale, β₁, 1-β₁, β₂ and the rate.")
	param, grad, m, u, n := pointer("param"), pointer("grad"), pointer("m"), pointer("u"), pointer("n")
	c = scalars(5)
	scale, b1, c1, b2 := c[0], c[1], c[2], c[3]
	rate = c[4]
	loop(n, 1, func(s step) {
		g := s.load(grad)
		VMULPS(scale, g, g)
		mi := s.load(m)
		VMULPS(b1, mi, mi)
		VFMADD231PS(g, c1, mi)
		s.store(m, mi)
		ui := s.load(u)
		VMULPS(b2, ui, ui)
		a := abs(g)
		y := newVec()
		VMAXPS(a, ui, y)
		y = sel(cmp(unord, ui, ui), ui, y)
		s.store(u, y)
		VMULPS(rate, mi, mi)
		moved := cmp(ne, y, f32(0))
		VDIVPS(y, mi, mi)
		VANDPS(moved, mi, mi)
		p := s.load(param)
		VSUBPS(mi, p, p)
		s.store(param, p)
	})
	finish()

	narrow("momentum32", "func(param, grad, v *float32, n int, k *[3]float32)",
		"is one update with momentum; k holds the rate, μ and the scale.")
	param, grad, v, n = pointer("param"), pointer("grad"), pointer("v"), pointer("n")
	c = scalars(3)
	loop(n, 2, func(s step) {
		vi := s.load(v)
		VMULPS(c[1], vi, vi)
		VFMADD231PS(s.load(grad), c[2], vi)
		s.store(v, vi)
		p := s.load(param)
		VFNMADD231PS(vi, c[0], p)
		s.store(param, p)
	})
	finish()
}

// root32 is √x. At 512 bits, where the square root and the quotient would wait for
// one divider, it is x times Newton's step from an estimate of 14 bits of 1/√x, good
// to 2⁻²³·1.5 of the value; 0 and infinity, which have no such product, are their own
// roots.
func root32(x vec) vec {
	if !wide() {
		return sqrt(x)
	}
	y := newVec()
	VRSQRT14PS(x, y)
	h := mul(x, y) // ≈ √x, below the largest number where y² is not
	e := fnma(mul(h, y), f32(.5), f32(1.5))
	own := K()
	VFPCLASSPSZ(Imm(0x0e), x, own) // ±0, +∞
	return sel(own, x, mul(h, e))
}

// moments updates those of Adam, whose scalars c begin with the scale, β₁, 1-β₁, β₂
// and 1-β₂.
func moments(s step, c []vec, grad, m, v reg.Register) (mi, vi vec) {
	g := s.load(grad)
	VMULPS(c[0], g, g)
	mi = s.load(m)
	VMULPS(c[1], mi, mi)
	VFMADD231PS(g, c[2], mi)
	s.store(m, mi)
	VMULPS(g, g, g)
	vi = s.load(v)
	VMULPS(c[3], vi, vi)
	VFMADD231PS(g, c[4], vi)
	s.store(v, vi)
	return mi, vi
}

// scalars spreads the first n elements of the parameter k.
func scalars(n int) []vec {
	k := pointer("k")
	c := make([]vec, n)
	for i := range c {
		c[i] = newVec()
		VBROADCASTSS(Mem{Base: k, Disp: 4 * i}, c[i])
	}
	return c
}
