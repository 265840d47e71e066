package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Cauchy is a vector of independent numbers of the Cauchy law,
//
//	p(x) = Π_i 1 / (π·s_i·(1+z²)),  z = (x_i−m_i)/s_i
//
// in terms of the median m and log s, each […, D] or what broadcasts to it. It
// has no moments.
type Cauchy struct {
	Loc      *graph.Node
	LogScale *graph.Node
}

var (
	_ Pathwise   = Cauchy{}
	_ Factored   = Cauchy{}
	_ Entropic   = Cauchy{}
	_ Moder      = Cauchy{}
	_ Cumulative = Cauchy{}
	_ Supported  = Cauchy{}
)

// LogProbs returns the log density of each element.
func (d Cauchy) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	return inside(x, Support{}.outside(x), 0, func(x *graph.Node) *graph.Node {
		z := standardised("Cauchy", x, d.Loc, d.LogScale)
		return log1pSquare(z).Add(d.LogScale).Neg().Shift(-math.Log(math.Pi))
	})
}

// LogProb implements Dist.
func (d Cauchy) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns m − s·cot(πu) with uniform noise u.
func (d Cauchy) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Cauchy", s, lead, d.Loc, d.LogScale)
	top := graph.Sin(u.Shift(-.5).Scale(math.Pi)) // both arguments keep their digits
	return placed(d.Loc, d.LogScale, top.Div(graph.Sin(minOne(u).Scale(math.Pi))))
}

// Pathwise marks Sample as reparameterised.
func (Cauchy) Pathwise() {}

// Support returns the reals.
func (Cauchy) Support() Support { return Support{} }

// Mode returns m.
func (d Cauchy) Mode() *graph.Node {
	complete(d)
	return d.Loc
}

// Entropy returns Σ log 4πs.
func (d Cauchy) Entropy() *graph.Node {
	complete(d)
	return overEvent("Cauchy", d.LogScale.Shift(math.Log(4*math.Pi)), d.Loc, d.LogScale)
}

// CDF returns ½ + atan((x−m)/s)/π.
func (d Cauchy) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Cauchy", x, d.Loc, d.LogScale)
	return cdf(op.CauchyLawCDF, d.Loc, d.LogScale, x)
}

func init() {
	// log(((s₁+s₂)² + (m₁−m₂)²)/4s₁s₂) (Chyzak and Nielsen, arXiv 1905.10965, eq. 1)
	RegisterKL(func(q, p Cauchy) *graph.Node {
		half := q.LogScale.Sub(p.LogScale).Scale(.5)
		mean := q.LogScale.Add(p.LogScale).Scale(.5)
		sinh := graph.Expm1(half).Sub(graph.Expm1(half.Neg())).Scale(.5)
		d := mulExp(q.Loc.Sub(p.Loc), mean.Neg()).Scale(.5)
		return graph.Log1p(sinh.Square().Add(d.Square()))
	})
}
