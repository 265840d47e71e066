package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Laplace is a vector of independent numbers of the double exponential law,
//
//	p(x) = Π_i exp(−|x_i−m_i|/b_i) / 2b_i
//
// in terms of the mean m and log b, each […, D] or what broadcasts to it.
type Laplace struct {
	Loc      *graph.Node
	LogScale *graph.Node
}

var (
	_ Pathwise   = Laplace{}
	_ Factored   = Laplace{}
	_ Moments    = Laplace{}
	_ Entropic   = Laplace{}
	_ Moder      = Laplace{}
	_ Cumulative = Laplace{}
	_ Supported  = Laplace{}
)

// LogProbs returns the log density of each element.
func (d Laplace) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	z := standardised("Laplace", x, d.Loc, d.LogScale)
	return graph.Abs(z).Neg().Sub(d.LogScale).Shift(-math.Ln2)
}

// LogProb implements Dist.
func (d Laplace) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns m − b·sign(u−½)·log(2·min(u, 1−u)) with uniform noise u.
func (d Laplace) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Laplace", s, lead, d.Loc, d.LogScale)
	z := side(u).Mul(graph.Log(minOne(u).Scale(2)).Neg())
	return placed(d.Loc, d.LogScale, z)
}

// Pathwise marks Sample as reparameterised.
func (Laplace) Pathwise() {}

// Support returns the reals.
func (Laplace) Support() Support { return Support{} }

// Moments returns m and 2b².
func (d Laplace) Moments() (mean, variance *graph.Node) {
	complete(d)
	return d.Loc, graph.Exp(d.LogScale.Scale(2)).Scale(2)
}

// Mode returns m.
func (d Laplace) Mode() *graph.Node {
	complete(d)
	return d.Loc
}

// Entropy returns Σ 1 + log 2b.
func (d Laplace) Entropy() *graph.Node {
	complete(d)
	return overEvent("Laplace", d.LogScale.Shift(1+math.Ln2), d.Loc, d.LogScale)
}

// CDF returns ½eᶻ, or 1 − ½e⁻ᶻ, with z = (x−m)/b.
func (d Laplace) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Laplace", x, d.Loc, d.LogScale)
	return cdf(op.LaplaceCDF, d.Loc, d.LogScale, x)
}

func init() {
	// log(b₂/b₁) + (b₁/b₂)(t + e⁻ᵗ) − 1 with t = |m₁−m₂|/b₁
	RegisterKL(func(q, p Laplace) *graph.Node {
		return term(op.LaplaceDivergence, q.LogScale, p.LogScale, q.Loc.Sub(p.Loc))
	})
	// −½log 2πeσ² + log 2b + E|x−m|/b
	RegisterKL(func(q Normal, p Laplace) *graph.Node {
		away := mulExp(term(op.MeanDistance, q.Mean.Sub(p.Loc), q.LogStd), p.LogScale.Neg())
		return away.Sub(q.LogStd.Sub(p.LogScale)).Shift(math.Ln2 - halfLog2Pi - .5)
	})
	// ½log 2πσ² − log 2b − 1 + (2b² + (m−μ)²)/2σ²
	RegisterKL(func(q Laplace, p Normal) *graph.Node {
		d := mulExp(q.Loc.Sub(p.Mean), p.LogStd.Neg())
		r := q.LogScale.Sub(p.LogStd)
		sq := graph.Exp(r.Scale(2)).Add(d.Square().Scale(.5))
		return sq.Sub(r).Shift(halfLog2Pi - math.Ln2 - 1)
	})
}
