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
	Mean   *graph.Node
	LogStd *graph.Node
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
func (d LogNormal) log() Normal { return Normal(d) }

// LogProbs returns the log density of each element.
func (d LogNormal) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("LogNormal", x, d.Mean, d.LogStd)
	return inside(x, above.outside(x), 1, func(x *graph.Node) *graph.Node {
		y := graph.Log(x)
		return graph.Sub(d.log().LogProbs(y), y)
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
	v := graph.Exp(graph.Scale(d.LogStd, 2))
	mean = graph.Exp(graph.Add(d.Mean, graph.Scale(v, .5)))
	return mean, graph.Mul(graph.Expm1(v), graph.Square(mean))
}

// Mode returns exp(μ−σ²).
func (d LogNormal) Mode() *graph.Node {
	complete(d)
	return graph.Exp(graph.Sub(d.Mean, graph.Exp(graph.Scale(d.LogStd, 2))))
}

// Entropy returns Σ μ + log σ + ½log 2πe.
func (d LogNormal) Entropy() *graph.Node {
	complete(d)
	return overEvent("LogNormal", graph.Shift(graph.Add(d.Mean, d.LogStd), halfLog2Pi+.5), d.Mean, d.LogStd)
}

// CDF returns Φ((log x−μ)/σ), and 0 below 0.
func (d LogNormal) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("LogNormal", x, d.Mean, d.LogStd)
	return cdf(op.LogNormalCDF, d.Mean, d.LogStd, x)
}

func init() {
	// That of the logarithms: the divergence does not change with the variable.
	RegisterKL(func(q, p LogNormal) *graph.Node { return KLs(q.log(), p.log()) })
}
