package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Geometric is a vector of independent numbers of failures before the first
// success, which has p = sigmoid(l):
//
//	P(x) = Π_i (1−p_i)^x_i·p_i,  x_i = 0, 1, …
type Geometric struct {
	Logits *graph.Node // l, […, D]
}

var (
	_ Sampler    = Geometric{}
	_ Factored   = Geometric{}
	_ Moments    = Geometric{}
	_ Entropic   = Geometric{}
	_ Moder      = Geometric{}
	_ Cumulative = Geometric{}
	_ Supported  = Geometric{}
)

// logFail returns log(1−p).
func (d Geometric) logFail() *graph.Node { return graph.LogSigmoid(d.Logits.Neg()) }

// LogProbs returns the log probability of each element.
func (d Geometric) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Geometric", x, d.Logits)
	return inside(x, notCount(x, largest()), 0, func(x *graph.Node) *graph.Node {
		return weigh(x, d.logFail()).Add(graph.LogSigmoid(d.Logits))
	})
}

// LogProb implements Dist.
func (d Geometric) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns ⌊log u / log(1−p)⌋ for uniform u, through which no derivative
// passes.
func (d Geometric) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := draw(s, graph.UniformNoise, lead, event("Geometric", d.Logits))
	n := graph.Abs(graph.Log(u).Div(d.logFail())) // of any sign where log(1−p) is 0
	return graph.Min(graph.Floor(n), largest())
}

// Support returns {0, 1, …}.
func (Geometric) Support() Support { return naturals }

// Moments returns (1−p)/p and (1−p)/p².
func (d Geometric) Moments() (mean, variance *graph.Node) {
	complete(d)
	mean = graph.Exp(d.Logits.Neg())
	return mean, mean.Mul(mean.Shift(1))
}

// Entropy returns that of one trial times the expected number of trials, 1/p.
func (d Geometric) Entropy() *graph.Node {
	complete(d)
	return total(term(op.GeometricEntropy, d.Logits))
}

// Mode returns 0.
func (d Geometric) Mode() *graph.Node {
	complete(d)
	return d.Logits.Scale(0)
}

// CDF returns 1−(1−p)^(⌊x⌋+1), and 0 below 0.
func (d Geometric) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Geometric", x, d.Logits)
	return cdf(op.GeometricCDF, d.Logits, x)
}

func init() {
	// That of one trial of q times the expected number of trials.
	RegisterKL(func(q, p Geometric) *graph.Node {
		return term(op.GeometricDivergence, q.Logits, p.Logits)
	})
}
