package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Poisson is a vector of independent counts 0, 1, … of rate λ,
//
//	P(x) = Π_i λ_i^x_i·exp(−λ_i) / x_i!
//
// in terms of log λ […, D] or what broadcasts to it.
type Poisson struct {
	LogRate *graph.Node
}

var (
	_ Sampler    = Poisson{}
	_ Factored   = Poisson{}
	_ Moments    = Poisson{}
	_ Moder      = Poisson{}
	_ Cumulative = Poisson{}
	_ Supported  = Poisson{}
)

// LogProbs returns the log probability of each element.
func (d Poisson) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Poisson", x, d.LogRate)
	return inside(x, notCount(x, largest()), 0, func(x *graph.Node) *graph.Node {
		return stirling(x).Add(deviance(x, d.LogRate)).Neg()
	})
}

// LogProb implements Dist.
func (d Poisson) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns counts, through which no derivative passes.
func (d Poisson) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return drawCount(s, op.Poisson, lead, event("Poisson", d.LogRate), d.LogRate)
}

// Support returns {0, 1, …}.
func (Poisson) Support() Support { return naturals }

// Moments returns λ and λ.
func (d Poisson) Moments() (mean, variance *graph.Node) {
	complete(d)
	rate := graph.Exp(d.LogRate)
	return rate, rate
}

// CDF returns Q(⌊x⌋+1, λ), the regularised upper incomplete gamma function.
func (d Poisson) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Poisson", x, d.LogRate)
	return cdf(op.PoissonCDF, d.LogRate, x)
}

// Mode returns ⌊λ⌋.
func (d Poisson) Mode() *graph.Node {
	complete(d)
	return graph.Floor(graph.Exp(d.LogRate))
}

func init() {
	// λ₁·log(λ₁/λ₂) − λ₁ + λ₂
	RegisterKL(func(q, p Poisson) *graph.Node {
		return term(op.PoissonDivergence, q.LogRate, p.LogRate)
	})
}
