package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Gamma is a vector of independent positive numbers of the gamma law,
//
//	p(x) = Π_i r_i^a_i / Γ(a_i) · x_i^(a_i−1)·exp(−r_i·x_i)
//
// in terms of log a, the concentration or shape, and log r, the rate, each
// […, D] or what broadcasts to it. Draws have implicit derivatives (Figurnov,
// Mohamed and Mnih, arXiv 1805.08498). A draw too small for the dtype, as most
// are at a = 10⁻³, is the smallest that it allows (see "Draws and ends");
// LogSample has no such end.
type Gamma struct {
	LogConcentration *graph.Node
	LogRate          *graph.Node
}

var (
	_ Pathwise   = Gamma{}
	_ Factored   = Gamma{}
	_ Moments    = Gamma{}
	_ Entropic   = Gamma{}
	_ Moder      = Gamma{}
	_ Cumulative = Gamma{}
	_ Supported  = Gamma{}
)

// LogProbs returns the log density of each element.
func (d Gamma) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Gamma", x, d.LogConcentration, d.LogRate)
	out := graph.Max(outsideAbove(x), emptyEnd(x, 0, d.LogConcentration))
	return inside(x, out, 1, func(x *graph.Node) *graph.Node {
		return density(op.GammaLaw, d.LogConcentration, d.LogRate, x)
	})
}

// emptyEnd marks the end of a support where the density, xᵃ⁻¹ of the distance,
// is 0: that is where a > 1. At a = 1 the density is finite, below infinite.
func emptyEnd(x *graph.Node, end float64, logA *graph.Node) *graph.Node {
	return x.Eq(graph.Const(end)).Mul(logA.Gt(graph.Const(0)))
}

// LogProb implements Dist.
func (d Gamma) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample draws by the method of Marsaglia and Tsang.
func (d Gamma) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return graph.Exp(d.moving(boundLog(d.log(s, lead))))
}

// LogSample returns the logarithm of a draw, which has the ends of a real
// number and not those of Sample.
func (d Gamma) LogSample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return d.moving(boundReal(d.log(s, lead)))
}

// log returns the logarithm of a draw, without a derivative.
func (d Gamma) log(s *graph.Scope, lead []int) *graph.Node {
	n := event("Gamma", d.LogConcentration, d.LogRate)
	return graph.StopGrad(variate(s, op.LogGamma, lead, n, d.LogConcentration).Sub(d.LogRate))
}

// moving gives the logarithm of a draw its derivative.
func (d Gamma) moving(log *graph.Node) *graph.Node {
	return implicit(op.LogGamma, log, d.LogConcentration, d.LogRate)
}

// Pathwise marks Sample as reparameterised.
func (Gamma) Pathwise() {}

// Support returns the positive numbers.
func (Gamma) Support() Support { return above }

// Moments returns a/r and a/r².
func (d Gamma) Moments() (mean, variance *graph.Node) {
	complete(d)
	log := d.LogConcentration.Sub(d.LogRate)
	return graph.Exp(log), graph.Exp(log.Sub(d.LogRate))
}

// Mode returns (a−1)/r, and 0 where a < 1.
func (d Gamma) Mode() *graph.Node {
	complete(d)
	return graph.Relu(graph.Expm1(d.LogConcentration)).Mul(graph.Exp(d.LogRate.Neg()))
}

// Entropy returns Σ a − log r + log Γ(a) + (1−a)ψ(a).
func (d Gamma) Entropy() *graph.Node {
	complete(d)
	h := special(op.GammaEntropy, d.LogConcentration).Sub(d.LogRate)
	return overEvent("Gamma", h, d.LogConcentration, d.LogRate)
}

// CDF returns P(a, rx), and 0 below 0.
func (d Gamma) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Gamma", x, d.LogConcentration, d.LogRate)
	return cdf(op.GammaCDF, d.LogConcentration, d.LogRate, x)
}

func init() {
	// (a₁−a₂)ψ(a₁) − log Γ(a₁) + log Γ(a₂) + a₂·log(r₁/r₂) + a₁(r₂/r₁ − 1), in
	// two parts of which neither has large terms
	RegisterKL(func(q, p Gamma) *graph.Node {
		a, b := q.LogConcentration, p.LogConcentration
		away := a.Add(p.LogRate.Sub(q.LogRate)) // log b at equal means
		return term(op.PoissonDivergence, b, away).Add(term(op.GammaRest, a, b))
	})
}
