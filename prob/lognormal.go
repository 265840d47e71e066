package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// LogNormal is a vector of independent numbers whose logarithms are normal,
//
//	p(x) = Π_i exp(−½((log x_i−μ_i)/σ_i)²) / (x_i·σ_i·√2π),  x_i > 0
//
// in terms of μ and log σ of the logarithm, each […, D] or what broadcasts to
// it.
type LogNormal struct {
	Loc      *graph.Node
	LogScale *graph.Node
}

var (
	_ Pathwise   = LogNormal{}
	_ Factored   = LogNormal{}
	_ Moments    = LogNormal{}
	_ Entropic   = LogNormal{}
	_ Moder      = LogNormal{}
	_ Cumulative = LogNormal{}
	_ Supported  = LogNormal{}
)

// log returns the law of the logarithm.
func (d LogNormal) log() Normal { return Normal{Mean: d.Loc, LogStd: d.LogScale} }

// LogProbs returns the log density of each element.
func (d LogNormal) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("LogNormal", x, d.Loc, d.LogScale)
	return inside(x, above.outside(x), 1, func(x *graph.Node) *graph.Node {
		y := graph.Log(x)
		return d.log().LogProbs(y).Sub(y)
	})
}

// LogProb implements Dist.
func (d LogNormal) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns exp(μ + σε) with standard normal noise ε.
func (d LogNormal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	return graph.Exp(boundLog(d.log().Sample(s, lead...)))
}

// Pathwise marks Sample as reparameterised.
func (LogNormal) Pathwise() {}

// Support returns the positive numbers.
func (LogNormal) Support() Support { return above }

// Moments returns exp(μ+½σ²) and (exp(σ²)−1)·exp(2μ+σ²).
func (d LogNormal) Moments() (mean, variance *graph.Node) {
	complete(d)
	v := graph.Exp(d.LogScale.Scale(2))
	mean = graph.Exp(d.Loc.Add(v.Scale(.5)))
	return mean, graph.Expm1(v).Mul(mean.Square())
}

// Mode returns exp(μ−σ²).
func (d LogNormal) Mode() *graph.Node {
	complete(d)
	return graph.Exp(d.Loc.Sub(graph.Exp(d.LogScale.Scale(2))))
}

// Entropy returns Σ μ + log σ + ½log 2πe.
func (d LogNormal) Entropy() *graph.Node {
	complete(d)
	return overEvent("LogNormal", d.Loc.Add(d.LogScale).Shift(halfLog2Pi+.5), d.Loc, d.LogScale)
}

// CDF returns Φ((log x−μ)/σ), and 0 below 0.
func (d LogNormal) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("LogNormal", x, d.Loc, d.LogScale)
	return cdf(op.LogNormalCDF, d.Loc, d.LogScale, x)
}

func init() {
	// That of the logarithms: the divergence does not change with the variable.
	RegisterKL(func(q, p LogNormal) *graph.Node { return KLs(q.log(), p.log()) })
}
