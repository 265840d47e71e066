package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
)

// sinCosPoly returns sine and cosine of |r| ≤ π/4.
func sinCosPoly(r vec) (sin, cos vec) {
	s := mul(r, r)
	p := horner(s, 2.86567956e-6, -1.98559923e-4, 8.33338592e-3, -1.66666672e-1)
	sin = fma(p, mul(s, r), r)
	cos = horner(s, 2.44677067e-5, -1.38877297e-3, 4.16666567e-2, -0.5, 1)
	return
}

// sinCosSingle returns sine and cosine of x - n·π/2, with π/2 in three parts
// (Cody and Waite); the products are exact.
func sinCosSingle(x, n vec) (sin, cos vec) {
	r := fnma(n, f32(0x1.921fb6p0), x)
	nmadd(r, n, f32(-0x1.777a5cp-25))
	nmadd(r, n, f32(-0x1.ee59dap-50))
	return sinCosPoly(r)
}

// trigLimit is the largest magnitude that sin and cos reduce here. A lane
// beyond it comes back as x itself, which no sine can be, for the caller to do.
func trigLimit() Op { return by(f32(48000), f64(1<<20)) }

// sincos is the sine (quarter 0) or the cosine (quarter 1) of x, and adds the
// lanes beyond trigLimit to far.
func sincos(x vec, quarter int, far mask) vec {
	big := by(f32(magic), f64(magicDouble))
	nm := fma(x, num(2/math.Pi), big)
	sin, cos := by(sinCosSingle, sinCosDouble)(x, sub(nm, big))
	q := nm
	if quarter != 0 {
		q = addi(nm, by(c32(1), c64(1)))
	}
	last := by(31, 63)
	y := sel(signs(shl(q, last)), cos, sin)
	y = xor(y, sign(shl(q, last-1)))
	if quarter == 0 {
		y = sel(cmp(eq, x, num(0)), x, y) // -0
	}
	// An infinity is beyond the limit and has no sine; a NaN stays.
	beyond := cmp(gt, abs(x), trigLimit())
	join(far, beyond)
	return sel(beyond, x, y)
}
