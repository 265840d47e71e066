package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Exponential is a vector of independent waiting times of rate λ,
//
//	p(x) = Π_i λ_i·exp(−λ_i·x_i),  x_i ≥ 0
//
// in terms of log λ […, D] or what broadcasts to it.
type Exponential struct {
	LogRate *graph.Node
}

var (
	_ Pathwise   = Exponential{}
	_ Factored   = Exponential{}
	_ Moments    = Exponential{}
	_ Entropic   = Exponential{}
	_ Moder      = Exponential{}
	_ Cumulative = Exponential{}
	_ Supported  = Exponential{}
)

// LogProbs returns the log density of each element, that of 0 included.
func (d Exponential) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Exponential", x, d.LogRate)
	return inside(x, outsideAbove(x), 1, func(x *graph.Node) *graph.Node {
		return d.LogRate.Sub(mulExp(x, d.LogRate))
	})
}

// LogProb implements Dist.
func (d Exponential) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns −log(u)/λ with uniform noise u.
func (d Exponential) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Exponential", s, lead, d.LogRate)
	return boundPositive(graph.Log(u).Neg().Mul(graph.Exp(d.LogRate.Neg())))
}

// Pathwise marks Sample as reparameterised.
func (Exponential) Pathwise() {}

// Support returns the positive numbers.
func (Exponential) Support() Support { return above }

// Moments returns 1/λ and 1/λ².
func (d Exponential) Moments() (mean, variance *graph.Node) {
	complete(d)
	return graph.Exp(d.LogRate.Neg()), graph.Exp(d.LogRate.Scale(-2))
}

// Mode returns 0.
func (d Exponential) Mode() *graph.Node {
	complete(d)
	return likeAll(graph.Const(0), d.LogRate)
}

// Entropy returns Σ 1 − log λ.
func (d Exponential) Entropy() *graph.Node {
	complete(d)
	return total(oneMinus(d.LogRate))
}

// CDF returns 1 − exp(−λx), and 0 below 0.
func (d Exponential) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Exponential", x, d.LogRate)
	return cdf(op.ExponentialCDF, d.LogRate.Neg(), x)
}

// gamma returns the same law as a Gamma of shape 1.
func (d Exponential) gamma() Gamma {
	return Gamma{LogConcentration: graph.Const(0), LogRate: d.LogRate}
}

func init() {
	// log(λ₁/λ₂) + λ₂/λ₁ − 1
	RegisterKL(func(q, p Exponential) *graph.Node {
		r := p.LogRate.Sub(q.LogRate)
		return expRest(r)
	})
	RegisterKL(func(q Exponential, p Gamma) *graph.Node { return KLs(q.gamma(), p) })
	RegisterKL(func(q Gamma, p Exponential) *graph.Node { return KLs(q, p.gamma()) })
}
