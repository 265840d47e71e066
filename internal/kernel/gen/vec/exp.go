package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// The functions, as straight-line code on one vector. Coefficients for float32
// are minimax fits in float32, most by N. Juffa; the accuracy that counts is
// the one that the tests of package kernel measure over every float32. What
// float64 does in its own way is in double.go.

const (
	log2e = 1.442695041
	ln2   = 0.693147182     // float32(ln 2)
	ln2lo = -1.904654323e-9 // ln 2 - float32(ln 2)
	magic = 12582912        // 1.5·2^23: adding it rounds to an integer
)

var inf = math.Inf(1)

// expParts reduces x = n ln 2 + r, |r| ≤ ½ ln 2. n comes as a float and as
// magic + n, whose low bits are the integer.
func expParts(x vec) (r, n, nm vec) {
	big := by(f32(magic), f64(magicDouble))
	nm = fma(x, by(f32(log2e), f64(math.Log2E)), big)
	n = sub(nm, big)
	r = fnma(n, by(f32(ln2), f64(math.Ln2)), x)
	nmadd(r, n, by(f32(ln2lo), f64(ln2loDouble)))
	return
}

func expPoly(r vec) vec { return add(expPoly1(r), num(1)) }

// expPoly1 is eʳ - 1, with an error that is small beside 1.
func expPoly1(r vec) vec {
	if double() {
		return expPolyDouble(r)
	}
	s := mul(r, r)
	lo := fma(r, f32(1.66664720e-1), f32(4.99999851e-1))
	hi := fma(r, f32(8.37312452e-3), f32(4.16695364e-2))
	VFMADD231PS(f32(1.37805939e-3), s, hi)
	VFMADD231PS(hi, s, lo)
	return fma(lo, s, r)
}

// scale returns p·2^n as two factors a·b whose product is rounded
// once, also where it overflows or is denormal.
func scale(p, nm vec) (a, b vec) {
	i := shl(nm, mantissa()) // n in the place of an exponent; the bits of magic drop out
	h := and(sar(i, 1), exponents())
	return mul(p, addi(h, num(1))), addi(subi(i, h), num(1))
}

func ldexp(p, n, nm vec) vec {
	if wide() {
		d := newVec()
		by(VSCALEFPS, VSCALEFPD)(n, p, d)
		return d
	}
	a, b := scale(p, nm)
	return mul(a, b)
}

// exp is infinite from expMost on and zero up to expLeast.
func expMost() Op  { return by(f32(89), f64(710)) }
func expLeast() Op { return by(f32(-104), f64(-746)) }

func exp(x vec) vec {
	r, n, nm := expParts(minc(expMost(), maxc(expLeast(), x)))
	return ldexp(expPoly(r), n, nm)
}

// expNeg is exp for x in [-Inf, 0] or NaN, where nothing overflows.
func expNeg(x vec) vec { return expDown(x, expLeast()) }

// expDown is expNeg down to least.
func expDown(x vec, least Op) vec {
	r, n, nm := expParts(maxc(least, x))
	return ldexp(expPoly(r), n, nm)
}

// expSafe is exp for |x| < 87, where the result is an ordinary number. It loses
// a NaN.
func expSafe(x vec) vec {
	r, _, nm := expParts(x)
	return addi(expPoly(r), shl(nm, mantissa()))
}

// expm1 is (s + 1)·2^n - 1 with s = expm1(r), halved to keep 2^n finite.
func expm1(x vec) vec {
	r, _, nm := expParts(minc(f32(89), maxc(f32(-20), x)))
	p := horner(r, 1.97350979e-4, 1.39309070e-3, 8.33343994e-3, 4.16668020e-2, 1.66666716e-1, 4.99999970e-1)
	s := fma(p, mul(r, r), r)
	h := addi(shl(nm, 23), f32(.5)) // 2^(n-1): the shift drops the bits of magic
	y := fma(s, h, sub(h, f32(.5)))
	y = add(y, y)
	return sel(cmp(lt, abs(x), f32(0x1p-25)), x, y) // -0 and denormals
}
