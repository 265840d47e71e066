package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Logistic is a vector of independent numbers of the logistic law, whose
// distribution function is a sigmoid,
//
//	p(x) = Π_i e⁻ᶻ / (s_i(1+e⁻ᶻ)²),  z = (x_i−m_i)/s_i
//
// in terms of the mean m and log s, each […, D] or what broadcasts to it.
type Logistic struct {
	Loc      *graph.Node
	LogScale *graph.Node
}

var (
	_ Pathwise   = Logistic{}
	_ Factored   = Logistic{}
	_ Moments    = Logistic{}
	_ Entropic   = Logistic{}
	_ Moder      = Logistic{}
	_ Cumulative = Logistic{}
	_ Supported  = Logistic{}
)

// LogProbs returns the log density of each element.
func (d Logistic) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	z := standardised("Logistic", x, d.Loc, d.LogScale)
	return op.Map(op.LogLogistic, z).Sub(d.LogScale)
}

// LogProb implements Dist.
func (d Logistic) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns m + s·log(u/(1−u)) with uniform noise u.
func (d Logistic) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	u := uniformFor("Logistic", s, lead, d.Loc, d.LogScale)
	return placed(d.Loc, d.LogScale, graph.Log(u).Sub(graph.Log(oneMinus(u))))
}

// Pathwise marks Sample as reparameterised.
func (Logistic) Pathwise() {}

// Support returns the reals.
func (Logistic) Support() Support { return Support{} }

// Moments returns m and π²s²/3.
func (d Logistic) Moments() (mean, variance *graph.Node) {
	complete(d)
	return d.Loc, graph.Exp(d.LogScale.Scale(2)).Scale(math.Pi * math.Pi / 3)
}

// Mode returns m.
func (d Logistic) Mode() *graph.Node {
	complete(d)
	return d.Loc
}

// Entropy returns Σ log s + 2.
func (d Logistic) Entropy() *graph.Node {
	complete(d)
	return overEvent("Logistic", d.LogScale.Shift(2), d.Loc, d.LogScale)
}

// CDF returns sigmoid((x−m)/s).
func (d Logistic) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Logistic", x, d.Loc, d.LogScale)
	return cdf(op.LogisticCDF, d.Loc, d.LogScale, x)
}
