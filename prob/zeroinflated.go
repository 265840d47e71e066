package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// ZeroInflated is a law of counts with extra zeros: with probability
// π = sigmoid(l) an element is 0, else it is drawn from Base,
//
//	P(0) = π + (1−π)·P_base(0),  P(x) = (1−π)·P_base(x)
//
// l is […, D] or what broadcasts to it. Base is discrete.
type ZeroInflated struct {
	Base   Factored
	Logits *graph.Node // of an extra zero
}

var (
	_ Sampler   = ZeroInflated{}
	_ Factored  = ZeroInflated{}
	_ Moments   = ZeroInflated{}
	_ Supported = ZeroInflated{}
)

// LogProbs returns the log probability of each element.
func (d ZeroInflated) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	fit("ZeroInflated", x, d.Logits)
	base := d.Base.LogProbs(x)
	never := base.Eq(graph.Const(math.Inf(-1)))
	l := base.Add(graph.Where(never, graph.Const(0), graph.LogSigmoid(d.Logits.Neg())))
	zero := graph.LogAddExp(l, graph.LogSigmoid(d.Logits))
	return graph.Where(x.Eq(graph.Const(0)), zero, l)
}

// LogProb implements Dist.
func (d ZeroInflated) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns counts, through which no derivative passes. Base must be a
// Sampler.
func (d ZeroInflated) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	base, ok := d.Base.(Sampler)
	if !ok {
		graph.Fail("prob: ZeroInflated: %s cannot be drawn from: it has no Sample method", NameOf(d.Base))
	}
	x := base.Sample(s.In("base"), lead...)
	sh := x.Shape()
	u := draw(s, graph.UniformNoise, lead, sh[len(sh)-1])
	return graph.StopGrad(x.Mul(u.Ge(graph.Sigmoid(d.Logits))))
}

// Support returns that of Base, or {0, 1, …} if it does not say.
func (d ZeroInflated) Support() Support {
	complete(d)
	if set, known := SupportOf(d.Base); known {
		return set
	}
	return naturals
}

// Moments returns (1−π)m and (1−π)(v + π·m²) for a Base of moments m and v,
// which must have them.
func (d ZeroInflated) Moments() (mean, variance *graph.Node) {
	complete(d)
	base, ok := d.Base.(Moments)
	if !ok {
		graph.Fail("prob: ZeroInflated: %s has no Moments", NameOf(d.Base))
	}
	m, v := base.Moments()
	keep := graph.Sigmoid(d.Logits.Neg())
	spread := graph.Sigmoid(d.Logits).Mul(m.Square())
	return keep.Mul(m), keep.Mul(v.Add(spread))
}
