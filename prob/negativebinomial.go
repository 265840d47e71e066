package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// NegativeBinomial is a vector of independent numbers of successes, each with
// p = sigmoid(l), before the r-th failure, r > 0 being any number:
//
//	P(x) = Π_i Γ(x_i+r_i) / (x_i!·Γ(r_i)) · p_i^x_i·(1−p_i)^r_i
//
// It is a Poisson law whose rate has a Gamma law of shape r and mean r·exp(l),
// for counts with a variance above their mean: with mean μ and dispersion r the
// logit is log μ − log r (Lopez et al., scVI, 2018). Both parameters are […, D]
// or what broadcasts to it.
type NegativeBinomial struct {
	LogTotal *graph.Node // log r
	Logits   *graph.Node // l
}

var (
	_ Sampler    = NegativeBinomial{}
	_ Factored   = NegativeBinomial{}
	_ Moments    = NegativeBinomial{}
	_ Moder      = NegativeBinomial{}
	_ Cumulative = NegativeBinomial{}
	_ Supported  = NegativeBinomial{}
)

// LogProbs returns the log probability of each element.
func (d NegativeBinomial) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("NegativeBinomial", x, d.LogTotal, d.Logits)
	return inside(x, notCount(x, largest()), 0, func(x *graph.Node) *graph.Node {
		return density(op.NegativeBinomialLaw, d.LogTotal, d.Logits, x)
	})
}

// LogProb implements Dist.
func (d NegativeBinomial) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns counts, through which no derivative passes.
func (d NegativeBinomial) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	n := event("NegativeBinomial", d.LogTotal, d.Logits)
	return drawCount(s, op.NegativeBinomial, lead, n, d.LogTotal, d.Logits)
}

// Support returns {0, 1, …}.
func (NegativeBinomial) Support() Support { return naturals }

// Moments returns r·eˡ and r·eˡ·(1+eˡ).
func (d NegativeBinomial) Moments() (mean, variance *graph.Node) {
	complete(d)
	mean = graph.Exp(d.LogTotal.Add(d.Logits))
	return mean, mean.Mul(graph.Exp(d.Logits).Shift(1))
}

// CDF returns I_{1−p}(r, ⌊x⌋+1), the regularised incomplete beta function.
func (d NegativeBinomial) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("NegativeBinomial", x, d.LogTotal, d.Logits)
	return cdf(op.NegativeBinomialCDF, d.LogTotal, d.Logits, x)
}

// Mode returns ⌊(r−1)·eˡ⌋, and 0 for r below 1.
func (d NegativeBinomial) Mode() *graph.Node {
	complete(d)
	return graph.Floor(graph.Relu(graph.Expm1(d.LogTotal)).Mul(graph.Exp(d.Logits)))
}

func init() {
	// r times that before the first failure, if both have the same r:
	//
	//	r·(eˡ·(log p − log p′) + log(1−p) − log(1−p′)),  of mean r·eˡ
	registerKLWhen(func(q, p NegativeBinomial) *graph.Node {
		one := KLs(Geometric{q.Logits.Neg()}, Geometric{p.Logits.Neg()})
		return mulExp(one, q.LogTotal)
	}, func(q, p NegativeBinomial) bool { return q.LogTotal == p.LogTotal })
}
