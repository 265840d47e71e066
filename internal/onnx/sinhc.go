package onnx

import "math"

// The functions of the continuous Bernoulli law, in float64.

// sinhcSeries are the coefficients of log(sinh t/t) at t², t⁴, ….
var sinhcSeries = [...]float64{1. / 6, -1. / 180, 1. / 2835, -1. / 37800, 1. / 467775, -691. / 3831077250, 2. / 127702575}

// logSinhc is log(sinh t/t).
func (a value) logSinhc() value {
	t := a.abs()
	near := t.square().poly(append([]float64{0}, sinhcSeries[:]...)...)
	far := t.add(t.scale(-2).expm1().div(t.scale(-2)).log())
	far = a.w.where(t.is(math.Inf(1)), t, far)
	return a.w.where(t.below(.25), near, far)
}

// langevin is coth t − 1/t.
func (a value) langevin() value {
	var c []float64
	for i, s := range sinhcSeries {
		c = append(c, float64(2*i+2)*s)
	}
	near := a.mul(a.square().poly(c...))
	return a.w.where(a.abs().below(.25), near, a.tanh().recip().sub(a.recip()))
}

// langevinSlope is 1/t² − 1/sinh²t.
func (a value) langevinSlope() value {
	var c []float64
	for i, s := range sinhcSeries {
		c = append(c, float64((2*i+2)*(2*i+1))*s)
	}
	sinh := a.exp().sub(a.neg().exp()).scale(.5)
	far := a.recip().sub(sinh.recip()).mul(a.recip().add(sinh.recip()))
	return a.w.where(a.abs().below(.25), a.square().poly(c...), far)
}

// continuousBernoulli is the quantile at u of the law of logit l.
func continuousBernoulli(l, u value) value {
	v := u.neg().shift(1)
	s := u.mul(l.expm1())
	near := u.add(u.mul(v).mul(l.scale(.5).add(l.square().mul(v.sub(u)).scale(1. / 6))))
	high := u.add(v.mul(l.neg().exp())).log().div(l).shift(1)
	high = high.max(high.num(0))
	low := v.add(u.mul(l.exp())).log().div(l)
	x := l.w.where(s.below(-.5), low, s.log1p().div(l))
	x = l.w.where(l.above(700), high, x)
	return l.w.where(l.abs().below(1e-5), near, x)
}
