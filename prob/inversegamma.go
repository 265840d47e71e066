package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// InverseGamma is a vector of independent reciprocals of gamma numbers,
//
//	p(x) = Π_i s_i^a_i / Γ(a_i) · x_i^(−a_i−1)·exp(−s_i/x_i)
//
// in terms of log a, the concentration, and log s, the scale, each […, D] or
// what broadcasts to it.
type InverseGamma struct {
	LogConcentration *graph.Node
	LogScale         *graph.Node
}

var (
	_ Pathwise   = InverseGamma{}
	_ Factored   = InverseGamma{}
	_ Moments    = InverseGamma{}
	_ Entropic   = InverseGamma{}
	_ Moder      = InverseGamma{}
	_ Cumulative = InverseGamma{}
	_ Supported  = InverseGamma{}
)

// reciprocal returns the law of 1/x.
func (d InverseGamma) reciprocal() Gamma { return Gamma{d.LogConcentration, d.LogScale} }

// LogProbs returns the log density of each element.
func (d InverseGamma) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("InverseGamma", x, d.LogConcentration, d.LogScale)
	return inside(x, above.outside(x), 1, func(x *graph.Node) *graph.Node {
		return density(op.InverseGammaLaw, d.LogConcentration, d.LogScale, x)
	})
}

// LogProb implements Dist.
func (d InverseGamma) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns the reciprocal of a gamma draw.
func (d InverseGamma) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	r := d.reciprocal()
	return graph.Exp(r.moving(boundLog(r.log(s, lead))).Neg())
}

// Pathwise marks Sample as reparameterised.
func (InverseGamma) Pathwise() {}

// Support returns the positive numbers.
func (InverseGamma) Support() Support { return above }

// Moments returns s/(a−1) and s²/((a−1)²(a−2)), +Inf where a is not above 1 or
// 2.
func (d InverseGamma) Moments() (mean, variance *graph.Node) {
	complete(d)
	a := graph.Exp(d.LogConcentration)
	m1, m2 := graph.Relu(graph.Expm1(d.LogConcentration)), graph.Relu(a.Shift(-2))
	mean = graph.Exp(d.LogScale).Mul(graph.Recip(m1))
	finite := m2.Gt(graph.Const(0))
	safe := graph.Where(finite, m2, graph.Const(1))
	ratio := graph.Exp(d.LogScale).Mul(graph.Recip(graph.Where(finite, m1, graph.Const(1))))
	return mean, graph.Where(finite, ratio.Square().Div(safe), graph.Const(math.Inf(1)))
}

// Mode returns s/(a+1).
func (d InverseGamma) Mode() *graph.Node {
	complete(d)
	return graph.Exp(d.LogScale).Mul(graph.Recip(graph.Exp(d.LogConcentration).Shift(1)))
}

// Entropy returns Σ a + log s + log Γ(a) − (1+a)ψ(a).
func (d InverseGamma) Entropy() *graph.Node {
	complete(d)
	h := special(op.InverseGammaEntropy, d.LogConcentration).Add(d.LogScale)
	return overEvent("InverseGamma", h, d.LogConcentration, d.LogScale)
}

// CDF returns Q(a, s/x), and 0 below 0.
func (d InverseGamma) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("InverseGamma", x, d.LogConcentration, d.LogScale)
	return cdf(op.InverseGammaCDF, d.LogConcentration, d.LogScale, x)
}

func init() {
	// That of the reciprocals: the divergence does not change with the variable.
	RegisterKL(func(q, p InverseGamma) *graph.Node { return KLs(q.reciprocal(), p.reciprocal()) })
}
