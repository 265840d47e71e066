package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Beta is a vector of independent numbers between 0 and 1,
//
//	p(x) = Π_i x_i^(a_i−1)·(1−x_i)^(b_i−1) / B(a_i, b_i)
//
// in terms of log a and log b, each […, D] or what broadcasts to it. Draws have
// implicit derivatives (Figurnov, Mohamed and Mnih, arXiv 1805.08498). Draws
// closer to 0 or 1 than the dtype can tell lie next to them (see "Draws and
// ends"); LogitSample has no such end.
type Beta struct {
	LogA *graph.Node
	LogB *graph.Node
}

var (
	_ Pathwise   = Beta{}
	_ Factored   = Beta{}
	_ Moments    = Beta{}
	_ Entropic   = Beta{}
	_ Moder      = Beta{}
	_ Cumulative = Beta{}
	_ Supported  = Beta{}
)

// unit is the support of numbers between 0 and 1.
var unit = Support{Kind: Interval, Hi: 1}

// LogProbs returns the log density of each element.
func (d Beta) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Beta", x, d.LogA, d.LogB)
	out := beyond(x, 0, 1)
	out = graph.Max(out, graph.Max(emptyEnd(x, 0, d.LogA), emptyEnd(x, 1, d.LogB)))
	return inside(x, out, .5, func(x *graph.Node) *graph.Node {
		return density(op.BetaLaw, d.LogA, d.LogB, x)
	})
}

// LogProb implements Dist.
func (d Beta) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample draws by way of two gamma numbers.
func (d Beta) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return graph.Sigmoid(implicit(op.LogitBeta, boundLogit(d.logit(s, lead)), d.LogA, d.LogB))
}

// LogitSample returns log x/(1−x) of a draw x, which has the ends of a real
// number and not those of Sample.
func (d Beta) LogitSample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return implicit(op.LogitBeta, d.logit(s, lead), d.LogA, d.LogB)
}

// logit returns the logit of a draw, without a derivative.
func (d Beta) logit(s *graph.Scope, lead []int) *graph.Node {
	return variate(s, op.LogitBeta, lead, event("Beta", d.LogA, d.LogB), d.LogA, d.LogB)
}

// Pathwise marks Sample as reparameterised.
func (Beta) Pathwise() {}

// Support returns (0, 1).
func (Beta) Support() Support { return unit }

// Moments returns m = a/(a+b) and m(1−m)/(a+b+1).
func (d Beta) Moments() (mean, variance *graph.Node) {
	complete(d)
	l := d.LogA.Sub(d.LogB)
	mean = graph.Sigmoid(l)
	n := graph.Exp(d.LogA).Add(graph.Exp(d.LogB))
	return mean, mean.Mul(graph.Sigmoid(l.Neg())).Div(n.Shift(1))
}

// Mode returns (a−1)/(a+b−2), 0 or 1 where only b or a exceeds 1 and the end
// of the larger where neither does; 1 if they are equal, ½ if both are 1.
func (d Beta) Mode() *graph.Node {
	complete(d)
	zero := graph.Const(0)
	a, b := graph.Expm1(d.LogA), graph.Expm1(d.LogB)
	inner := a.Gt(zero).Mul(b.Gt(zero))
	n := graph.Where(inner, a.Add(b), graph.Const(1))
	flat := a.Eq(zero).Mul(b.Eq(zero))
	end := graph.Where(flat, graph.Const(.5), a.Ge(b))
	return graph.Where(inner, a.Div(n), end)
}

// Entropy returns Σ log B(a,b) − (a−1)ψ(a) − (b−1)ψ(b) + (a+b−2)ψ(a+b).
func (d Beta) Entropy() *graph.Node {
	complete(d)
	return overEvent("Beta", special(op.BetaEntropy, d.LogA, d.LogB), d.LogA, d.LogB)
}

// CDF returns I_x(a,b).
func (d Beta) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Beta", x, d.LogA, d.LogB)
	return cdf(op.BetaCDF, d.LogA, d.LogB, x)
}

func init() {
	// That of the Dirichlet laws of two classes.
	RegisterKL(func(q, p Beta) *graph.Node {
		between := term(op.BernoulliDivergence, p.LogA.Sub(p.LogB), q.LogA.Sub(q.LogB))
		n, m := graph.LogAddExp(q.LogA, q.LogB), graph.LogAddExp(p.LogA, p.LogB)
		each := term(op.GammaRest, q.LogA, p.LogA).Add(term(op.GammaRest, q.LogB, p.LogB))
		return mulExp(between, m).Add(each.Sub(term(op.GammaRest, n, m)))
	})
}
