package op

import (
	"math"

	"gorgonia.org/tensor"
)

// TermFn names a term of an entropy or a divergence: a function of one to three
// numbers, or a derivative of one, evaluated in float64 whatever the dtype.
// Each has its derivatives written so that no large terms cancel, and its
// limits where a parameter is infinite.
type TermFn uint8

// The terms. ψ is the digamma function, s the sigmoid, S log(1+eˣ).
const (
	BernoulliEntropy         TermFn = iota // S(l) − l·s(l)
	BernoulliEntropySlope                  // −l·s(l)·s(−l)
	BernoulliDivergence                    // from logit a to logit b
	BernoulliDivergenceSlope               // (a−b)·s(a)·s(−a)
	SigmoidRise                            // s(a) − s(b)
	GeometricEntropy                       // S(−l) + e⁻ˡ·S(l)
	GeometricEntropySlope                  // −e⁻ˡ·S(l)
	GeometricDivergence                    // from logit a to logit b
	GeometricDivergenceA                   // −e⁻ᵃ·(S(b)−S(a))
	GeometricDivergenceB                   // s(−b)·(eᵇ⁻ᵃ−1)
	PoissonDivergence                      // eᵃ·(a−b) − eᵃ + eᵇ, of log rates
	PoissonDivergenceSlope                 // eᵃ·(a−b)
	ExpRise                                // eᵃ − eᵇ
	GammaRest                              // of log a, log b; see gammaRest
	GammaRestA                             // a(a−b)·(ψ′(a) − 1/a)
	GammaRestB                             // b·(ψ(b) − log b − ψ(a) + log a)
	GammaEntropySlope                      // a·(1 + (1−a)ψ′(a)), of log a
	InverseGammaEntropySlope               // a·(1 − (1+a)ψ′(a)), of log a
	BetaEntropySlope                       // a·((n−2)ψ′(n) − (a−1)ψ′(a)), n = a+b, of log a, log b
	StudentEntropySlope                    // of log ν
	DigammaExp                             // ψ(eˡ)
	DigammaExpSlope                        // eˡ·ψ′(eˡ)
	LaplaceDivergence                      // of log scales and the distance of the means
	LaplaceDivergenceA                     // its derivative by the first scale
	MeanDistance                           // E|X| of a normal X of mean m and log deviation s
	ContinuousEntropy                      // of the continuous Bernoulli law of logit l
	ContinuousEntropySlope                 // −t·(coth t − 1/t)′/2 at t = l/2
	ContinuousDivergence                   // of the continuous Bernoulli laws of logits a, b
	LangevinRise                           // ½(L(a/2) − L(b/2)), L(t) = coth t − 1/t
	termCount
)

var terms = [termCount]struct {
	name  string
	arity int
	f     func(x []float64) float64
}{
	BernoulliEntropy:         {"bernoullientropy", 1, func(x []float64) float64 { return bernoulliEntropy(x[0]) }},
	BernoulliEntropySlope:    {"bernoullientropyslope", 1, func(x []float64) float64 { return -spread(x[0], x[0]) }},
	BernoulliDivergence:      {"bernoullidivergence", 2, func(x []float64) float64 { return bernoulliDivergence(x[0], x[1]) }},
	BernoulliDivergenceSlope: {"bernoullidivergenceslope", 2, func(x []float64) float64 { return spread(x[0], x[0]-x[1]) }},
	SigmoidRise:              {"sigmoidrise", 2, func(x []float64) float64 { return sigmoidRise(x[0], x[1]) }},
	GeometricEntropy:         {"geometricentropy", 1, func(x []float64) float64 { return softplus(-x[0]) + softplusOverOdds(x[0]) }},
	GeometricEntropySlope:    {"geometricentropyslope", 1, func(x []float64) float64 { return -softplusOverOdds(x[0]) }},
	GeometricDivergence:      {"geometricdivergence", 2, func(x []float64) float64 { return geometricDivergence(x[0], x[1]) }},
	GeometricDivergenceA: {"geometricdivergencea", 2, func(x []float64) float64 {
		if math.IsInf(x[0], 1) {
			return 0
		}
		return -math.Exp(-x[0]) * softplusRise(x[1], x[0])
	}},
	GeometricDivergenceB: {"geometricdivergenceb", 2, func(x []float64) float64 {
		switch u := x[1] - x[0]; {
		case x[0] == x[1]:
			return 0
		case u < 1:
			return sigmoid(-x[1]) * math.Expm1(u)
		}
		return sigmoid(x[1])*math.Exp(-x[0]) - sigmoid(-x[1])
	}},
	PoissonDivergence: {"poissondivergence", 2, func(x []float64) float64 { return poissonDivergence(x[0], x[1]) }},
	PoissonDivergenceSlope: {"poissondivergenceslope", 2, func(x []float64) float64 {
		if math.IsInf(x[0], -1) || x[0] == x[1] {
			return 0
		}
		return math.Exp(x[0]) * (x[0] - x[1])
	}},
	ExpRise: {"exprise", 2, func(x []float64) float64 {
		if x[0] == x[1] && !math.IsInf(x[0], 1) {
			return 0
		}
		if u := x[0] - x[1]; math.Abs(u) < 1 {
			return math.Exp(x[1]) * math.Expm1(u)
		}
		return math.Exp(x[0]) - math.Exp(x[1])
	}},
	GammaRest:                {"gammarest", 2, func(x []float64) float64 { return gammaRest(x[0], x[1]) }},
	GammaRestA:               {"gammaresta", 2, func(x []float64) float64 { return gammaRestA(x[0], x[1]) }},
	GammaRestB:               {"gammarestb", 2, func(x []float64) float64 { return math.Exp(x[1]) * (digammaRest(x[1]) - digammaRest(x[0])) }},
	GammaEntropySlope:        {"gammaentropyslope", 1, func(x []float64) float64 { a := math.Exp(x[0]); return 1 + a*(1-a)*trigammaRest(a) }},
	InverseGammaEntropySlope: {"inversegammaentropyslope", 1, func(x []float64) float64 { a := math.Exp(x[0]); return -1 - a*(1+a)*trigammaRest(a) }},
	BetaEntropySlope:         {"betaentropyslope", 2, func(x []float64) float64 { return betaEntropySlope(math.Exp(x[0]), math.Exp(x[1])) }},
	StudentEntropySlope:      {"studententropyslope", 1, func(x []float64) float64 { return studentEntropySlope(math.Exp(x[0]) / 2) }},
	DigammaExp:               {"digammaexp", 1, func(x []float64) float64 { return x[0] + digammaRest(x[0]) }},
	DigammaExpSlope:          {"digammaexpslope", 1, func(x []float64) float64 { a := math.Exp(x[0]); return 1 + a*trigammaRest(a) }},
	LaplaceDivergence: {"laplacedivergence", 3, func(x []float64) float64 {
		r, t := x[0]-x[1], math.Abs(x[2])*math.Exp(-x[0])
		return expRest(r) + times(math.Exp(r), expRest(-t))
	}},
	LaplaceDivergenceA: {"laplacedivergencea", 3, func(x []float64) float64 { // eʳ⁻ᵗ(1+t) − 1
		r, t := x[0]-x[1], math.Abs(x[2])*math.Exp(-x[0])
		if t > 1 {
			return math.Exp(r-t+math.Log1p(t)) - 1
		}
		return math.Expm1(r - t + math.Log1p(t))
	}},
	MeanDistance: {"meandistance", 2, func(x []float64) float64 {
		d := math.Abs(x[0]) * math.Exp(-x[1])
		return math.Sqrt(2/math.Pi)*math.Exp(x[1]-d*d/2) + math.Abs(x[0])*math.Erf(d/math.Sqrt2)
	}},
	ContinuousEntropy:      {"continuousentropy", 1, func(x []float64) float64 { return continuousEntropy(math.Abs(x[0]) / 2) }},
	ContinuousEntropySlope: {"continuousentropyslope", 1, func(x []float64) float64 { return -langevinElasticity(x[0]/2) / 2 }},
	ContinuousDivergence:   {"continuousdivergence", 2, func(x []float64) float64 { return continuousDivergence(x[0], x[1]) }},
	LangevinRise:           {"langevinrise", 2, func(x []float64) float64 { return langevinRise(x[0]/2, x[1]/2) / 2 }},
}

// Term is a term applied to every element of operands that broadcast.
type Term struct{ Fn TermFn }

func (r Term) String() string { return terms[r.Fn].name }

// Arity is the number of operands, and 0 of no term.
func (r Term) Arity() int {
	if r.Fn >= termCount {
		return 0
	}
	return terms[r.Fn].arity
}

// Shape broadcasts.
func (r Term) Shape(in []tensor.Shape) (tensor.Shape, error) { return Broadcast(in...) }

// Eval applies the function.
func (r Term) Eval(out Array, in []Array) error {
	elementwise(out, in, terms[r.Fn].f)
	return nil
}

// Diff multiplies by the partial derivatives and sums over stretched axes.
func (r Term) Diff(in []*Node, y, g *Node, need []bool) []*Node {
	d := make([]*Node, len(in))
	for i := range d {
		if need[i] {
			d[i] = Fit(Stretch(Times(g, r.partial(i, in, y)), y.Shape()), in[i].Shape())
		}
	}
	return d
}

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
