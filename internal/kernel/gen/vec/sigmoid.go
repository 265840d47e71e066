package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func tanh(x vec) vec {
	t := abs(x)
	e := expSafe(minc(f32(20), add(t, t)))
	big := sub(load(f32(1)), div(load(f32(2)), add(e, f32(1))))
	s := mul(x, x)
	p := horner(s, 1.57394409e-2, -5.23039624e-2, 1.33152977e-1, -3.33327681e-1)
	small := fma(mul(p, s), x, x)
	return or(sel(cmp(gt, t, f32(.55)), big, small), sign(x))
}

// ratio is (n + nlo)/(1 + e) for 0 ≤ e ≤ 1, with the roundings of the sum and
// of the quotient put back to first order.
func ratio(n, nlo, e vec) vec {
	one := load(num(1))
	d := add(e, one)
	dlo := sub(e, sub(d, one))
	y := div(n, d)
	rest := fnma(y, d, n)
	if nlo != nil {
		rest = add(rest, nlo)
	}
	nmadd(rest, y, dlo)
	// 1/d within 5%. The instruction for it differs between makers.
	return fma(rest, fma(d, num(-.5), num(1.457)), y)
}

// sigmoid is 1/(1+e) or e/(1+e) with e = exp(-|x|).
func sigmoid(x vec) vec {
	e := expNeg(or(x, signBit()))
	n := sel(cmp(lt, x, num(0)), e, load(num(1)))
	return ratio(n, nil, e)
}

// silu is x·sigmoid(x); below zero the last factor of e waits until x is in,
// so that a denormal result is rounded once.
func silu(x vec) vec {
	least := by(f32(-125), f64(-770))
	r, _, nm := expParts(maxc(least, or(x, signBit())))
	a, b := scale(expPoly(r), nm)
	e := mul(a, b)
	y := maxc(least, x)
	neg := cmp(lt, x, num(0))
	n := sel(neg, mul(y, a), y)
	nlo := fma(y, a, xor(n, signBit()))
	nlo = sel(neg, nlo, xor(x, x))
	q := ratio(n, nlo, e)
	q = sel(neg, mul(q, b), q)
	return or(sel(cmp(gt, x, num(100)), x, q), sign(x)) // -0
}

func softplus(x vec) vec {
	l := log1pUnit(expNeg(or(x, signBit())))
	return add(maxc(num(0), x), l)
}

func logsigmoid(x vec) vec {
	l := log1pUnit(expNeg(or(x, signBit())))
	return sub(minc(num(0), x), l)
}

// logBernoulli is x·l - softplus(l), where x·l - max(0, l) and the rest have one
// sign for x in [0,1].
func logBernoulli(x, l vec) vec {
	y := msub(maxc(num(0), l), x, l)
	return sub(y, log1pUnit(expNeg(or(l, signBit()))))
}

// bernoulliGrad is g·(x - n/(1+e)) over a common denominator, with the n and e of
// sigmoid. There is no difference of like terms for x = 0 or 1.
func bernoulliGrad(g, x, l vec) vec {
	e := expNeg(or(l, signBit()))
	n := sub(x, sel(cmp(lt, l, num(0)), e, load(num(1))))
	return mul(g, div(madd(n, x, e), add(e, num(1))))
}

func elu(x vec) vec { return sel(cmp(gt, x, num(0)), x, by(expm1, expm1Double)(x)) }

// logaddexp is max + log1p(exp(-|a-b|)), with a difference of equal infinities
// taken as zero.
func logaddexp(a, b vec) vec {
	d := sub(a, b)
	same := cmp(eq, a, b)
	zero := newVec()
	VXORPS(zero, zero, zero)
	d = sel(same, zero, d)
	l := log1pUnit(expNeg(or(d, signBit())))
	return add(max(a, b), l)
}
