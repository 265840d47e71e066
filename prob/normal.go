package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// halfLog2Pi is ½ log 2π.
const halfLog2Pi = 0.918938533204672741780329736405617639861397473637783412817151540

// Normal is the normal distribution with diagonal covariance,
//
//	p(x) = Π_i exp(−½((x_i−μ_i)/σ_i)²) / (σ_i √2π)
//
// in terms of the mean μ and log σ, each […, D] or what broadcasts to it.
type Normal struct {
	Mean   *graph.Node
	LogStd *graph.Node
}

var (
	_ Pathwise   = Normal{}
	_ Factored   = Normal{}
	_ Moments    = Normal{}
	_ Entropic   = Normal{}
	_ Moder      = Normal{}
	_ Cumulative = Normal{}
	_ Supported  = Normal{}
)

// LogProbs returns the log density of each element.
func (d Normal) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	e := standardised("Normal", x, d.Mean, d.LogStd)
	return e.Square().Scale(-.5).Sub(d.LogStd).Shift(-halfLog2Pi)
}

// LogProb implements Dist.
func (d Normal) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample returns μ + σε with standard normal noise ε.
func (d Normal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	e := draw(s, graph.GaussianNoise, lead, event("Normal", d.Mean, d.LogStd))
	return d.Mean.Add(graph.Exp(d.LogStd).Mul(e))
}

// Pathwise marks Sample as reparameterised.
func (Normal) Pathwise() {}

// Support returns the reals.
func (Normal) Support() Support { return Support{} }

// CDF returns Φ((x−μ)/σ).
func (d Normal) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("Normal", x, d.Mean, d.LogStd)
	return cdf(op.NormalCDF, d.Mean, d.LogStd, x)
}

// Mode returns μ.
func (d Normal) Mode() *graph.Node {
	complete(d)
	return d.Mean
}

// Moments returns μ and σ².
func (d Normal) Moments() (mean, variance *graph.Node) {
	complete(d)
	return d.Mean, graph.Exp(d.LogStd.Scale(2))
}

// Entropy returns Σ log σ + ½ log 2πe.
func (d Normal) Entropy() *graph.Node {
	complete(d)
	shape, n := d.LogStd.Shape(), event("Normal", d.Mean, d.LogStd)
	if len(shape) == 0 {
		return d.LogStd.Scale(float64(n)).Shift(float64(n) * (halfLog2Pi + .5))
	}
	shape[len(shape)-1] = n
	return total(graph.BroadcastTo(d.LogStd, shape...).Shift(halfLog2Pi + .5))
}

// StdNormal is the standard normal distribution of the given event size.
type StdNormal int

var (
	_ Pathwise   = StdNormal(0)
	_ Factored   = StdNormal(0)
	_ Moments    = StdNormal(0)
	_ Entropic   = StdNormal(0)
	_ Moder      = StdNormal(0)
	_ Cumulative = StdNormal(0)
	_ Supported  = StdNormal(0)
)

// LogProbs returns the log density of each element.
func (d StdNormal) LogProbs(x *graph.Node) *graph.Node {
	d.check(x)
	return x.Square().Scale(-.5).Shift(-halfLog2Pi)
}

// LogProb implements Dist.
func (d StdNormal) LogProb(x *graph.Node) *graph.Node { return total(d.LogProbs(x)) }

// Sample implements Sampler.
func (d StdNormal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	return draw(s, graph.GaussianNoise, lead, int(d))
}

// Pathwise marks Sample as reparameterised.
func (StdNormal) Pathwise() {}

// Support returns the reals.
func (StdNormal) Support() Support { return Support{} }

// Moments returns zeros and ones.
func (d StdNormal) Moments() (mean, variance *graph.Node) {
	return d.Mode(), graph.BroadcastTo(graph.Const(1), int(d))
}

// CDF returns Φ(x).
func (d StdNormal) CDF(x *graph.Node) *graph.Node {
	d.check(x)
	return graph.NormalCDF(x)
}

// Mode returns zeros.
func (d StdNormal) Mode() *graph.Node { return graph.BroadcastTo(graph.Const(0), int(d)) }

// Entropy returns ½ log 2πe for each element.
func (d StdNormal) Entropy() *graph.Node { return graph.Const(float64(d) * (halfLog2Pi + .5)) }

func (d StdNormal) check(x *graph.Node) {
	eventSize("StdNormal", x)
	if sh := x.Shape(); sh[len(sh)-1] != int(d) {
		graph.Fail("prob: StdNormal(%d): value of shape %v, want an event of that size", int(d), sh)
	}
}

func init() {
	// Kingma and Welling, arXiv 1312.6114, appendix B: ½(μ²+σ²−1) − log σ.
	RegisterKL(func(q Normal, p StdNormal) *graph.Node {
		m := q.Mean.Square()
		v := graph.Expm1(q.LogStd.Scale(2))
		kl := m.Add(v).Scale(.5).Sub(q.LogStd)
		p.check(kl)
		return kl
	})
	RegisterKL(func(q, p Normal) *graph.Node {
		d := mulExp(q.Mean.Sub(p.Mean), p.LogStd.Neg())
		r := q.LogStd.Sub(p.LogStd) // log σq/σp
		return d.Square().Add(graph.Expm1(r.Scale(2))).Scale(.5).Sub(r)
	})
}
