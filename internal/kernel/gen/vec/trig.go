package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
)

// sinCosPoly returns sine and cosine of |r| ≤ π/4.
func sinCosPoly(r vec) (sin, cos vec) {
	s := mul(r, r)
	p := horner(s, 2.86567956e-6, -1.98559923e-4, 8.33338592e-3, -1.66666672e-1)
	sin = fma(p, mul(s, r), r)
	cos = horner(s, 2.44677067e-5, -1.38877297e-3, 4.16666567e-2, -0.5, 1)
	return
}

// trigLimit is the largest magnitude that sin and cos reduce here. A lane
// beyond it comes back as x itself, which no sine can be, for the caller to do.
const trigLimit = 48000

// sincos is the sine (quarter 0) or the cosine (quarter 1) of x, and reports
// the lanes beyond trigLimit in big.
func sincos(x vec, quarter uint32, big vec) vec {
	nm := fma(x, f32(2/math.Pi), f32(magic))
	n := sub(nm, f32(magic))
	// π/2 in three parts (Cody and Waite); the products are exact.
	r := fnma(n, f32(0x1.921fb6p0), x)
	VFNMADD231PS(f32(-0x1.777a5cp-25), n, r)
	VFNMADD231PS(f32(-0x1.ee59dap-50), n, r)
	sin, cos := sinCosPoly(r)
	q := nm
	if quarter != 0 {
		q = addi(nm, c32(quarter))
	}
	odd := shl(q, 31)
	y := newVec()
	VBLENDVPS(odd, cos, sin, y)
	y = xor(y, and(shl(q, 30), c32(0x80000000)))
	if quarter == 0 {
		y = sel(cmp(eq, x, f32(0)), x, y) // -0
	}
	// An infinity is beyond the limit and has no sine; a NaN stays.
	far := cmp(gt, abs(x), f32(trigLimit))
	VORPS(far, big, big)
	return sel(far, x, y)
}
