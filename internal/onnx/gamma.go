package onnx

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// Functions of the gamma function, in float64. The argument is reflected to ½ or
// more, shifted by shiftBy where it is smaller than that, and put into an
// asymptotic series.

const (
	shiftBy    = 10
	halfLog2Pi = 0.918938533204672741780329736405617640
	logPi      = 1.144729885849400174143427351353058711
)

// bernoulli are B₂, B₄, ….
var bernoulli = [...]float64{1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6, -3617. / 510}

// reflected is 1−x for x below ½, else x.
func (a value) reflected() (y, mirrored value) {
	mirrored = a.below(.5)
	return a.w.where(mirrored, a.neg().shift(1), a), mirrored
}

// shifted is y+shiftBy where that is needed, and f summed over y, y+1, … on the way.
func (a value) shifted(f func(value) value) (z, sum value) {
	small := a.below(shiftBy)
	y := a.min(a.num(shiftBy))
	for k := range shiftBy {
		t := f(y.shift(float64(k)))
		if k == 0 {
			sum = t
		} else {
			sum = sum.add(t)
		}
	}
	return a.w.where(small, a.shift(shiftBy), a), a.w.where(small, sum, a.num(0))
}

// period is x less the whole number next to it.
func (a value) period() value { return a.sub(a.op("Round")) }

// cot is cot(πx).
func (a value) cot() value {
	r := a.period().scale(math.Pi)
	return r.op("Cos").div(r.op("Sin"))
}

// stirling is the error of Stirling's formula for x ≥ shiftBy (DLMF 5.11.1).
func (a value) stirling() value {
	var c []float64
	for k, b := range bernoulli {
		n := float64(2*k + 2)
		c = append(c, b/(n*(n-1)))
	}
	return a.square().recip().poly(c...).div(a)
}

// lgamma is log|Γ(x)|.
func (a value) lgamma() value {
	y, mirrored := a.reflected()
	z, sum := y.shifted(value.log)
	l := z.shift(-.5).mul(z.log()).sub(z).shift(halfLog2Pi).add(z.stirling()).sub(sum)
	l = a.w.where(y.is(math.Inf(1)), y, l)
	sine := a.period().scale(math.Pi).op("Sin").abs()
	return a.w.where(mirrored, sine.log().neg().shift(logPi).sub(l), l)
}

// digamma is ψ(x) (DLMF 5.11.2, 5.5.2, 5.5.4).
func (a value) digamma() value {
	y, mirrored := a.reflected()
	z, sum := y.shifted(value.recip)
	c := []float64{0}
	for k, b := range bernoulli {
		c = append(c, -b/float64(2*k+2))
	}
	p := z.log().sub(z.recip().scale(.5)).add(z.square().recip().poly(c...)).sub(sum)
	pole := a.below(0).and(a.eq(a.floor()))
	return a.w.where(pole, a.num(math.NaN()), a.w.where(mirrored, p.sub(a.cot().scale(math.Pi)), p))
}

// polygamma is ψ⁽ⁿ⁾(x) for n ≥ 1 (DLMF 5.15.8, 5.15.5, 5.15.6).
func (a value) polygamma(n int) value {
	power := func(x value, n int) value {
		p := x
		for range n - 1 {
			p = p.mul(x)
		}
		return p
	}
	y, mirrored := a.reflected()
	z, sum := y.shifted(func(y value) value { return power(y.recip(), n+1) })
	// (n−1)!/zⁿ + n!/2zⁿ⁺¹ + Σ B₂ₖ(2k+n−1)!/(2k)!/z²ᵏ⁺ⁿ
	c := []float64{factorial(n - 1)}
	for k, b := range bernoulli {
		c = append(c, b*factorial(2*k+1+n)/factorial(2*k+2))
	}
	r := z.recip()
	p := power(r, n).mul(r.square().poly(c...)).add(power(r, n+1).scale(factorial(n) / 2)).add(sum.scale(factorial(n)))
	sign, turn := 1., math.Pi
	for range n {
		turn *= math.Pi
	}
	if n%2 == 0 {
		sign = -1
	}
	// with the nth derivative of cot u, a polynomial of cot u
	q := []float64{0, 1}
	for range n {
		next := make([]float64, len(q)+1)
		for i := 1; i < len(q); i++ {
			d := float64(i) * q[i]
			next[i-1] -= d
			next[i+1] -= d
		}
		q = next
	}
	turned := p.neg().sub(a.cot().poly(q...).scale(turn))
	return a.w.where(mirrored, turned, p.scale(sign))
}

// factorial is n!.
func factorial(n int) float64 {
	f := 1.
	for k := 2.; k <= float64(n); k++ {
		f *= k
	}
	return f
}

// lbeta is log B(a,b) for a, b > 0: where the larger is large the large terms are
// taken out by hand.
func (a value) lbeta(b value) value {
	a, b = a.min(b), a.max(b)
	n := a.add(b)
	plain := a.lgamma().add(b.lgamma()).sub(n.lgamma())
	far := a.lgamma().sub(b.shift(-.5).mul(a.div(b).log1p())).sub(a.mul(n.log().shift(-1))).add(b.stirling().sub(n.stirling()))
	return a.w.where(b.below(shiftBy), plain, far)
}

// special writes a function that is evaluated in float64.
func (w *writer) special(f op.SpecialFn, in []value) (value, bool) {
	formulas := map[op.SpecialFn]func(x []value) value{
		op.Ndtr:                func(x []value) value { return x[0].ndtr() },
		op.LogNdtr:             func(x []value) value { return x[0].logNdtr() },
		op.Mills:               func(x []value) value { return x[0].mills() },
		op.Lbeta:               func(x []value) value { return x[0].lbeta(x[1]) },
		op.GammaScore:          func(x []value) value { return x[1].log().sub(x[0].digamma()) },
		op.LogSinhc:            func(x []value) value { return x[0].logSinhc() },
		op.Langevin:            func(x []value) value { return x[0].langevin() },
		op.LangevinSlope:       func(x []value) value { return x[0].langevinSlope() },
		op.ContinuousBernoulli: func(x []value) value { return continuousBernoulli(x[0], x[1]) },
	}
	formula := formulas[f]
	if formula == nil {
		return value{}, false
	}
	return w.double(in, formula), true
}
