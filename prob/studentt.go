package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// StudentT is a vector of independent numbers of Student's law,
//
//	p(x) = Π_i (1+z²/ν_i)^(−(ν_i+1)/2) / (s_i·√ν_i·B(ν_i/2, ½)),  z = (x_i−m_i)/s_i
//
// in terms of log ν, the degrees of freedom, the location m and log s, each
// […, D] or what broadcasts to it. Draws have implicit derivatives also by ν.
type StudentT struct {
	LogDF    *graph.Node
	Loc      *graph.Node
	LogScale *graph.Node
}

var (
	_ Pathwise   = StudentT{}
	_ Factored   = StudentT{}
	_ Moments    = StudentT{}
	_ Entropic   = StudentT{}
	_ Moder      = StudentT{}
	_ Cumulative = StudentT{}
	_ Supported  = StudentT{}
)

func (d StudentT) standardised(x *graph.Node) *graph.Node {
	fit("StudentT", x, d.LogDF)
	return standardised("StudentT", x, d.Loc, d.LogScale)
}

// LogProbs returns the log density of each element.
func (d StudentT) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	return inside(x, Support{}.outside(x), 0, func(x *graph.Node) *graph.Node {
		return density(op.StudentLaw, d.LogDF, d.standardised(x)).Sub(d.LogScale)
	})
}

// LogProb implements Dist.
func (d StudentT) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns m + s·t, with t a normal number over the root of a mean square.
func (d StudentT) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	n := event("StudentT", d.LogDF, d.Loc, d.LogScale)
	t := implicit(op.Student, variate(s, op.Student, lead, n, d.LogDF), d.LogDF)
	return boundReal(placed(d.Loc, d.LogScale, t))
}

// Pathwise marks Sample as reparameterised.
func (StudentT) Pathwise() {}

// Support returns the reals.
func (StudentT) Support() Support { return Support{} }

// Moments returns m and s²ν/(ν−2), which is +Inf where ν is not above 2. The
// mean does not exist where ν is not above 1; +Inf stands for it.
func (d StudentT) Moments() (mean, variance *graph.Node) {
	complete(d)
	nu, inf := graph.Exp(d.LogDF), graph.Const(math.Inf(1))
	finite := nu.Gt(graph.Const(2))
	ratio := graph.Recip(oneMinus(graph.Recip(graph.Where(finite, nu, graph.Const(3))).Scale(2)))
	variance = graph.Exp(d.LogScale.Scale(2)).Mul(graph.Where(finite, ratio, inf))
	return graph.Where(d.LogDF.Gt(graph.Const(0)), d.Loc, inf), variance
}

// Mode returns m.
func (d StudentT) Mode() *graph.Node {
	complete(d)
	return d.Loc
}

// Entropy returns Σ ½(ν+1)(ψ(½(ν+1)) − ψ(½ν)) + ½log ν + log B(½ν, ½) + log s.
func (d StudentT) Entropy() *graph.Node {
	complete(d)
	h := special(op.StudentEntropy, d.LogDF).Add(d.LogScale)
	return overEvent("StudentT", h, d.LogDF, d.Loc, d.LogScale)
}

// CDF returns the distribution function.
func (d StudentT) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("StudentT", x, d.LogDF, d.Loc, d.LogScale)
	return cdf(op.StudentTCDF, d.LogDF, d.Loc, d.LogScale, x)
}
