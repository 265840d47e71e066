package op

import (
	"math"
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
func (r Term) Shape(in [][]int) ([]int, error) { return Broadcast(in...) }

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
			d[i] = Fit(Stretch(g.Mul(r.partial(i, in, y)), y.Shape()), in[i].Shape())
		}
	}
	return d
}
