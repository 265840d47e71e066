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
	Median   *graph.Node
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
		z := standardised("Cauchy", x, d.Median, d.LogScale)
		return graph.Shift(graph.Neg(graph.Add(log1pSquare(z), d.LogScale)), -math.Log(math.Pi))
	})
}

// LogProb implements Dist.
func (d Cauchy) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns m − s·cot(πu) with uniform noise u.
func (d Cauchy) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Cauchy", s, lead, d.Median, d.LogScale)
	top := graph.Sin(graph.Scale(graph.Shift(u, -.5), math.Pi)) // both arguments keep their digits
	return placed(d.Median, d.LogScale, graph.Div(top, graph.Sin(graph.Scale(minOne(u), math.Pi))))
}

// Pathwise marks Sample as reparameterised.
func (Cauchy) Pathwise() {}

// Support returns the reals.
func (Cauchy) Support() Support { return Support{} }

// Mode returns m.
func (d Cauchy) Mode() *graph.Node {
	complete(d)
	return d.Median
}

// Entropy returns Σ log 4πs.
func (d Cauchy) Entropy() *graph.Node {
	complete(d)
	return overEvent("Cauchy", graph.Shift(d.LogScale, math.Log(4*math.Pi)), d.Median, d.LogScale)
}

// CDF returns ½ + atan((x−m)/s)/π.
func (d Cauchy) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Cauchy", x, d.Median, d.LogScale)
	return cdf(op.CauchyLawCDF, d.Median, d.LogScale, x)
}

func init() {
	// log(((s₁+s₂)² + (m₁−m₂)²)/4s₁s₂) (Chyzak and Nielsen, arXiv 1905.10965, eq. 1)
	RegisterKL(func(q, p Cauchy) *graph.Node {
		half := graph.Scale(graph.Sub(q.LogScale, p.LogScale), .5)
		mean := graph.Scale(graph.Add(q.LogScale, p.LogScale), .5)
		sinh := graph.Scale(graph.Sub(graph.Expm1(half), graph.Expm1(graph.Neg(half))), .5)
		d := graph.Scale(mulExp(graph.Sub(q.Median, p.Median), graph.Neg(mean)), .5)
		return graph.Log1p(graph.Add(graph.Square(sinh), graph.Square(d)))
	})
}
