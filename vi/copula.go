package vi

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/latentgo/latent/graph"
)

// copula couples draws of bits, n at a time, that are antithetic among one another.
type copula interface {
	// draw returns bits of some logits.
	draw(r *Record, site string, logits *graph.Node, n int) *graph.Node
	// scale returns 1/(1−ρ), with ρ the correlation of two draws.
	scale(logits *graph.Node, n int) *graph.Node
}

func (e ARMS) copula() copula {
	if e.Gaussian {
		return gaussianCopula{}
	}
	return dirichletCopula{}
}

type dirichletCopula struct{}

func (dirichletCopula) draw(r *Record, site string, logits *graph.Node, n int) *graph.Node {
	u := r.splitDraws(uniform(r, site, eventOf(logits)), n)
	at := r.drawAxis() + 1
	// 1 − D of each draw: the stick that is left, of which each breaks off its part.
	var rest []*graph.Node
	left := graph.BroadcastTo(r.Scope.Const(1), graph.Slice(u, at, 0, 1).Shape()...)
	for i := range n {
		if i == n-1 {
			rest = append(rest, left.Neg().Shift(1))
			break
		}
		next := left.Mul(root(graph.Log(graph.Slice(u, at, i, i+1)), n-1-i))
		rest = append(rest, left.Sub(next).Neg().Shift(1))
		left = next
	}
	s := r.joinDraws(graph.Concat(at, rest...))
	low, high := root(graph.LogSigmoid(logits), n-1), root(graph.LogSigmoid(logits.Neg()), n-1)
	return rarer(logits, s.Lt(low), s.Gt(high))
}

// rarer chooses between two ways to say that a bit is 1: where 0 is as common, and
// where 1 is.
func rarer(logits, below, above *graph.Node) *graph.Node {
	return graph.Where(graph.BroadcastTo(logits.Le(graph.Const(0)), below.Shape()...), below, above)
}

// root returns the n-th root of what it is given the logarithm of.
func root(log *graph.Node, n int) *graph.Node { return graph.Exp(log.Scale(1 / float64(n))) }

func (dirichletCopula) scale(logits *graph.Node, n int) *graph.Node {
	m := graph.LogSigmoid(graph.Abs(logits).Neg())
	both := graph.Max(root(m, n-1).Scale(2).Shift(-1), graph.Const(0))
	joint := both
	for range n - 2 {
		joint = joint.Mul(both)
	}
	// m is not above 1/2, so that joint is m at n = 2 alone, and 0 then.
	return graph.Sigmoid(graph.Abs(logits)).Div(joint.Div(graph.Exp(m)).Neg().Shift(1))
}

type gaussianCopula struct{}

func (gaussianCopula) draw(r *Record, site string, logits *graph.Node, n int) *graph.Node {
	e := r.splitDraws(r.again(site, "noise", graph.GaussianNoise, eventOf(logits)), n)
	at := r.drawAxis() + 1
	off := e.Sub(graph.ExpandDims(graph.Mean(e, at), at))
	x := r.joinDraws(off.Scale(math.Sqrt(float64(n) / float64(n-1))))
	return rarer(logits, graph.NormalCDF(x).Lt(graph.Sigmoid(logits)), graph.NormalCDF(x.Neg()).Gt(graph.Sigmoid(logits.Neg())))
}

// scale is σ(l)σ(−l)/2T(h, a), h = −Φ⁻¹(m), with the integral of Owen's T by 20 points,
// which err by 1e-8 of it as far as m = 1e-18 and beyond by less than it matters.
func (gaussianCopula) scale(logits *graph.Node, n int) *graph.Node {
	m := graph.LogSigmoid(graph.Abs(logits).Neg())
	if n == 2 {
		return graph.Sigmoid(graph.Abs(logits))
	}
	// Newton's method for log Φ(−h) = log m, from below: Φ(−h) ≤ ½·exp(−½h²).
	h := graph.Sqrt(graph.Max(m.Shift(math.Ln2).Scale(-2), graph.Const(0)))
	for range 5 {
		log := graph.LogNormalCDF(h.Neg())
		slope := graph.Exp(h.Square().Scale(-.5).Shift(-.5 * math.Log(2*math.Pi)).Sub(log))
		h = h.Add(log.Sub(m).Div(slope))
	}
	var t, w [20]float64
	quad.Legendre{}.FixedLocations(t[:], w[:], 0, math.Sqrt(float64(n)/float64(n-2)))
	half := h.Square().Scale(.5)
	var sum []*graph.Node
	for i := range t {
		sum = append(sum, graph.Exp(half.Scale(-t[i]*t[i])).Scale(w[i]/(1+t[i]*t[i])/math.Pi))
	}
	// 2T is exp(−½h²) of that sum.
	both := graph.LogSigmoid(logits).Add(graph.LogSigmoid(logits.Neg()))
	return graph.StopGrad(graph.Exp(both.Add(half)).Div(graph.AddN(sum...)))
}
