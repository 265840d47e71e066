package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// HalfNormal is a vector of independent absolute values of normal numbers,
//
//	p(x) = Π_i √(2/π)/σ_i · exp(−½(x_i/σ_i)²),  x_i ≥ 0
//
// in terms of log σ […, D] or what broadcasts to it.
type HalfNormal struct {
	LogScale *graph.Node
}

var (
	_ Pathwise   = HalfNormal{}
	_ Factored   = HalfNormal{}
	_ Moments    = HalfNormal{}
	_ Entropic   = HalfNormal{}
	_ Moder      = HalfNormal{}
	_ Cumulative = HalfNormal{}
	_ Supported  = HalfNormal{}
)

// belowZero marks negative elements.
func belowZero(x *graph.Node) *graph.Node { return x.Lt(graph.Const(0)) }

// outsideAbove marks what is not in [0, ∞).
func outsideAbove(x *graph.Node) *graph.Node {
	return beyond(x, 0, endsOf(x).most)
}

// LogProbs returns the log density of each element, that of 0 included.
func (d HalfNormal) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("HalfNormal", x, d.LogScale)
	return inside(x, outsideAbove(x), 1, func(x *graph.Node) *graph.Node {
		z := mulExp(x, d.LogScale.Neg())
		return z.Square().Scale(-.5).Sub(d.LogScale).Shift(math.Ln2 - halfLog2Pi)
	})
}

// LogProb implements Dist.
func (d HalfNormal) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns σ|ε| with standard normal noise ε.
func (d HalfNormal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	e := draw(s, graph.GaussianNoise, lead, event("HalfNormal", d.LogScale))
	return boundPositive(graph.Exp(d.LogScale).Mul(graph.Abs(e)))
}

// Pathwise marks Sample as reparameterised.
func (HalfNormal) Pathwise() {}

// Support returns the positive numbers.
func (HalfNormal) Support() Support { return above }

// Moments returns σ√(2/π) and σ²(1−2/π).
func (d HalfNormal) Moments() (mean, variance *graph.Node) {
	complete(d)
	return graph.Exp(d.LogScale).Scale(math.Sqrt(2 / math.Pi)),
		graph.Exp(d.LogScale.Scale(2)).Scale(1 - 2/math.Pi)
}

// Mode returns 0.
func (d HalfNormal) Mode() *graph.Node {
	complete(d)
	return likeAll(graph.Const(0), d.LogScale)
}

// Entropy returns Σ log σ + ½log(πe/2).
func (d HalfNormal) Entropy() *graph.Node {
	complete(d)
	return total(d.LogScale.Shift(halfLog2Pi + .5 - math.Ln2))
}

// CDF returns erf(x/(σ√2)), and 0 below 0.
func (d HalfNormal) CDF(x *graph.Node) *graph.Node {
	complete(d)
	fit("HalfNormal", x, d.LogScale)
	return cdf(op.HalfNormalCDF, d.LogScale, x)
}

func init() {
	// ½(σ₁²/σ₂² − 1) − log σ₁/σ₂
	RegisterKL(func(q, p HalfNormal) *graph.Node {
		r := q.LogScale.Sub(p.LogScale)
		return expRest(r.Scale(2)).Scale(.5)
	})
}
