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
// product vanishes, with a relative error of 3e-9. In float64 it is t/(t+5), and
// a minimax fit of degree 21 for t up to 39, with an error of 2^-54.
func gelu(x vec) vec {
	t := minc(by(f32(15), f64(39)), abs(x))
	s := mul(t, t)
	low := fnma(t, t, s) // s - t², what the square gained
	r, _, nm := expParts(mul(s, num(-.5)))
	madd(r, low, num(.5))
	w := div(t, add(t, by(f32(3), f64(5))))
	q := fma(w, num(2), num(-1))
	p := mul(by(geluSingle, geluDouble)(q), w)
	a, b := scale(fma(expPoly1(r), p, p), nm)
	return or(sub(maxc(num(0), x), mul(a, b)), sign(x)) // -0
}

func geluSingle(q vec) vec {
	return horner(q, 5.53559663e-5, 1.331259088e-4, -2.445826664e-4, -1.034222059e-3, 1.024135711e-3, 6.969813131e-3,
		-1.046229376e-2, -4.726274528e-2, 0.2300176777, -0.5093319895, 0.7290836907)
}
