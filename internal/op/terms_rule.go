package op

import "math"

// partial returns ∂y/∂operand i.
func (r Term) partial(i int, x []*Node, y *Node) *Node {
	of := func(f TermFn, x ...*Node) *Node { return Apply(Term{f}, x...) }
	add := func(a, b *Node) *Node { return Apply(Binary{Add}, a, b) }
	minus := func(a, b *Node) *Node { return Apply(Binary{Sub}, a, b) }
	neg := func(n *Node) *Node { return Map(Neg, n) }
	prob := func(l *Node) *Node { return Map(Sigmoid, l) }
	variance := func(l *Node) *Node { return Times(prob(l), prob(neg(l))) }
	skew := func(l *Node) *Node { return minus(prob(neg(l)), prob(l)) } // of which s(1−s) has the derivative s(1−s)·
	psi := func(n int, a *Node) *Node { return Apply(Unary{Fn: Polygamma, A: float64(n)}, a) }
	a := x[0]
	switch r.Fn {
	case BernoulliEntropy:
		return of(BernoulliEntropySlope, a)
	case BernoulliEntropySlope:
		return neg(Times(variance(a), Plus(Times(a, skew(a)), 1)))
	case BernoulliDivergence:
		if i == 0 {
			return of(BernoulliDivergenceSlope, x...)
		}
		return of(SigmoidRise, x[1], a)
	case BernoulliDivergenceSlope:
		if i == 0 {
			return Times(variance(a), Plus(Times(minus(a, x[1]), skew(a)), 1))
		}
		return neg(variance(a))
	case SigmoidRise:
		if i == 0 {
			return variance(a)
		}
		return neg(variance(x[1]))
	case GeometricEntropy:
		return of(GeometricEntropySlope, a)
	case GeometricEntropySlope:
		return minus(neg(y), prob(neg(a)))
	case GeometricDivergence:
		return of(GeometricDivergenceA+TermFn(i), x...)
	case GeometricDivergenceA:
		if i == 0 {
			return minus(prob(neg(a)), y)
		}
		return neg(Times(prob(x[1]), Map(Exp, neg(a))))
	case GeometricDivergenceB:
		if i == 0 {
			return neg(Times(prob(x[1]), Map(Exp, neg(a))))
		}
		return add(variance(x[1]), Times(variance(x[1]), Map(Exp, neg(a))))
	case PoissonDivergence:
		if i == 0 {
			return of(PoissonDivergenceSlope, x...)
		}
		return of(ExpRise, x[1], a)
	case ExpRise:
		if i == 0 {
			return Map(Exp, a)
		}
		return neg(Map(Exp, x[1]))
	case PoissonDivergenceSlope:
		if i == 0 {
			return add(y, Map(Exp, a))
		}
		return neg(Map(Exp, a))
	case GammaRest:
		return of(GammaRestA+TermFn(i), x...)
	case GammaRestA: // with a·ψ′(a) − 1 and its derivative
		a, b := Map(Exp, a), Map(Exp, x[1])
		one := Plus(of(DigammaExpSlope, x[0]), -1)
		if i == 1 {
			return neg(Times(b, one))
		}
		slope := add(psi(1, a), Times(a, psi(2, a)))
		return Times(a, add(one, Times(minus(a, b), slope)))
	case GammaRestB:
		if i == 0 {
			return neg(Times(Map(Exp, x[1]), Plus(of(DigammaExpSlope, a), -1)))
		}
		return add(y, Times(Map(Exp, x[1]), Plus(of(DigammaExpSlope, x[1]), -1)))
	case GammaEntropySlope, InverseGammaEntropySlope: // y ± a²(−ψ′ + (1−a)ψ″), or y − a²(ψ′ + (1+a)ψ″)
		a := Map(Exp, a)
		if r.Fn == GammaEntropySlope {
			return add(y, Times(Map(Square, a), minus(Times(Plus(neg(a), 1), psi(2, a)), psi(1, a))))
		}
		return minus(y, Times(Map(Square, a), add(Times(Plus(a, 1), psi(2, a)), psi(1, a))))
	case BetaEntropySlope:
		a, b := Map(Exp, a), Map(Exp, x[1])
		n := add(a, b)
		mixed := add(psi(1, n), Times(Plus(n, -2), psi(2, n)))
		if i == 1 {
			return Times(Times(a, b), mixed)
		}
		own := add(psi(1, a), Times(Plus(a, -1), psi(2, a)))
		return add(y, Times(Map(Square, a), minus(mixed, own)))
	case StudentEntropySlope: // with u = ν/2: u(½+u)(ψ′(u+½) − ψ′(u)) + ½
		u := Scaled(Map(Exp, a), .5)
		v := Plus(u, .5)
		first := Times(Plus(Scaled(u, 2), .5), minus(psi(1, v), psi(1, u)))
		return Times(u, add(first, Times(Times(u, v), minus(psi(2, v), psi(2, u)))))
	case DigammaExp:
		return of(DigammaExpSlope, a)
	case DigammaExpSlope:
		a := Map(Exp, a)
		return add(y, Times(Map(Square, a), psi(2, a)))
	case LaplaceDivergence, LaplaceDivergenceA:
		t := Apply(Binary{MulExp}, Map(Abs, x[2]), neg(a))
		side := Apply(Binary{MulExp}, Map(Sign, x[2]), neg(x[1]))
		if r.Fn == LaplaceDivergence {
			switch i {
			case 0:
				return of(LaplaceDivergenceA, x...)
			case 1: // 1 − eʳ(t+e⁻ᵗ), and y = eʳ(t+e⁻ᵗ) − 1 − r
				return neg(add(y, minus(a, x[1])))
			}
			return neg(Times(side, Map(Expm1, neg(t))))
		}
		e := Map(Exp, minus(minus(a, x[1]), t))
		switch i {
		case 0:
			return Times(e, Plus(Times(t, Plus(t, 1)), 1))
		case 1:
			return neg(Plus(y, 1))
		}
		return neg(Times(Times(side, t), Map(Exp, neg(t))))
	case MeanDistance: // erf(d/√2), √(2/π)·exp(s − d²/2)
		d := Apply(Binary{MulExp}, a, neg(x[1]))
		if i == 0 {
			return Map(Erf, Scaled(d, 1/math.Sqrt2))
		}
		return Scaled(Map(Exp, minus(x[1], Scaled(Map(Square, d), .5))), math.Sqrt(2/math.Pi))
	case ContinuousEntropy:
		return of(ContinuousEntropySlope, a)
	case ContinuousDivergence:
		if i == 0 {
			return Times(Scaled(minus(a, x[1]), .25), Apply(Special{LangevinSlope}, Scaled(a, .5)))
		}
		return of(LangevinRise, x[1], a)
	case LangevinRise:
		slope := Scaled(Apply(Special{LangevinSlope}, Scaled(x[i], .5)), .25)
		if i == 1 {
			slope = neg(slope)
		}
		return slope
	}
	Fail("graph: %s: its derivative by operand %d is not available", r, i)
	return nil
}
