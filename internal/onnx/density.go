package onnx

import (
	"math"

	"github.com/latentgo/latent/internal/op"
)

// density writes a log density, in float64; its derivatives have no formula here.
func (w *writer) density(r op.Density, in []value) (value, bool) {
	formulas := map[op.DensityLaw]func(x []value) value{
		op.GammaLaw:            func(x []value) value { return gammaDensity(x[0], x[1], x[2]) },
		op.ShareLaw:            func(x []value) value { return gammaDensity(x[0], x[1], x[2]) },
		op.InverseGammaLaw:     func(x []value) value { return inverseGammaDensity(x[0], x[1], x[2]) },
		op.BetaLaw:             func(x []value) value { return betaDensity(x[0], x[1], x[2]) },
		op.StudentLaw:          func(x []value) value { return studentDensity(x[0], x[1]) },
		op.ContinuousLaw:       func(x []value) value { return continuousDensity(x[0], x[1]) },
		op.NegativeBinomialLaw: func(x []value) value { return negativeBinomialDensity(x[0], x[1], x[2]) },
	}
	formula := formulas[r.Law]
	if formula == nil || r.By != [2]uint8{} {
		return value{}, false
	}
	return w.double(in, formula), true
}

// atEnd is the log density at an end of the support that it reaches as xᵃ⁻¹, where
// log is what it is at a = 1.
func atEnd(a, log value) value {
	inf := math.Inf(1)
	return a.w.where(a.below(1), a.num(inf), a.w.where(a.above(1), a.num(-inf), log))
}

func gammaDensity(la, lr, x value) value {
	a, l := la.exp(), lr.add(x.log())
	y := a.mul(l).sub(l.exp()).sub(a.lgamma()).sub(x.log())
	return x.w.where(x.is(0), atEnd(a, lr), y)
}

func inverseGammaDensity(la, lb, x value) value {
	a, l := la.exp(), lb.sub(x.log())
	return a.mul(l).sub(l.exp()).sub(a.lgamma()).sub(x.log())
}

func betaDensity(la, lb, x value) value {
	a, b := la.exp(), lb.exp()
	y := x.neg().shift(1)
	inside := a.shift(-1).times(x.log()).add(b.shift(-1).times(x.neg().log1p())).sub(a.lbeta(b))
	return x.w.where(x.is(0), atEnd(a, lb), x.w.where(y.is(0), atEnd(b, la), inside))
}

// studentDensity is −log B(ν/2,½) − ½log ν − ½(ν+1)log(1+z²/ν).
func studentDensity(l, z value) value {
	nu := l.exp()
	tail := nu.shift(1).scale(.5).mul(z.square().div(nu).log1p())
	return nu.scale(.5).lbeta(z.num(.5)).add(l.scale(.5)).add(tail).neg()
}

func continuousDensity(l, x value) value {
	size := l.abs()
	from := l.w.where(l.above(0), x.neg().shift(1), x)
	near := l.mul(x.shift(-.5)).sub(l.scale(.5).logSinhc())
	far := size.log().sub(size.mul(from)).sub(size.neg().expm1().neg().log())
	return l.w.where(size.below(1), near, far)
}

// negativeBinomialDensity is −log x·B(x,r) − x·S(−l) − r·S(l), S(l) = log(1+eˡ).
func negativeBinomialDensity(lr, l, x value) value {
	r := lr.exp()
	none := r.times(l.softplus())
	y := x.mul(l.neg().softplus()).add(none).add(x.log()).add(x.lbeta(r)).neg()
	return x.w.where(x.is(0), none.neg(), y)
}
