package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// erf follows Juffa: a polynomial near zero and 1 - exp(polynomial) beyond.
func erf(x vec) vec {
	t, s := abs(x), mul(x, x)
	r := fma(load(f32(-1.72853470e-5)), t, f32(3.83197126e-4))
	u := fma(load(f32(-3.88396438e-3)), t, f32(2.42546219e-2))
	VFMADD213PS(u, s, r)
	VFMADD213PS(f32(-1.06777877e-1), t, r)
	VFMADD213PS(f32(-6.34846687e-1), t, r)
	VFMADD213PS(f32(-1.28717512e-1), t, r)
	r = fma(r, t, xor(t, c32(0x80000000)))
	big := sub(load(f32(1)), expNeg(r))
	p := horner(s, -5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1)
	small := fma(p, x, x)
	y := sel(cmp(gt, t, f32(0.927734375)), big, small)
	return or(y, sign(x))
}

// gelu is max(x, 0) - t·Φ(-t) with t = |x|. With w = t/(t+3) and q = 2w - 1,
//
//	t·Φ(-t) = exp(-t²/2) · w · F(q),   F = (t+3)·exp(t²/2)·Φ(-t)
//
// where F is smooth: a Chebyshev fit of degree 10 for t up to 14.5, where the
// product vanishes, with a relative error of 3e-9.
func gelu(x vec) vec {
	t := minc(f32(15), abs(x))
	s := mul(t, t)
	low := newVec()
	VMOVUPS(t, low)
	VFMSUB213PS(s, t, low) // t² - s, what the square lost
	r, _, nm := expParts(mul(s, f32(-.5)))
	VFMADD231PS(f32(-.5), low, r)
	w := div(t, add(t, f32(3)))
	q := fma(w, f32(2), f32(-1))
	p := horner(q, 5.53559663e-5, 1.331259088e-4, -2.445826664e-4, -1.034222059e-3, 1.024135711e-3, 6.969813131e-3,
		-1.046229376e-2, -4.726274528e-2, 0.2300176777, -0.5093319895, 0.7290836907)
	p = mul(p, w)
	a, b := scale(fma(expPoly1(r), p, p), nm)
	return sub(maxc(f32(0), x), mul(a, b))
}
