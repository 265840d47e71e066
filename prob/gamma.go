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
	fit("Gamma", x, d.LogConcentration, d.LogRate)
	return inside(x, above.outside(x), 1, func(x *graph.Node) *graph.Node {
		return density(op.GammaLaw, d.LogConcentration, d.LogRate, x)
	})
}

// LogProb implements Dist.
func (d Gamma) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample draws by the method of Marsaglia and Tsang.
func (d Gamma) Sample(s *graph.Scope, lead ...int) *graph.Node {
	return graph.Exp(d.moving(boundLog(d.log(s, lead))))
}

// LogSample returns the logarithm of a draw, which has the ends of a real
// number and not those of Sample.
func (d Gamma) LogSample(s *graph.Scope, lead ...int) *graph.Node {
	return d.moving(boundReal(d.log(s, lead)))
}

// log returns the logarithm of a draw, without a derivative.
func (d Gamma) log(s *graph.Scope, lead []int) *graph.Node {
	n := event("Gamma", d.LogConcentration, d.LogRate)
	return graph.StopGrad(graph.Sub(variate(s, op.LogGamma, lead, n, d.LogConcentration), d.LogRate))
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
	log := graph.Sub(d.LogConcentration, d.LogRate)
	return graph.Exp(log), graph.Exp(graph.Sub(log, d.LogRate))
}

// Mode returns (a−1)/r, and 0 where a < 1.
func (d Gamma) Mode() *graph.Node {
	return graph.Mul(graph.Relu(graph.Expm1(d.LogConcentration)), graph.Exp(graph.Neg(d.LogRate)))
}

// Entropy returns Σ a − log r + log Γ(a) + (1−a)ψ(a).
func (d Gamma) Entropy() *graph.Node {
	h := graph.Sub(special(op.GammaEntropy, d.LogConcentration), d.LogRate)
	return overEvent("Gamma", h, d.LogConcentration, d.LogRate)
}

// CDF returns P(a, rx), and 0 below 0.
func (d Gamma) CDF(x *graph.Node) *graph.Node {
	fit("Gamma", x, d.LogConcentration, d.LogRate)
	low := graph.Le(x, graph.Const(0))
	z := graph.Mul(graph.Where(low, graph.Const(1), x), graph.Exp(d.LogRate))
	return graph.Where(low, graph.Const(0), graph.GammaP(graph.Exp(d.LogConcentration), z))
}

func init() {
	// (a₁−a₂)ψ(a₁) − log Γ(a₁) + log Γ(a₂) + a₂·log(r₁/r₂) + a₁(r₂/r₁ − 1)
	RegisterKL(func(q, p Gamma) *graph.Node {
		r := graph.Sub(q.LogRate, p.LogRate)
		a := special(op.GammaDivergence, q.LogConcentration, p.LogConcentration)
		rate := graph.Mul(graph.Exp(q.LogConcentration), graph.Expm1(graph.Neg(r)))
		return graph.Add(a, graph.Add(graph.Mul(graph.Exp(p.LogConcentration), r), rate))
	})
}
