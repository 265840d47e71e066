package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// HalfCauchy is a vector of independent absolute values of Cauchy numbers,
//
//	p(x) = Π_i 2 / (π·s_i·(1+(x_i/s_i)²)),  x_i ≥ 0
//
// in terms of log s […, D] or what broadcasts to it: the prior of scales in a
// horseshoe. It has no moments.
type HalfCauchy struct {
	LogScale *graph.Node
}

var (
	_ Pathwise   = HalfCauchy{}
	_ Factored   = HalfCauchy{}
	_ Entropic   = HalfCauchy{}
	_ Moder      = HalfCauchy{}
	_ Cumulative = HalfCauchy{}
	_ Supported  = HalfCauchy{}
)

// LogProbs returns the log density of each element, that of 0 included.
func (d HalfCauchy) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("HalfCauchy", x, d.LogScale)
	return inside(x, outsideAbove(x), 1, func(x *graph.Node) *graph.Node {
		z := mulExp(x, d.LogScale.Neg())
		return log1pSquare(z).Add(d.LogScale).Neg().Shift(math.Log(2 / math.Pi))
	})
}

// LogProb implements Dist.
func (d HalfCauchy) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns s·tan(πu/2) with uniform noise u.
func (d HalfCauchy) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("HalfCauchy", s, lead, d.LogScale)
	quarter := func(u *graph.Node) *graph.Node { return graph.Sin(u.Scale(math.Pi / 2)) }
	return boundPositive(graph.Exp(d.LogScale).Mul(quarter(u).Div(quarter(oneMinus(u)))))
}

// Pathwise marks Sample as reparameterised.
func (HalfCauchy) Pathwise() {}

// Support returns the positive numbers.
func (HalfCauchy) Support() Support { return above }

// Mode returns 0.
func (d HalfCauchy) Mode() *graph.Node {
	complete(d)
	return likeAll(graph.Const(0), d.LogScale)
}

// Entropy returns Σ log 2πs.
func (d HalfCauchy) Entropy() *graph.Node {
	complete(d)
	return total(d.LogScale.Shift(math.Log(2 * math.Pi)))
}

// CDF returns 2·atan(x/s)/π, and 0 below 0.
func (d HalfCauchy) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("HalfCauchy", x, d.LogScale)
	return cdf(op.HalfCauchyCDF, d.LogScale, x)
}
