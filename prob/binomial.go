package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Binomial is a vector of independent numbers of successes in n trials with
// p = sigmoid(l) each,
//
//	P(x) = Π_i C(n_i, x_i)·p_i^x_i·(1−p_i)^(n_i−x_i)
//
// The trials may be data, as the coverage of a read; both are […, D] or what
// broadcasts to it.
type Binomial struct {
	Total  *graph.Node // n, whole numbers ≥ 0
	Logits *graph.Node // l
}

var (
	_ Sampler    = Binomial{}
	_ Factored   = Binomial{}
	_ Moments    = Binomial{}
	_ Moder      = Binomial{}
	_ Cumulative = Binomial{}
	_ Supported  = Binomial{}
)

// LogProbs returns the log probability of each element.
func (d Binomial) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Binomial", x, d.Total, d.Logits)
	constant("Binomial", "Total", d.Total, whole, "a whole number")
	out := notCount(x, d.Total)
	n := graph.Where(out, graph.Const(0), d.Total)
	return inside(x, out, 0, func(x *graph.Node) *graph.Node {
		rest := n.Sub(x)
		logN := graph.Log(positive(n))
		dev :=
			deviance(x, logN.Add(graph.LogSigmoid(d.Logits))).Add(

				deviance(rest, logN.Add(graph.LogSigmoid(d.Logits.Neg()))))

		dev = graph.Where(n.Eq(graph.Const(0)), graph.Const(0), dev) // no trials
		return stirling(n).Sub(stirling(x).Add(stirling(rest))).Sub(dev)
	})
}

// LogProb implements Dist.
func (d Binomial) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns counts, through which no derivative passes.
func (d Binomial) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return drawCount(s, op.Binomial, lead, event("Binomial", d.Total, d.Logits), d.Total, d.Logits)
}

// Support returns {0 … n}, with n the largest of a constant Total; no bound is
// known where Total is data.
func (d Binomial) Support() Support {
	complete(d)
	c, ok := op.Constant(d.Total)
	if !ok {
		return naturals
	}
	hi := math.Inf(-1)
	for i := range c.Len() {
		hi = max(hi, c.At(i))
	}
	return Support{Kind: Integers, Hi: hi}
}

// Moments returns np and np(1−p).
func (d Binomial) Moments() (mean, variance *graph.Node) {
	complete(d)
	mean = d.Total.Mul(graph.Sigmoid(d.Logits))
	return mean, mean.Mul(graph.Sigmoid(d.Logits.Neg()))
}

// CDF returns I_{1−p}(n−⌊x⌋, ⌊x⌋+1), the regularised incomplete beta function.
func (d Binomial) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Binomial", x, d.Total, d.Logits)
	return cdf(op.BinomialCDF, d.Total, d.Logits, x)
}

// Mode returns ⌊(n+1)p⌋, at most n.
func (d Binomial) Mode() *graph.Node {
	complete(d)
	m := graph.Floor(d.Total.Shift(1).Mul(graph.Sigmoid(d.Logits)))
	return graph.Min(m, d.Total)
}

func init() {
	// n times that of one trial, if both have the same n.
	registerKLWhen(func(q, p Binomial) *graph.Node {
		return q.Total.Mul(KLs(Bernoulli{q.Logits}, Bernoulli{p.Logits}))
	}, func(q, p Binomial) bool { return q.Total == p.Total })
}
