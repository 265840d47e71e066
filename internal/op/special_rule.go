package op

import (
	"math"
)

// Special is a function applied to every element of operands that broadcast.
type Special struct{ Fn SpecialFn }

func (r Special) String() string { return specials[r.Fn].name }

// Shape broadcasts.
func (r Special) Shape(in [][]int) ([]int, error) { return Broadcast(in...) }

// Eval applies the function.
func (r Special) Eval(out Array, in []Array) error {
	elementwise(out, in, specials[r.Fn].f)
	return nil
}

// Diff multiplies by the partial derivatives and sums over stretched axes.
func (r Special) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, len(in))
	for i := range d {
		if need[i] {
			d[i] = Fit(Stretch(g.Mul(r.partial(i, in, y)), y.Shape()), in[i].Shape())
		}
	}
	return d
}

// partial returns ∂y/∂operand i.
func (r Special) partial(i int, x []*Node, y *Node) *Node {
	of := func(f SpecialFn, x ...*Node) *Node { return Apply(Special{f}, x...) }
	minus := func(a, b *Node) *Node { return a.Sub(b) }
	over := func(a, b *Node) *Node { return a.Div(b) }
	polar := func(n *Node) *Node { return n.Neg() }
	rise := func(n *Node) *Node { return polar(n).Shift(1) } // 1−n
	switch r.Fn {
	case Dawson:
		return of(DawsonSlope, x[0])
	case DawsonSlope: // −2(D + xD′)
		return of(Dawson, x[0]).Add(x[0].Mul(y)).Scale(-2)
	case DawsonIntegral:
		return of(Dawson, x[0])
	case Ndtr:
		return Map(Exp, x[0].Square().Scale(-.5)).Scale(1 / math.Sqrt(2*math.Pi))
	case LogNdtr:
		return of(Mills, x[0])
	case Mills:
		return polar(y.Mul(x[0].Add(y)))
	case Lbeta: // ψ(a) − ψ(a+b)
		return polar(of(BetaScore, x[i], x[1-i], Current().Const(0)))
	case GammaP:
		if i == 0 {
			return of(GammaPa, x...)
		}
		return of(GammaPx, x...)
	case GammaQ:
		return polar(Special{GammaP}.partial(i, x, nil))
	case GammaPa:
		if i == 1 {
			return of(GammaPx, x...).Mul(of(GammaScore, x...))
		}
	case GammaPx:
		if i == 0 {
			return y.Mul(of(GammaScore, x...))
		}
		return y.Mul(over(minus(x[0].Shift(-1), x[1]), x[1]))
	case GammaScore:
		if i == 0 {
			return polar(Map(Trigamma, x[0]))
		}
		return Map(Recip, x[1])
	case GammaSlope:
		if i == 1 { // with the density h of l: −∂h/∂a/h − y·∂h/∂l/h
			e := Map(Exp, x[1])
			return polar(of(GammaScore, x[0], e).Add(y.Mul(minus(x[0], e))))
		}
	case BetaI:
		if i == 2 {
			return of(BetaIx, x...)
		}
		return of(BetaIa+SpecialFn(i), x...)
	case BetaIc:
		return polar(Special{BetaI}.partial(i, x, nil))
	case BetaIa, BetaIb:
		if i == 2 {
			return Special{BetaIx}.partial(int(r.Fn-BetaIa), x, of(BetaIx, x...))
		}
	case BetaIx:
		switch i {
		case 0:
			return y.Mul(of(BetaScore, x[0], x[1], Map(Log, x[2])))
		case 1:
			return y.Mul(of(BetaScore, x[1], x[0], Map(Log1p, polar(x[2]))))
		}
		return y.Mul(minus(over(x[0].Shift(-1), x[2]), over(x[1].Shift(-1), rise(x[2]))))
	case BetaScore:
		if i == 2 {
			return Current().Const(1)
		}
		d := Map(Trigamma, x[0].Add(x[1]))
		if i == 0 {
			d = minus(d, Map(Trigamma, x[0]))
		}
		return d
	case GammaEntropy:
		return Apply(Term{GammaEntropySlope}, x[0])
	case InverseGammaEntropy:
		return Apply(Term{InverseGammaEntropySlope}, x[0])
	case BetaEntropy:
		return Apply(Term{BetaEntropySlope}, x[i], x[1-i])
	case StudentEntropy:
		return Apply(Term{StudentEntropySlope}, x[0])
	case LogSinhc:
		return of(Langevin, x[0])
	case Langevin:
		return of(LangevinSlope, x[0])
	case ContinuousBernoulli:
		if i == 0 {
			return of(ContinuousBernoulliSlope, x...)
		}
	}
	Fail("graph: %s: its derivative by operand %d is not available", r, i)
	return nil
}
