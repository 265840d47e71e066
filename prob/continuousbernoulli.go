package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// ContinuousBernoulli is a vector of independent numbers from 0 to 1, such as
// grey values,
//
//	p(x) = Π_i C(l_i)·λ_i^x_i·(1−λ_i)^(1−x_i),  λ = sigmoid(l)
//
// in terms of the logits l […, D] or what broadcasts to it (Loaiza-Ganem and
// Cunningham, arXiv 1907.06845, eq. 5–7). With t = l/2 the log density is
// l(x−½) − log(sinh t/t), which is smooth at λ = ½.
type ContinuousBernoulli struct {
	Logits *graph.Node
}

var (
	_ Pathwise   = ContinuousBernoulli{}
	_ Factored   = ContinuousBernoulli{}
	_ Moments    = ContinuousBernoulli{}
	_ Entropic   = ContinuousBernoulli{}
	_ Moder      = ContinuousBernoulli{}
	_ Cumulative = ContinuousBernoulli{}
	_ Supported  = ContinuousBernoulli{}
)

// half returns l/2.
func (d ContinuousBernoulli) half() *graph.Node { return d.Logits.Scale(.5) }

// LogProbs returns the log density of each element, those of 0 and 1 included.
func (d ContinuousBernoulli) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("ContinuousBernoulli", x, d.Logits)
	out := beyond(x, 0, 1)
	return inside(x, out, .5, func(x *graph.Node) *graph.Node {
		return density(op.ContinuousLaw, d.Logits, x)
	})
}

// LogProb implements Dist.
func (d ContinuousBernoulli) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns log(1+u(eˡ−1))/l with uniform noise u.
func (d ContinuousBernoulli) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	x := special(op.ContinuousBernoulli, d.Logits, uniformFor("ContinuousBernoulli", s, lead, d.Logits))
	e := endsOf(x)
	return bound(x, e.tiny, 1-e.eps)
}

// Pathwise marks Sample as reparameterised.
func (ContinuousBernoulli) Pathwise() {}

// Support returns (0, 1).
func (ContinuousBernoulli) Support() Support { return unit }

// Moments returns ½(1+L(t)) and ¼L′(t), with L(t) = coth t − 1/t.
func (d ContinuousBernoulli) Moments() (mean, variance *graph.Node) {
	complete(d)
	t := d.half()
	return special(op.Langevin, t).Shift(1).Scale(.5), special(op.LangevinSlope, t).Scale(.25)
}

// Mode returns 1 for a positive logit, 0 for a negative one and ½ for 0, where
// every value is as probable.
func (d ContinuousBernoulli) Mode() *graph.Node {
	complete(d)
	return graph.Sign(d.Logits).Shift(1).Scale(.5)
}

// Entropy returns Σ log(sinh t/t) − t·L(t).
func (d ContinuousBernoulli) Entropy() *graph.Node {
	complete(d)
	return total(term(op.ContinuousEntropy, d.Logits))
}

// CDF returns (e^(lx)−1)/(eˡ−1), by its reflection for l > 0.
func (d ContinuousBernoulli) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("ContinuousBernoulli", x, d.Logits)
	return cdf(op.ContinuousBernoulliCDF, d.Logits, x)
}

func init() {
	// ½(l₁−l₂)·L(t₁) − log(sinh t₁/t₁) + log(sinh t₂/t₂)
	RegisterKL(func(q, p ContinuousBernoulli) *graph.Node {
		return term(op.ContinuousDivergence, q.Logits, p.Logits)
	})
}
