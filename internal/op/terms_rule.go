package op

import "math"

// partial returns ∂y/∂operand i.
func (r Term) partial(i int, x []*Node, y *Node) *Node {
	of := func(f TermFn, x ...*Node) *Node { return Apply(Term{f}, x...) }
	add := func(a, b *Node) *Node { return a.Add(b) }
	minus := func(a, b *Node) *Node { return a.Sub(b) }
	neg := func(n *Node) *Node { return n.Neg() }
	prob := func(l *Node) *Node { return Map(Sigmoid, l) }
	variance := func(l *Node) *Node { return prob(l).Mul(prob(neg(l))) }
	skew := func(l *Node) *Node { return minus(prob(neg(l)), prob(l)) } // of which s(1−s) has the derivative s(1−s)·
	psi := func(n int, a *Node) *Node { return Apply(Unary{Fn: Polygamma, A: float64(n)}, a) }
	a := x[0]
	switch r.Fn {
	case BernoulliEntropy:
		return of(BernoulliEntropySlope, a)
	case BernoulliEntropySlope:
		return neg(variance(a).Mul(a.Mul(skew(a)).Shift(1)))
	case BernoulliDivergence:
		if i == 0 {
			return of(BernoulliDivergenceSlope, x...)
		}
		return of(SigmoidRise, x[1], a)
	case BernoulliDivergenceSlope:
		if i == 0 {
			return variance(a).Mul(minus(a, x[1]).Mul(skew(a)).Shift(1))
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
		return neg(prob(x[1]).Mul(Map(Exp, neg(a))))
	case GeometricDivergenceB:
		if i == 0 {
			return neg(prob(x[1]).Mul(Map(Exp, neg(a))))
		}
		return add(variance(x[1]), variance(x[1]).Mul(Map(Exp, neg(a))))
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
		one := of(DigammaExpSlope, x[0]).Shift(-1)
		if i == 1 {
			return neg(b.Mul(one))
		}
		slope := add(psi(1, a), a.Mul(psi(2, a)))
		return a.Mul(add(one, minus(a, b).Mul(slope)))
	case GammaRestB:
		if i == 0 {
			return neg(Map(Exp, x[1]).Mul(of(DigammaExpSlope, a).Shift(-1)))
		}
		return add(y, Map(Exp, x[1]).Mul(of(DigammaExpSlope, x[1]).Shift(-1)))
	case GammaEntropySlope, InverseGammaEntropySlope: // y ± a²(−ψ′ + (1−a)ψ″), or y − a²(ψ′ + (1+a)ψ″)
		a := Map(Exp, a)
		if r.Fn == GammaEntropySlope {
			return add(y, a.Square().Mul(minus(neg(a).Shift(1).Mul(psi(2, a)), psi(1, a))))
		}
		return minus(y, a.Square().Mul(add(a.Shift(1).Mul(psi(2, a)), psi(1, a))))
	case BetaEntropySlope:
		a, b := Map(Exp, a), Map(Exp, x[1])
		n := add(a, b)
		mixed := add(psi(1, n), n.Shift(-2).Mul(psi(2, n)))
		if i == 1 {
			return a.Mul(b).Mul(mixed)
		}
		own := add(psi(1, a), a.Shift(-1).Mul(psi(2, a)))
		return add(y, a.Square().Mul(minus(mixed, own)))
	case StudentEntropySlope: // with u = ν/2: u(½+u)(ψ′(u+½) − ψ′(u)) + ½
		u := Map(Exp, a).Scale(.5)
		v := u.Shift(.5)
		first := u.Scale(2).Shift(.5).Mul(minus(psi(1, v), psi(1, u)))
		return u.Mul(add(first, u.Mul(v).Mul(minus(psi(2, v), psi(2, u)))))
	case DigammaExp:
		return of(DigammaExpSlope, a)
	case DigammaExpSlope:
		a := Map(Exp, a)
		return add(y, a.Square().Mul(psi(2, a)))
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
			return neg(side.Mul(Map(Expm1, neg(t))))
		}
		e := Map(Exp, minus(minus(a, x[1]), t))
		switch i {
		case 0:
			return e.Mul(t.Mul(t.Shift(1)).Shift(1))
		case 1:
			return neg(y.Shift(1))
		}
		return neg(side.Mul(t).Mul(Map(Exp, neg(t))))
	case MeanDistance: // erf(d/√2), √(2/π)·exp(s − d²/2)
		d := Apply(Binary{MulExp}, a, neg(x[1]))
		if i == 0 {
			return Map(Erf, d.Scale(1/math.Sqrt2))
		}
		return Map(Exp, minus(x[1], d.Square().Scale(.5))).Scale(math.Sqrt(2 / math.Pi))
	case ContinuousEntropy:
		return of(ContinuousEntropySlope, a)
	case ContinuousDivergence:
		if i == 0 {
			return minus(a, x[1]).Scale(.25).Mul(Apply(Special{LangevinSlope}, a.Scale(.5)))
		}
		return of(LangevinRise, x[1], a)
	case LangevinRise:
		slope := Apply(Special{LangevinSlope}, x[i].Scale(.5)).Scale(.25)
		if i == 1 {
			slope = neg(slope)
		}
		return slope
	}
	Fail("graph: %s: its derivative by operand %d is not available", r, i)
	return nil
}
