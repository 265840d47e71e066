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
	Mean     *graph.Node
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
	z := standardised("Laplace", x, d.Mean, d.LogScale)
	return graph.Shift(graph.Sub(graph.Neg(graph.Abs(z)), d.LogScale), -math.Ln2)
}

// LogProb implements Dist.
func (d Laplace) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns m − b·sign(u−½)·log(2·min(u, 1−u)) with uniform noise u.
func (d Laplace) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Laplace", s, lead, d.Mean, d.LogScale)
	z := graph.Mul(side(u), graph.Neg(graph.Log(graph.Scale(minOne(u), 2))))
	return placed(d.Mean, d.LogScale, z)
}

// Pathwise marks Sample as reparameterised.
func (Laplace) Pathwise() {}

// Support returns the reals.
func (Laplace) Support() Support { return Support{} }

// Moments returns m and 2b².
func (d Laplace) Moments() (mean, variance *graph.Node) {
	complete(d)
	return d.Mean, graph.Scale(graph.Exp(graph.Scale(d.LogScale, 2)), 2)
}

// Mode returns m.
func (d Laplace) Mode() *graph.Node {
	complete(d)
	return d.Mean
}

// Entropy returns Σ 1 + log 2b.
func (d Laplace) Entropy() *graph.Node {
	complete(d)
	return overEvent("Laplace", graph.Shift(d.LogScale, 1+math.Ln2), d.Mean, d.LogScale)
}

// CDF returns ½eᶻ, or 1 − ½e⁻ᶻ, with z = (x−m)/b.
func (d Laplace) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Laplace", x, d.Mean, d.LogScale)
	return cdf(op.LaplaceCDF, d.Mean, d.LogScale, x)
}

func init() {
	// log(b₂/b₁) + (b₁/b₂)(t + e⁻ᵗ) − 1 with t = |m₁−m₂|/b₁
	RegisterKL(func(q, p Laplace) *graph.Node {
		return term(op.LaplaceDivergence, q.LogScale, p.LogScale, graph.Sub(q.Mean, p.Mean))
	})
	// −½log 2πeσ² + log 2b + E|x−m|/b
	RegisterKL(func(q Normal, p Laplace) *graph.Node {
		away := mulExp(term(op.MeanDistance, graph.Sub(q.Mean, p.Mean), q.LogStd), graph.Neg(p.LogScale))
		return graph.Shift(graph.Sub(away, graph.Sub(q.LogStd, p.LogScale)), math.Ln2-halfLog2Pi-.5)
	})
	// ½log 2πσ² − log 2b − 1 + (2b² + (m−μ)²)/2σ²
	RegisterKL(func(q Laplace, p Normal) *graph.Node {
		d := mulExp(graph.Sub(q.Mean, p.Mean), graph.Neg(p.LogStd))
		r := graph.Sub(q.LogScale, p.LogStd)
		sq := graph.Add(graph.Exp(graph.Scale(r, 2)), graph.Scale(graph.Square(d), .5))
		return graph.Shift(graph.Sub(sq, r), halfLog2Pi-math.Ln2-1)
	})
}
