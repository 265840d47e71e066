package main

import (
	. "github.com/mmcloughlin/avo/build"
)

// logPoly is ln(1+m) + i·ln 2 with m in [-1/3, 1/3].
func logPoly(m, i vec) vec {
	s := mul(m, m)
	a := fma(m, f32(0.333331972), f32(-0.5))
	b := fma(m, f32(0.200120345), f32(-0.249996200))
	c := fma(m, f32(0.139814854), f32(-0.166846052))
	d := fma(m, f32(0.140869141), f32(-0.121484190))
	VFMADD231PS(f32(-0.130310059), s, d)
	VFMADD231PS(d, s, c)
	VFMADD231PS(c, s, b)
	VFMADD231PS(b, s, a)
	VFMADD213PS(m, s, a)
	VFMADD231PS(f32(ln2), i, a)
	return a
}

func log(x vec) vec {
	r := by(logCore, logDouble)(x)
	r = sel(cmp(eq, x, num(inf)), x, r)
	zero := newVec()
	VXORPS(zero, zero, zero)
	r = sel(cmp(eq, x, zero), num(-inf), r)
	// Below zero, and NaN: or with a NaN.
	if wide() {
		k := cmp(nlt, x, zero)
		KNOTW(k, k)
		n := cmp(unord, x, x)
		KORW(n, k, k)
		return sel(k, nan(), r)
	}
	return or(r, cmp(nge, x, zero).(vec))
}

// logCore is log for finite x > 0.
func logCore(x vec) vec {
	small := cmp(lt, x, f32(0x1p-126))
	y := sel(small, mul(x, f32(0x1p23)), x)
	e := and(subi(y, f32(0.666666667)), c32(0xff800000))
	m := sub(subi(y, e), f32(1))
	i := fma(itof(e), f32(0x1p-23), ones(small, f32(-23)))
	return logPoly(m, i)
}

// log1pCore is log1p for finite x > -1.
func log1pCore(x vec) vec {
	u := add(x, f32(1))
	e := and(subi(u, f32(.75)), c32(0xff800000))
	m := subi(x, e)
	i := mul(itof(e), f32(0x1p-23))
	quarter := fma(out(func(d vec) { VMOVUPS(f32(.25), d) }), subi(load(f32(4)), e), f32(-1))
	m = add(m, quarter)
	return log1pPoly(m, i)
}

// log1pPoly is ln(1+m) + i·ln 2 with m in [-1/4, 1/2].
func log1pPoly(m, i vec) vec {
	s := mul(m, m)
	a := fma(m, f32(3.33335280e-1), f32(-4.99999970e-1))
	b := fma(m, f32(1.99886635e-1), f32(-2.50001878e-1))
	c := fma(m, f32(1.44911006e-1), f32(-1.66416913e-1))
	d := fma(m, f32(1.05529785e-1), f32(-1.32279143e-1))
	VFMADD231PS(f32(-4.54559326e-2), s, d)
	VFMADD231PS(d, s, c)
	VFMADD231PS(c, s, b)
	VFMADD231PS(b, s, a)
	VFMADD213PS(m, s, a)
	VFMADD231PS(f32(ln2), i, a)
	return a
}

// log1pUnit is log1p on [0, 1] (or NaN), where nothing is special: above ½ it is
// ln 2 + log1p((x-1)/2).
func log1pUnit(x vec) vec {
	if double() {
		return log1pUnitDouble(x)
	}
	big := cmp(gt, x, f32(.5))
	m := sel(big, fma(x, f32(.5), f32(-.5)), x)
	return log1pPoly(m, ones(big, f32(1)))
}

func log1p(x vec) vec {
	r := by(log1pCore, log1pDouble)(x)
	r = or(r, sign(x)) // -0
	r = sel(cmp(eq, x, num(inf)), x, r)
	r = sel(cmp(eq, x, num(-1)), num(-inf), r)
	if wide() {
		r = sel(cmp(lt, x, num(-1)), nan(), r)
		return sel(cmp(unord, x, x), x, r)
	}
	return or(r, cmp(nge, x, num(-1)).(vec))
}
