package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Gumbel is a vector of independent numbers of the law of largest values,
//
//	p(x) = Π_i exp(−z − e⁻ᶻ) / s_i,  z = (x_i−m_i)/s_i
//
// in terms of the mode m and log s, each […, D] or what broadcasts to it.
type Gumbel struct {
	Loc      *graph.Node
	LogScale *graph.Node
}

var (
	_ Pathwise   = Gumbel{}
	_ Factored   = Gumbel{}
	_ Moments    = Gumbel{}
	_ Entropic   = Gumbel{}
	_ Moder      = Gumbel{}
	_ Cumulative = Gumbel{}
	_ Supported  = Gumbel{}
)

// LogProbs returns the log density of each element.
func (d Gumbel) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	return inside(x, Support{}.outside(x), 0, func(x *graph.Node) *graph.Node {
		z := standardised("Gumbel", x, d.Loc, d.LogScale)
		return expRest(z.Neg()).Add(d.LogScale).Neg().Shift(-1) // z + e⁻ᶻ, of slope 1 − e⁻ᶻ
	})
}

// LogProb implements Dist.
func (d Gumbel) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns m − s·log(−log u) with uniform noise u.
func (d Gumbel) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Gumbel", s, lead, d.Loc, d.LogScale)
	return placed(d.Loc, d.LogScale, graph.Log(graph.Log(u).Neg()).Neg())
}

// Pathwise marks Sample as reparameterised.
func (Gumbel) Pathwise() {}

// Support returns the reals.
func (Gumbel) Support() Support { return Support{} }

// Moments returns m + γs, with Euler's constant γ, and π²s²/6.
func (d Gumbel) Moments() (mean, variance *graph.Node) {
	complete(d)
	return placed(d.Loc, d.LogScale, graph.Const(eulerGamma)),
		graph.Exp(d.LogScale.Scale(2)).Scale(math.Pi * math.Pi / 6)
}

// Mode returns m.
func (d Gumbel) Mode() *graph.Node {
	complete(d)
	return d.Loc
}

// Entropy returns Σ log s + γ + 1.
func (d Gumbel) Entropy() *graph.Node {
	complete(d)
	return overEvent("Gumbel", d.LogScale.Shift(eulerGamma+1), d.Loc, d.LogScale)
}

// CDF returns exp(−e⁻ᶻ).
func (d Gumbel) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Gumbel", x, d.Loc, d.LogScale)
	return cdf(op.GumbelCDF, d.Loc, d.LogScale, x)
}

func init() {
	// With r = s₁/s₂ and t = (m₂−m₁)/s₂: γ(r−1) − log r + eᵗΓ(1+r) − 1 − t
	RegisterKL(func(q, p Gumbel) *graph.Node {
		logR := q.LogScale.Sub(p.LogScale)
		r := graph.Exp(logR)
		t := mulExp(p.Loc.Sub(q.Loc), p.LogScale.Neg())
		near := graph.Expm1(logR).Scale(eulerGamma).Sub(logR)
		power := t.Add(graph.Lgamma(r.Shift(1)))
		_, hi := limits(power)
		none := power.Gt(graph.Const(hi)) // as good as infinite, without a gradient
		far := graph.Expm1(graph.Where(none, graph.Const(0), power)).Sub(t)
		return graph.Where(none, graph.Const(math.Inf(1)), near.Add(far))
	})
}
