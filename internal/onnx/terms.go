package onnx

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// term writes a term of an entropy or a divergence, in float64.
func (w *writer) term(f op.TermFn, in []value) (value, bool) {
	formulas := map[op.TermFn]func(x []value) value{
		op.BernoulliEntropy:    func(x []value) value { return bernoulliEntropy(x[0]) },
		op.BernoulliDivergence: func(x []value) value { return bernoulliDivergence(x[0], x[1]) },
		op.SigmoidRise:         func(x []value) value { return sigmoidRise(x[0], x[1]) },
		op.PoissonDivergence:   func(x []value) value { return poissonDivergence(x[0], x[1]) },
		op.ExpRise:             func(x []value) value { return expRise(x[0], x[1]) },
		op.LaplaceDivergence:   func(x []value) value { return laplaceDivergence(x[0], x[1], x[2]) },
		op.MeanDistance:        func(x []value) value { return meanDistance(x[0], x[1]) },
		op.GammaRest:           func(x []value) value { return gammaRest(x[0], x[1]) },
		op.DigammaExp:          func(x []value) value { return x[0].exp().digamma() },
	}
	formula := formulas[f]
	if formula == nil {
		return value{}, false
	}
	return w.double(in, formula), true
}

// times is a·b with 0 for 0·∞.
func (a value) times(b value) value {
	return a.mul(b).zeroWhere(a.is(0).or(b.is(0)))
}

// bernoulliEntropy is the entropy of a bit of logit l.
func bernoulliEntropy(l value) value {
	l = l.abs()
	return l.neg().softplus().add(l.neg().sigmoid().times(l))
}

// sigmoidRise is s(a) − s(b), which is s(a)·s(−b)·(1 − eᵇ⁻ᵃ) for a > b.
func sigmoidRise(a, b value) value {
	top, low := a.max(b), a.min(b)
	rise := top.sigmoid().mul(low.neg().sigmoid()).mul(low.sub(top).expm1()).abs()
	return a.w.where(a.eq(b), a.num(0), a.sub(b).op("Sign").mul(rise))
}

// softplusRise is S(a) − S(b), which is log(1 + s(b)(eᵃ⁻ᵇ−1)) for a > b.
func softplusRise(a, b value) value {
	top, low := a.max(b), a.min(b)
	near := low.sigmoid().mul(top.sub(low).expm1()).log1p()
	far := top.softplus().sub(low.softplus())
	rise := a.w.where(top.sub(low).below(1), near, far)
	return a.w.where(a.eq(b), a.num(0), a.sub(b).op("Sign").mul(rise))
}

// bernoulliDivergence is s(a)(S(−b)−S(−a)) + s(−a)(S(b)−S(a)); near a = b, where
// that cancels, with p = s(a) ≤ ½ and u = b−a, log(1+p(eᵘ−1)) − pu.
func bernoulliDivergence(a, b value) value {
	flip := a.above(0)
	a, b = a.w.where(flip, a.neg(), a), a.w.where(flip, b.neg(), b)
	p, u := a.sigmoid(), b.sub(a)
	near := log1pmx(p.mul(u.expm1())).add(p.mul(u.expRest()))
	far := p.times(softplusRise(b.neg(), a.neg())).add(a.neg().sigmoid().times(softplusRise(b, a)))
	y := a.w.where(u.abs().below(1), near, far)
	y = a.w.where(a.is(math.Inf(-1)), b.softplus(), y)
	return a.w.where(a.eq(b), a.num(0), y)
}

// log1pmx is log(1+x) − x: with r = x/(2+x), r(2(r²/3 + r⁴/5 + …) − x) near 0.
func log1pmx(x value) value {
	r := x.div(x.shift(2))
	c := []float64{0}
	for k := 3.; k < 30; k += 2 {
		c = append(c, 1/k)
	}
	near := r.mul(r.square().poly(c...).scale(2).sub(x))
	return x.w.where(x.below(-.4).or(x.above(.6)), x.log1p().sub(x), near)
}

// poissonDivergence is eᵃ(a−b) − eᵃ + eᵇ of log rates.
func poissonDivergence(a, b value) value {
	rest := b.sub(a)
	y := a.exp().mul(rest.expRest())
	y = a.w.where(a.is(math.Inf(-1)).or(rest.above(700)), b.exp(), y)
	return a.w.where(a.eq(b), a.num(0), y)
}

// expRise is eᵃ − eᵇ.
func expRise(a, b value) value {
	u := a.sub(b)
	y := a.w.where(u.abs().below(1), b.exp().mul(u.expm1()), a.exp().sub(b.exp()))
	return a.w.where(a.eq(b), a.num(0), y)
}

// laplaceDivergence is that of log scales a, b and means d apart: with r = a−b, t =
// |d|·e⁻ᵃ and R(x) = eˣ−1−x, R(r) + eʳ·R(−t).
func laplaceDivergence(a, b, d value) value {
	r, t := a.sub(b), d.abs().mul(a.neg().exp())
	return r.expRest().add(r.exp().times(t.neg().expRest()))
}

// meanDistance is E|X| of a normal X of mean m and log deviation s.
func meanDistance(m, s value) value {
	d := m.abs().mul(s.neg().exp())
	return s.sub(d.square().scale(.5)).exp().scale(math.Sqrt(2 / math.Pi)).add(m.abs().mul(d.scale(1 / math.Sqrt2).erf()))
}

// gammaRest is what the divergence of two gamma laws has beside that of their
// rates: (a−b)(ψ(a)−log a) + ½log(a/b) + δ(b) − δ(a).
func gammaRest(la, lb value) value {
	a, b := la.exp(), lb.exp()
	delta := func(x, l value) value {
		plain := x.lgamma().sub(x.shift(-.5).mul(l)).add(x).shift(-halfLog2Pi)
		return x.w.where(x.below(shiftBy), plain, x.stirling())
	}
	y := a.sub(b).mul(a.digamma().sub(la)).add(la.sub(lb).scale(.5)).add(delta(b, lb)).sub(delta(a, la))
	return a.w.where(a.eq(b), a.num(0), y)
}
