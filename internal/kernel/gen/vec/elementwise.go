package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func elementwise() {
	one := func() vec { return load(f32(1)) }
	unary("neg", 4, 4, func(x vec) vec { return xor(x, c32(0x80000000)) })
	unary("abs", 4, 4, abs)
	unary("sign", 4, 2, func(x vec) vec {
		// ±1, but zeros and NaN are their own sign.
		y := or(one(), sign(x))
		own := cmp(eq, x, f32(0))
		y = sel(own, x, y)
		return sel(cmp(unord, x, x), x, y)
	})
	unary("sqrt", 4, 2, func(x vec) vec { return sqrt(x) })
	unary("rsqrt", 4, 2, func(x vec) vec { return div(one(), sqrt(x)) })
	unary("square", 4, 4, func(x vec) vec { return mul(x, x) })
	unary("recip", 4, 2, func(x vec) vec { return div(one(), x) })
	unary("floor", 4, 4, floor)
	unary("relu", 4, 4, func(x vec) vec { return maxc(f32(0), x) })
	for _, k := range []struct {
		name  string
		f     func(vec) vec
		hoist []float32
	}{
		{"exp", exp, []float32{magic, 1, log2e, ln2, 89, -104}},
		{"expm1", expm1, []float32{magic, log2e, -20, 89, .5, ln2}},
		{"log", log, []float32{0x1p-126, 0.666666667, 1, inf, -inf, 0x1p23}},
		{"log1p", log1p, []float32{1, .75, 4, inf, -inf, -1}},
		{"tanh", tanh, []float32{1, 2, 20, magic, log2e, .55}},
		{"sigmoid", sigmoid, []float32{1, -104, magic, log2e, ln2, 0}},
		{"logsigmoid", logsigmoid, []float32{1, -104, magic, log2e, 0}},
		{"softplus", softplus, []float32{1, -104, magic, log2e, 0}},
		{"silu", silu, nil},
		{"elu", elu, nil},
		{"erf", erf, nil},
		{"gelu", gelu, nil},
	} {
		unary(k.name, 4, 1, k.f, k.hoist...)
	}

	for _, size := range []int{4, 8} {
		arithmetic(size)
	}
	for _, k := range []struct {
		name string
		pred uint64
	}{{"lt", lt}, {"le", le}, {"gt", gt}, {"ge", ge}, {"eq", eq}, {"ne", ne}} {
		binary(k.name, 4, 2, false, func(a, b vec) vec { return ones(cmp(k.pred, a, b), f32(1)) })
	}
	binary("logaddexp", 4, 1, false, logaddexp)
	gradients()
	ternary()
}

// arithmetic emits what both element types have.
func arithmetic(size int) {
	// pick chooses the instruction of the element type.
	pick := func(single, double func(d vec)) vec {
		if size == 4 {
			return out(single)
		}
		return out(double)
	}
	u := 4
	binary("add", size, u, false, func(a, b vec) vec {
		return pick(func(d vec) { VADDPS(b, a, d) }, func(d vec) { VADDPD(b, a, d) })
	})
	binary("sub", size, u, true, func(a, b vec) vec {
		return pick(func(d vec) { VSUBPS(b, a, d) }, func(d vec) { VSUBPD(b, a, d) })
	})
	binary("mul", size, u, false, func(a, b vec) vec {
		return pick(func(d vec) { VMULPS(b, a, d) }, func(d vec) { VMULPD(b, a, d) })
	})
	binary("div", size, 2, true, func(a, b vec) vec {
		return pick(func(d vec) { VDIVPS(b, a, d) }, func(d vec) { VDIVPD(b, a, d) })
	})
	// The instruction gives its second operand if one is NaN: that is b, so
	// only a NaN in a has to be put back.
	nan := func(a, y vec) vec {
		d := newVec()
		m := cmpSize(unord, a, size)
		switch {
		case wide() && size == 4:
			VBLENDMPS(a, y, m, d)
		case wide():
			VBLENDMPD(a, y, m, d)
		case size == 4:
			VBLENDVPS(m, a, y, d)
		default:
			VBLENDVPD(m, a, y, d)
		}
		return d
	}
	binary("min", size, u, false, func(a, b vec) vec {
		return nan(a, pick(func(d vec) { VMINPS(b, a, d) }, func(d vec) { VMINPD(b, a, d) }))
	})
	binary("max", size, u, false, func(a, b vec) vec {
		return nan(a, pick(func(d vec) { VMAXPS(b, a, d) }, func(d vec) { VMAXPD(b, a, d) }))
	})
	if size == 8 {
		unary("sqrt", 8, 2, func(x vec) vec { return out(func(d vec) { VSQRTPD(x, d) }) })
		unary("neg", 8, 4, func(x vec) vec { return out(func(d vec) { VXORPD(c64(1<<63), x, d) }) })
		unary("abs", 8, 4, func(x vec) vec { return out(func(d vec) { VANDPD(c64(1<<63-1), x, d) }) })
		unary("square", 8, 4, func(x vec) vec { return out(func(d vec) { VMULPD(x, x, d) }) })
		unary("recip", 8, 2, func(x vec) vec {
			return out(func(d vec) { VDIVPD(x, load(f64v(1)), d) })
		})
	}
	fused(size)
}

func cmpSize(pred uint64, a vec, size int) mask {
	if size == 4 {
		return cmp(pred, a, a)
	}
	if wide() {
		k := K()
		VCMPPD(imm(pred), a, a, k)
		return k
	}
	d := newVec()
	VCMPPD(imm(pred), a, a, d)
	return d
}

// fused emits the multiply-add forms.
func fused(size int) {
	t := goType[size]
	madd := func(d vec, a, b vec) {
		if size == 4 {
			VFMADD231PS(b, a, d)
		} else {
			VFMADD231PD(b, a, d)
		}
	}
	text("mulAdd"+sizeName[size], "func(dst, a, b, c []"+t+")", "computes a·b + c.")
	dst, a, b, c, n := base("dst"), base("a"), base("b"), base("c"), length("a")
	loop(n, size, 2, func(s step) {
		d := s.load(c)
		madd(d, s.load(a), s.load(b))
		s.store(dst, d)
	})
	finish()

	text("negMulAdd"+sizeName[size], "func(dst, a, b, c []"+t+")", "computes c - a·b.")
	dst, a, b, c, n = base("dst"), base("a"), base("b"), base("c"), length("a")
	loop(n, size, 2, func(s step) {
		d := s.load(c)
		if size == 4 {
			VFNMADD231PS(s.load(b), s.load(a), d)
		} else {
			VFNMADD231PD(s.load(b), s.load(a), d)
		}
		s.store(dst, d)
	})
	finish()

	text("addScaled"+sizeName[size], "func(dst, a []"+t+", k "+t+", b []"+t+")", "computes a + k·b.")
	dst, a, b, n = base("dst"), base("a"), base("b"), length("a")
	k := broadcast("k", size)
	loop(n, size, 2, func(s step) {
		d := s.load(a)
		madd(d, k, s.load(b))
		s.store(dst, d)
	})
	finish()

	text("affine"+sizeName[size], "func(dst, a []"+t+", k, c "+t+")", "computes a·k + c.")
	dst, a, n = base("dst"), base("a"), length("a")
	k, shift := broadcast("k", size), broadcast("c", size)
	loop(n, size, 2, func(s step) {
		d := newVec()
		VMOVUPS(shift, d)
		madd(d, k, s.load(a))
		s.store(dst, d)
	})
	finish()
}

// gradients emits the derivatives that are written with the function's value.
func gradients() {
	for _, k := range []struct {
		name, doc string
		f         func(g, y vec) vec
	}{
		{"tanhGrad", "g·(1 - y²)", func(g, y vec) vec { return mul(g, fnma(y, y, f32(1))) }},
		{"sigmoidGrad", "g·y·(1 - y)", func(g, y vec) vec { return mul(g, fnma(y, y, y)) }},
	} {
		text(k.name+"32", "func(dst, grad, y []float32)", "computes "+k.doc+".")
		dst, grad, y, n := base("dst"), base("grad"), base("y"), length("y")
		loop(n, 4, 2, func(s step) { s.store(dst, k.f(s.load(grad), s.load(y))) })
		finish()
	}
}

// ternary emits what has more operands, in float32.
func ternary() {
	text("where32", "func(dst, cond, a, b []float32)", "chooses a where cond is not zero and b elsewhere.")
	dst, cond, a, b, n := base("dst"), base("cond"), base("a"), base("b"), length("cond")
	loop(n, 4, 2, func(s step) {
		s.store(dst, sel(cmp(ne, s.load(cond), f32(0)), s.load(a), s.load(b)))
	})
	finish()

	text("leakyrelu32", "func(dst, src []float32, slope float32)", "computes x, or slope·x below zero.")
	dst, src, n := base("dst"), base("src"), length("src")
	slope := broadcast("slope", 4)
	loop(n, 4, 2, func(s step) {
		x := s.load(src)
		s.store(dst, sel(cmp(lt, x, f32(0)), mul(slope, x), x))
	})
	finish()

	text("clamp32", "func(dst, src []float32, lo, hi float32)", "computes min(max(x, lo), hi).")
	dst, src, n = base("dst"), base("src"), length("src")
	lo, hi := broadcast("lo", 4), broadcast("hi", 4)
	loop(n, 4, 2, func(s step) {
		x := s.load(src)
		VMAXPS(x, lo, x)
		VMINPS(x, hi, x)
		s.store(dst, x)
	})
	finish()
}
