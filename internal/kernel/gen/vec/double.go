package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
)

// The functions of float64, where they differ from those of float32 by more
// than constants. The coefficients are from internal/ref/vec/minimax.py.

const (
	magicDouble = 0x1.8p52
	ln2loDouble = 2.3190468138462996e-17 // ln 2 - float64(ln 2)
)

// expCubic is (eʳ - 1 - r)/r², |r| ≤ ½ ln 2, with an error of 2^-59 of eʳ - 1.
func expCubic(r, s vec) vec {
	a := fma(r, num(0.16666666666666677), num(.5))
	b := fma(r, num(0.008333333333322165), num(0.04166666666666658))
	c := fma(r, num(0.0001984126988492444), num(0.0013888888888942635))
	d := fma(r, num(2.7557245314972607e-06), num(2.480158719826602e-05))
	e := fma(r, num(2.510867838408742e-08), num(2.755738702665423e-07))
	madd(e, s, num(2.08789102478931e-09))
	q := mul(s, s)
	madd(a, s, b)
	madd(c, s, d)
	madd(c, q, e)
	return madd(a, q, c)
}

func expPolyDouble(r vec) vec {
	s := mul(r, r)
	return fma(expCubic(r, s), s, r)
}

// expm1Half is ½ expm1 x = u + v for x in [-40, 710], where |v| is much smaller
// than |u|. For n = 0, u is ½x.
func expm1Half(x vec) (u, v vec) {
	nm := fma(x, num(math.Log2E), num(magicDouble))
	n := sub(nm, num(magicDouble))
	hi := fnma(n, num(math.Ln2), x) // exact
	r := fnma(n, num(ln2loDouble), hi)
	lo := fnma(n, num(ln2loDouble), sub(hi, r))
	s := mul(r, r)
	q := fma(expCubic(r, s), s, lo)
	h := addi(shl(nm, mantissa()), num(.5)) // 2^(n-1): the shift drops the bits of magic
	u = fma(r, h, sub(h, num(.5)))
	return u, mul(q, h)
}

func expm1Double(x vec) vec {
	u, v := expm1Half(minc(num(710), maxc(num(-40), x)))
	y := add(u, v)
	y = add(y, y)
	return sel(cmp(lt, abs(x), num(0x1p-54)), x, y) // -0 and denormals
}

// tanhDouble is m/(m + 1) with m = ½ expm1 2|x| and 1/(m + 1) = 1 - m/(m + 1);
// the roundings of m, of the sum and of the quotient are put back to first
// order.
func tanhDouble(x vec) vec {
	t := minc(num(20), abs(x))
	u, v := expm1Half(add(t, t))
	m := add(u, v)
	mlo := add(sub(u, m), v)
	d := add(m, num(1))
	dlo := add(mlo, sub(min(m, num(1)), sub(d, max(m, num(1)))))
	y := div(m, d)
	rest := add(fnma(y, d, m), mlo)
	nmadd(rest, y, dlo)
	y = fma(rest, sub(load(num(1)), y), y)
	return or(minc(num(1), y), sign(x)) // 1 - y is coarse where y is nearly 1
}

// logParts splits y > 0 in (1 + f)·2^k with 1 + f from √½ to √2. off is
// 2^52 + 1023, more if y was multiplied by a power of two. t holds k + 1023 in
// the place of an exponent, above other bits.
func logParts(y vec, off vec) (f, k, t vec) {
	root := math.Float64bits(math.Sqrt2 / 2)
	t = addi(y, c64(math.Float64bits(1)-root))
	k = sub(or(shr(t, 52), num(0x1p52)), off)
	m := addi(and(t, c64(1<<52-1)), c64(root))
	return sub(m, num(1)), k, t
}

// logSeries is k ln 2 + ln(1+f) + lo, where lo is small beside f, and k or lo may
// be nil. With s = f/(2+f)
//
//	ln(1+f) = 2 atanh s = f - (f²/2 - s·(f²/2 + R)),   R = 2 (atanh s - s)/s
//
// (the arrangement of Sun's fdlibm), R with an error of 2^-59 of the whole.
func logSeries(f, k, lo vec) vec {
	s := div(f, add(f, num(2)))
	half := mul(mul(f, num(.5)), f)
	z := mul(s, s)
	w := mul(z, z)
	even := horner(w, 0.14795423848002784, 0.18183562105989132, 0.2857142874193689, 0.6666666666666734)
	odd := horner(w, 0.15314105182357962, 0.22222198617617833, 0.3999999999941679)
	r := fma(odd, w, mul(even, z))
	low := mul(s, add(r, half))
	if k != nil {
		madd(low, k, num(ln2loDouble))
	}
	if lo != nil {
		low = add(low, lo)
	}
	y := sub(f, sub(half, low))
	if k != nil {
		madd(y, k, num(math.Ln2))
	}
	return y
}

// logDouble is log for finite x > 0.
func logDouble(x vec) vec {
	small := cmp(lt, x, num(0x1p-1022))
	y := sel(small, mul(x, num(0x1p54)), x)
	f, k, _ := logParts(y, sel(small, num(0x1p52+1023+54), load(num(0x1p52+1023))))
	return logSeries(f, k, nil)
}

// log1pDouble is log1p for finite x > -1. The rounding of u = 1 + x goes into f,
// so that f is x itself where k = 0, and what is left there, over 1 + f, is the
// low part. The factor is 1/(1+f) within 6%.
func log1pDouble(x vec) vec {
	big, small := max(x, num(1)), min(x, num(1))
	u := add(big, small)
	c := sub(small, sub(u, big))
	f0, k, t := logParts(u, load(num(0x1p52+1023)))
	zero := newVec()
	VXORPS(zero, zero, zero)
	c = mul(c, max(zero, subi(load(c64(2046<<52)), and(t, exponents())))) // 2^-k, or 0 for k = 1024
	f := add(f0, c)
	c = sub(c, sub(f, f0))
	c = mul(c, fma(f, num(-.9412), num(1.0554)))
	return logSeries(f, k, c)
}

// log1pUnitDouble is log1p on [0, 1] (or NaN); above √2 - 1 it is
// ln 2 + log1p((x-1)/2), where the difference rounds just above √2 - 1, so that
// 1.37 serves for 1/(1+f).
func log1pUnitDouble(x vec) vec {
	big := cmp(gt, x, num(math.Sqrt2-1))
	f := fma(x, num(.5), num(-.5))
	lo := mul(fma(x, num(.5), sub(load(num(-.5)), f)), num(1.37))
	f = sel(big, f, x)
	lo = ones(big, lo)
	return logSeries(f, ones(big, num(1)), lo)
}

// sinCosDouble returns sine and cosine of x - n·π/2 = r + lo, |r| ≤ π/4. Of the
// three parts of π/2 (Cody and Waite) the second has 33 bits, so that its product
// with |n| < 2^20 is exact, as is x minus the first; so lo has all that r lost.
// The series are sin r = r + r·s·P(s) and cos r = 1 - s/2 + s²·Q(s) with s = r²;
// their errors are 2^-56 and 2^-59.
func sinCosDouble(x, n vec) (sin, cos vec) {
	hi := fnma(n, num(0x1.921fb54442d18p0), x)
	r := fnma(n, num(0x1.1a626331p-54), hi)
	lo := nmadd(sub(hi, r), n, num(0x1.1a626331p-54))
	nmadd(lo, n, num(0x1.1701b839a252p-88))
	s := mul(r, r)
	h := mul(s, num(.5))
	p := horner(s, 1.5896198533264835e-10, -2.5050747235069503e-08, 2.7557313618135907e-06,
		-0.00019841269829580543, 0.008333333333322108, -0.1666666666666663)
	sin = add(r, madd(fnma(h, lo, lo), mul(s, r), p))
	q := horner(s, -1.1358515793043805e-11, 2.0875700452624443e-09, -2.7557314176515163e-07,
		2.480158728884237e-05, -0.0013888888888873043, 0.041666666666666595)
	one := load(num(1))
	w := sub(one, h)
	rest := sub(sub(one, w), h)
	nmadd(rest, r, lo)
	cos = add(w, madd(rest, mul(s, s), q))
	return
}

// erfDouble is x + x·P(x²) up to 1 and 1 - exp(Q(|x|)) beyond, both with an error
// of 2^-55 of the whole.
func erfDouble(x vec) vec {
	t := minc(num(6), abs(x))
	q := halves(t, mul(t, t), -4.9289012806321355e-12, 2.045070821281056e-10, -3.934455141620645e-09, 4.642507080863739e-08,
		-3.7331970506651543e-07, 2.135771805920955e-06, -8.667563109890343e-06, 2.2823805183642733e-05,
		-2.0269992590075025e-05, -0.0001350436581690455, 0.0007706325977013718, -0.0019159302776365539,
		0.0004106155577253648, 0.018990187635886325, -0.10270344407082205, -0.6366436264632289,
		-1.1283740898330719, -5.028134113634363e-07)
	big := sub(load(num(1)), expSafe(q))
	p := horner(mul(t, t), -7.779470534684163e-10, 1.3710981255830433e-08, -1.6206313894408544e-07, 1.6447131579808615e-06,
		-1.4924712301859456e-05, 0.00012055293576843798, -0.0008548325929310779, 0.005223977606118355,
		-0.026866170643111448, 0.11283791670944185, -0.3761263890318352, 0.12837916709551256)
	small := fma(p, x, x)
	y := sel(cmp(gt, t, num(1)), big, small)
	return or(y, sign(x))
}

// geluDouble is F of gelu; the last coefficient is added apart to round less.
func geluDouble(q vec) vec {
	p := halves(q, mul(q, q), 2.013908604646176e-09, 7.181953601507849e-09, -1.0210881266548533e-08, -6.531978590324464e-08,
		4.361233580181423e-08, 4.326863814522065e-07, -3.377431372136855e-07, -2.769055179297123e-06, 3.981491250169519e-06,
		1.6681144828418465e-05, -4.9763010245850424e-05, -5.937571128190381e-05, 0.0005448991058710584,
		-0.000797869401479468, -0.00299337677569641, 0.020795066800242238, -0.06911863870595193, 0.16502036617036156,
		-0.31353315667131576, 0.495305615969977, -0.6653825028900566)
	return fma(p, q, num(0.769193049750063))
}
