package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// RelaxedBernoulli is a continuous relaxation of Bernoulli, the binary Concrete
// law (Maddison et al., arXiv 1611.00712, appendix B; Jang et al., arXiv
// 1611.01144), in logit space: the value is the logit y, and sigmoid(y) is the
// number between 0 and 1. With temperature τ and logits l, y has a logistic law
// of mean l/τ and scale 1/τ,
//
//	log p(y) = Σ_i log τ + (l_i−τy_i) − 2·log(1+exp(l_i−τy_i))
//
// which stays finite where sigmoid(y) rounds to 0 or 1. Both parameters are
// […, D] or what broadcasts to it; Temperature is a node so that it can be fed.
type RelaxedBernoulli struct {
	Logits      *graph.Node
	Temperature *graph.Node
}

var (
	_ Pathwise   = RelaxedBernoulli{}
	_ Factored   = RelaxedBernoulli{}
	_ Moments    = RelaxedBernoulli{}
	_ Entropic   = RelaxedBernoulli{}
	_ Moder      = RelaxedBernoulli{}
	_ Cumulative = RelaxedBernoulli{}
	_ Supported  = RelaxedBernoulli{}
)

// LogProbs returns the log density of each logit.
func (d RelaxedBernoulli) LogProbs(y *graph.Node) *graph.Node {
	complete(d)
	fit("RelaxedBernoulli", y, d.Logits, d.Temperature)
	constant("RelaxedBernoulli", "Temperature", d.Temperature, above0, "a number above 0")
	set := d.Support()
	return inside(y, set.outside(y), 0, func(y *graph.Node) *graph.Node {
		e := d.Logits.Sub(d.Temperature.Mul(y))
		return op.Map(op.LogLogistic, e).Add(graph.Log(d.Temperature))
	})
}

// LogProb implements Dist.
func (d RelaxedBernoulli) LogProb(y *graph.Node) *graph.Node {
	complete(d)
	return total(d.LogProbs(y))
}

// Sample returns (l + log u − log(1−u)) / τ for uniform u.
func (d RelaxedBernoulli) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := draw(s, graph.UniformNoise, lead, event("RelaxedBernoulli", d.Logits, d.Temperature))
	return boundReal(d.Logits.Add(logit(u)).Div(d.Temperature))
}

// Pathwise marks Sample as reparameterised.
func (RelaxedBernoulli) Pathwise() {}

// Support returns the reals.
func (RelaxedBernoulli) Support() Support { return Support{} }

// Moments returns those of the logit: l/τ and π²/3τ².
func (d RelaxedBernoulli) Moments() (mean, variance *graph.Node) {
	complete(d)
	variance = graph.Recip(d.Temperature.Square()).Scale(math.Pi * math.Pi / 3)
	return d.Mode(), variance
}

// Mode returns the most probable logit, l/τ.
func (d RelaxedBernoulli) Mode() *graph.Node {
	complete(d)
	return d.Logits.Div(d.Temperature)
}

// Entropy returns that of the logits, Σ 2 − log τ.
func (d RelaxedBernoulli) Entropy() *graph.Node {
	complete(d)
	return perEvent(d.Logits, graph.Log(d.Temperature).Neg().Shift(2))
}

// CDF returns sigmoid(τy − l).
func (d RelaxedBernoulli) CDF(y *graph.Node) *graph.Node {
	complete(d)
	fit("RelaxedBernoulli", y, d.Logits, d.Temperature)
	return cdf(op.RelaxedBernoulliCDF, d.Logits, d.Temperature, y)
}

// RelaxedOneHot is a continuous relaxation of OneHot, the Concrete or
// Gumbel-softmax law, in log-simplex space (ExpConcrete: Maddison et al., arXiv
// 1611.00712, appendix): the value y […, C] is the logarithm of a
// point on the simplex. With temperature τ and logits l
//
//	log p(y) = log (C−1)! + (C−1)·log τ + Σ_c e_c − C·log Σ_c exp(e_c),  e = l − τy
//
// with volume measured by the differences y_c − y_C, which does not depend on
// the order of the classes. Temperature is […, 1] or a scalar.
type RelaxedOneHot struct {
	Logits      *graph.Node
	Temperature *graph.Node
}

var (
	_ Pathwise  = RelaxedOneHot{}
	_ Supported = RelaxedOneHot{}
)

// classes returns C.
func (d RelaxedOneHot) classes() int {
	sh, ts := d.Logits.Shape(), d.Temperature.Shape()
	if len(sh) == 0 || sh[len(sh)-1] == 0 {
		graph.Fail("prob: RelaxedOneHot: logits of shape %v, want [… C]", sh)
	}
	if len(ts) > 0 && ts[len(ts)-1] != 1 {
		graph.Fail("prob: RelaxedOneHot: temperature of shape %v, want a scalar or [… 1]", []int(ts))
	}
	constant("RelaxedOneHot", "Temperature", d.Temperature, above0, "a number above 0")
	return sh[len(sh)-1]
}

// LogProb implements Dist.
func (d RelaxedOneHot) LogProb(y *graph.Node) *graph.Node {
	complete(d)
	n := float64(d.classes())
	sameEvent("RelaxedOneHot", y, d.Logits)
	fit("RelaxedOneHot", y, d.Temperature)
	set := d.Support()
	return insideEvent(y, set.outside(y), set.harmless(int(n)), func(y *graph.Node) *graph.Node {
		e := d.Logits.Sub(d.Temperature.Mul(y))
		scaled := total(graph.LogSoftmax(e)) // Σ e − C·log Σ exp(e)
		factorial, _ := math.Lgamma(n)
		logT := graph.Log(d.Temperature).Scale(n - 1)
		if len(logT.Shape()) > 0 {
			logT = total(logT)
		}
		return scaled.Add(logT).Shift(factorial)
	})
}

// Sample returns log softmax((l+g)/τ) with Gumbel noise g = −log(−log u).
func (d RelaxedOneHot) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := draw(s, graph.UniformNoise, lead, d.classes())
	g := graph.Log(graph.Log(u).Neg()).Neg()
	return onLogSimplex(boundReal(d.Logits.Add(g).Div(d.Temperature)))
}

// Pathwise marks Sample as reparameterised.
func (RelaxedOneHot) Pathwise() {}

// Support returns the log simplex.
func (RelaxedOneHot) Support() Support { return Support{Kind: LogSimplex} }
