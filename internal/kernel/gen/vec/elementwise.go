package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
)

func elementwise() {
	plain()
	for _, k := range []struct {
		name  string
		f     func(vec) vec
		hoist []float64
	}{
		{"exp", exp, []float64{magic, 1, log2e, ln2, 89, -104}},
		{"expm1", expm1, []float64{magic, log2e, -20, 89, .5, ln2}},
		{"log", log, []float64{0x1p-126, 0.666666667, 1, inf, -inf, 0x1p23}},
		{"log1p", log1p, []float64{1, .75, 4, inf, -inf, -1}},
		{"tanh", tanh, []float64{1, 2, 20, magic, log2e, .55}},
		{"sigmoid", sigmoid, []float64{1, -104, magic, log2e, ln2, 0}},
		{"logsigmoid", logsigmoid, []float64{1, -104, magic, log2e, 0}},
		{"softplus", softplus, []float64{1, -104, magic, log2e, 0}},
		{"silu", silu, nil},
		{"elu", elu, nil},
		{"erf", erf, nil},
		{"gelu", gelu, nil},
	} {
		unary(k.name, 1, k.f, k.hoist...)
	}

	for _, size = range []int{4, 8} {
		arithmetic()
	}
	float64s()
	for _, size = range []int{4, 8} {
		for _, k := range []struct {
			name string
			pred uint64
		}{{"lt", lt}, {"le", le}, {"gt", gt}, {"ge", ge}, {"eq", eq}, {"ne", ne}} {
			binary(k.name, 2, false, func(a, b vec) vec { return ones(cmp(k.pred, a, b), num(1)) })
		}
		binary("logaddexp", 1, false, logaddexp)
		ternary()
	}
	size = 4
}

// plain emits the functions of one number that are a few instructions.
func plain() {
	one := func() vec { return load(num(1)) }
	unary("neg", 4, func(x vec) vec { return xor(x, signBit()) })
	unary("abs", 4, abs)
	unary("sign", 2, func(x vec) vec {
		// ±1, but zeros and NaN are their own sign.
		y := or(one(), sign(x))
		own := cmp(eq, x, num(0))
		y = sel(own, x, y)
		return sel(cmp(unord, x, x), x, y)
	})
	unary("sqrt", 2, func(x vec) vec { return sqrt(x) })
	unary("rsqrt", 2, func(x vec) vec { return div(one(), sqrt(x)) })
	unary("square", 4, func(x vec) vec { return mul(x, x) })
	unary("recip", 2, func(x vec) vec { return div(one(), x) })
	unary("floor", 4, floor)
	unary("relu", 4, func(x vec) vec { return maxc(num(0), x) })
}

// float64s emits the functions of one float64.
func float64s() {
	plain()
	for _, k := range []struct {
		name  string
		f     func(vec) vec
		hoist []float64
	}{
		{"exp", exp, []float64{magicDouble, 1, math.Log2E, math.Ln2, 710, -746}},
		{"expm1", expm1Double, []float64{magicDouble, .5, math.Log2E, math.Ln2, ln2loDouble}},
		{"log", log, []float64{1, 0x1p-1022, 0x1p52, inf, -inf, 0x1p52 + 1023}},
		{"log1p", log1p, []float64{1, -1, 0x1p52, inf, -inf}},
		{"tanh", tanhDouble, []float64{1, magicDouble, .5, math.Ln2, ln2loDouble}},
		{"sigmoid", sigmoid, []float64{1, 0, magicDouble, math.Log2E, math.Ln2, -746}},
		{"logsigmoid", logsigmoid, []float64{1, 0, .5, magicDouble, -746}},
		{"softplus", softplus, []float64{1, 0, .5, magicDouble, -746}},
		{"silu", silu, nil},
		{"elu", elu, nil},
		{"erf", erfDouble, nil},
		{"gelu", gelu, nil},
	} {
		unary(k.name, 1, k.f, k.hoist...)
	}
}

// arithmetic emits what both element types have.
func arithmetic() {
	u := 4
	binary("add", u, false, func(a, b vec) vec { return add(a, b) })
	binary("sub", u, true, func(a, b vec) vec { return sub(a, b) })
	binary("mul", u, false, func(a, b vec) vec { return mul(a, b) })
	binary("div", 2, true, func(a, b vec) vec { return div(a, b) })
	// The instruction gives its second operand if one is NaN: that is b, so
	// only a NaN in a has to be put back.
	binary("min", u, false, func(a, b vec) vec { y := min(a, b); return sel(cmp(unord, a, a), a, y) })
	binary("max", u, false, func(a, b vec) vec { y := max(a, b); return sel(cmp(unord, a, a), a, y) })
	// 0 times the square of the largest number is 0, of infinity it would not be.
	binary("mulsquare", 2, true, func(a, b vec) vec { r := minc(largest(), b); return mul(mul(a, r), r) })
	fused()
	gradients()
	bernoulli()
}

func largest() Op { return by(f32(math.MaxFloat32), f64(math.MaxFloat64)) }

// fused emits the multiply-add forms.
func fused() {
	t := goType()
	kernel(typed("mulAdd"), "func(dst, a, b, c []"+t+")", "computes a·b + c.", func() {
		dst, a, b, c, n := base("dst"), base("a"), base("b"), base("c"), length("a")
		loop(n, 2, func(s step) {
			d := s.load(c)
			s.store(dst, madd(d, s.load(a), s.load(b)))
		})
	})
	kernel(typed("negMulAdd"), "func(dst, a, b, c []"+t+")", "computes c - a·b.", func() {
		dst, a, b, c, n := base("dst"), base("a"), base("b"), base("c"), length("a")
		loop(n, 2, func(s step) {
			d := s.load(c)
			x := s.load(b)
			s.store(dst, nmadd(d, s.load(a), x))
		})
	})
	kernel(typed("addScaled"), "func(dst, a []"+t+", k "+t+", b []"+t+")", "computes a + k·b.", func() {
		dst, a, b, n := base("dst"), base("a"), base("b"), length("a")
		k := broadcast("k")
		loop(n, 2, func(s step) {
			d := s.load(a)
			s.store(dst, madd(d, k, s.load(b)))
		})
	})
	kernel(typed("affine"), "func(dst, a []"+t+", k, c "+t+")", "computes a·k + c.", func() {
		dst, a, n := base("dst"), base("a"), length("a")
		k, shift := broadcast("k"), broadcast("c")
		loop(n, 2, func(s step) {
			d := load(shift)
			s.store(dst, madd(d, k, s.load(a)))
		})
	})
}

// gradients emits the derivatives that are written with the function's value.
func gradients() {
	for _, k := range []struct {
		name, doc string
		f         func(g, y vec) vec
	}{
		{"tanhGrad", "g·(1 - y²)", func(g, y vec) vec { return mul(g, fnma(y, y, num(1))) }},
		{"sigmoidGrad", "g·y·(1 - y)", func(g, y vec) vec { return mul(g, fnma(y, y, y)) }},
	} {
		kernel(typed(k.name), "func(dst, grad, y []"+goType()+")", "computes "+k.doc+".", func() {
			dst, grad, y, n := base("dst"), base("grad"), base("y"), length("y")
			loop(n, 2, func(s step) { s.store(dst, k.f(s.load(grad), s.load(y))) })
		})
	}
}

// bernoulli emits the log probability of a Bernoulli variable and its gradient.
func bernoulli() {
	t := goType()
	constants := by([]float64{1, 0, magic, log2e, -104}, []float64{1, 0, .5, magicDouble})
	kernel(typed("logBernoulli"), "func(dst, x, l []"+t+")", "computes x·l - softplus(l).", func() {
		dst, x, l, n := base("dst"), base("x"), base("l"), length("l")
		hoist(constants)
		loop(n, 1, func(s step) { s.store(dst, logBernoulli(s.load(x), s.load(l))) })
		unhoist()
	})
	kernel(typed("bernoulliGrad"), "func(dst, grad, x, l []"+t+")", "computes g·(x - sigmoid(l)).", func() {
		dst, grad, x, l, n := base("dst"), base("grad"), base("x"), base("l"), length("l")
		hoist(constants)
		loop(n, 1, func(s step) { s.store(dst, bernoulliGrad(s.load(grad), s.load(x), s.load(l))) })
		unhoist()
	})
}

// ternary emits what has more operands.
func ternary() {
	t := goType()
	kernel(typed("where"), "func(dst, cond, a, b []"+t+")", "chooses a where cond is not zero and b elsewhere.", func() {
		dst, cond, a, b, n := base("dst"), base("cond"), base("a"), base("b"), length("cond")
		loop(n, 2, func(s step) {
			s.store(dst, sel(cmp(ne, s.load(cond), num(0)), s.load(a), s.load(b)))
		})
	})
	kernel(typed("leakyrelu"), "func(dst, src []"+t+", slope "+t+")", "computes x, or slope·x below zero.", func() {
		dst, src, n := base("dst"), base("src"), length("src")
		slope := broadcast("slope")
		loop(n, 2, func(s step) {
			x := s.load(src)
			s.store(dst, sel(cmp(lt, x, num(0)), mul(slope, x), x))
		})
	})
	kernel(typed("outside"), "func(dst, src []"+t+", lo, hi "+t+")", "computes 1 where x < lo or x > hi, else 0.", func() {
		dst, src, n := base("dst"), base("src"), length("src")
		lo, hi := broadcast("lo"), broadcast("hi")
		loop(n, 2, func(s step) {
			x := s.load(src)
			m := cmp(lt, x, lo)
			join(m, cmp(gt, x, hi))
			s.store(dst, ones(m, num(1)))
		})
	})
	kernel(typed("between"), "func(dst, x, lo, hi []"+t+", near, tiny "+t+")", "moves x between lo and hi, as near as the next number.", func() {
		dst, x, lo, hi, n := base("dst"), base("x"), base("lo"), base("hi"), length("x")
		near, tiny := broadcast("near"), broadcast("tiny")
		loop(n, 1, func(s step) {
			l, h := s.load(lo), s.load(hi)
			low := add(madd(load(l), abs(l), near), tiny)
			top := max(l, sub(nmadd(load(h), abs(h), near), tiny))
			y := min(top, s.load(x))
			s.store(dst, max(min(top, low), y))
		})
	})
	kernel(typed("clamp"), "func(dst, src []"+t+", lo, hi "+t+")", "computes min(max(x, lo), hi).", func() {
		dst, src, n := base("dst"), base("src"), length("src")
		lo, hi := broadcast("lo"), broadcast("hi")
		loop(n, 2, func(s step) { s.store(dst, minc(hi, maxc(lo, s.load(src)))) })
	})
}
