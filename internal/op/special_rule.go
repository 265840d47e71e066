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
			d[i] = Fit(Stretch(Times(g, r.partial(i, in, y)), y.Shape()), in[i].Shape())
		}
	}
	return d
}

// partial returns ∂y/∂operand i.
func (r Special) partial(i int, x []*Node, y *Node) *Node {
	of := func(f SpecialFn, x ...*Node) *Node { return Apply(Special{f}, x...) }
	minus := func(a, b *Node) *Node { return Apply(Binary{Sub}, a, b) }
	over := func(a, b *Node) *Node { return Apply(Binary{Div}, a, b) }
	polar := func(n *Node) *Node { return Map(Neg, n) }
	rise := func(n *Node) *Node { return Plus(polar(n), 1) } // 1−n
	switch r.Fn {
	case Dawson:
		return of(DawsonSlope, x[0])
	case DawsonSlope: // −2(D + xD′)
		return Scaled(Apply(Binary{Add}, of(Dawson, x[0]), Times(x[0], y)), -2)
	case DawsonIntegral:
		return of(Dawson, x[0])
	case Ndtr:
		return Scaled(Map(Exp, Scaled(Map(Square, x[0]), -.5)), 1/math.Sqrt(2*math.Pi))
	case LogNdtr:
		return of(Mills, x[0])
	case Mills:
		return polar(Times(y, Apply(Binary{Add}, x[0], y)))
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
			return Times(of(GammaPx, x...), of(GammaScore, x...))
		}
	case GammaPx:
		if i == 0 {
			return Times(y, of(GammaScore, x...))
		}
		return Times(y, over(minus(Plus(x[0], -1), x[1]), x[1]))
	case GammaScore:
		if i == 0 {
			return polar(Map(Trigamma, x[0]))
		}
		return Map(Recip, x[1])
	case GammaSlope:
		if i == 1 { // with the density h of l: −∂h/∂a/h − y·∂h/∂l/h
			e := Map(Exp, x[1])
			return polar(Apply(Binary{Add}, of(GammaScore, x[0], e), Times(y, minus(x[0], e))))
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
			return Times(y, of(BetaScore, x[0], x[1], Map(Log, x[2])))
		case 1:
			return Times(y, of(BetaScore, x[1], x[0], Map(Log1p, polar(x[2]))))
		}
		return Times(y, minus(over(Plus(x[0], -1), x[2]), over(Plus(x[1], -1), rise(x[2]))))
	case BetaScore:
		if i == 2 {
			return Current().Const(1)
		}
		d := Map(Trigamma, Apply(Binary{Add}, x[0], x[1]))
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
