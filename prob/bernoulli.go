package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Bernoulli is a vector of independent binary numbers, P(x_i = 1) =
// sigmoid(l_i), with log probability
//
//	Σ_i x_i·l_i − log(1+exp(l_i))
//
// (thesis eq. 1.17–1.18, in the form that does not overflow). x may also lie
// between 0 and 1, where this is the cross-entropy of grey values; outside of
// [0,1] the log probability is −Inf.
type Bernoulli struct {
	Logits *graph.Node // […, D]
}

var (
	_ Sampler   = Bernoulli{}
	_ Factored  = Bernoulli{}
	_ Moments   = Bernoulli{}
	_ Entropic  = Bernoulli{}
	_ Moder     = Bernoulli{}
	_ Finite    = Bernoulli{}
	_ Supported = Bernoulli{}
)

// LogProbs returns the log probability of each element.
func (d Bernoulli) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("Bernoulli", x, d.Logits)
	out := beyond(x, 0, 1)
	return inside(x, out, 0, func(x *graph.Node) *graph.Node {
		return op.Apply(op.Binary{Fn: op.LogBernoulli}, x, d.Logits)
	})
}

// LogProb implements Dist.
func (d Bernoulli) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns zeros and ones, through which no derivative passes.
func (d Bernoulli) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return draw(s, graph.UniformNoise, lead, event("Bernoulli", d.Logits)).Lt(d.P())
}

// Support returns {0, 1}.
func (Bernoulli) Support() Support { return Support{Kind: Integers, Hi: 1} }

// Values returns the 2ᴰ vectors, the last element running fastest.
func (d Bernoulli) Values() [][]float64 {
	complete(d)
	return enumerate("Bernoulli", event("Bernoulli", d.Logits), 2)
}

// Mode returns 1 where p > ½.
func (d Bernoulli) Mode() *graph.Node {
	complete(d)
	return d.Logits.Gt(graph.Const(0))
}

// P returns the probabilities of a 1.
func (d Bernoulli) P() *graph.Node {
	complete(d)
	return graph.Sigmoid(d.Logits)
}

// Moments returns p and p(1−p).
func (d Bernoulli) Moments() (mean, variance *graph.Node) {
	complete(d)
	p := d.P()
	return p, p.Mul(graph.Sigmoid(d.Logits.Neg()))
}

// Entropy returns Σ log(1+exp(l)) − l·sigmoid(l).
func (d Bernoulli) Entropy() *graph.Node {
	complete(d)
	return total(term(op.BernoulliEntropy, d.Logits))
}

func init() {
	// p₁(l₁−l₂) − log(1+exp l₁) + log(1+exp l₂)
	RegisterKL(func(q, p Bernoulli) *graph.Node {
		return term(op.BernoulliDivergence, q.Logits, p.Logits)
	})
}
