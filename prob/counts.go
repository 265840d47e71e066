package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// The probabilities of counts are differences of large numbers. Written as
// Loader does (Fast and accurate computation of binomial probabilities, 2000)
// with Stirling's error S and deviances D,
//
//	log x!          = x·log x − x + S(x)
//	D(x, m)         = x·log(x/m) − x + m ≥ 0
//	log Poisson(x)  = −S(x) − D(x, λ)
//	log Binomial(x) = S(n) − S(x) − S(n−x) − D(x, np) − D(n−x, n(1−p))
//
// nothing large cancels, also in float32.

// stirling returns S(x) = log Γ(x+1) − x·log x + x for x ≥ 0.
func stirling(x *graph.Node) *graph.Node {
	far := x.Ge(graph.Const(16))
	big := graph.Where(far, x, graph.Const(16))
	r := graph.Recip(big)
	z := r.Square()
	series := z.Scale(1. / 1188).Shift(-1. / 1680) // DLMF 5.11.1
	for _, c := range []float64{1. / 1260, -1. / 360, 1. / 12} {
		series = series.Mul(z).Shift(c)
	}
	large := series.Mul(r).Add(graph.Log(big).Scale(.5).Shift(halfLog2Pi))

	near := graph.Where(far, graph.Const(1), x)
	small := graph.Lgamma(near.Shift(1)).Add(near).Sub(xlogx(near))
	return graph.Where(far, large, small)
}

// xlogx returns x·log x, and 0 at 0.
func xlogx(x *graph.Node) *graph.Node { return x.Mul(graph.Log(positive(x))) }

// positive puts 1 in the place of 0.
func positive(x *graph.Node) *graph.Node {
	return graph.Where(x.Eq(graph.Const(0)), graph.Const(1), x)
}

// deviance returns D(x, m) for x ≥ 0 and log m. With t = log(m/x) it is
// x·(eᵗ−1−t), of which no part is large near m = x.
func deviance(x, logMean *graph.Node) *graph.Node {
	none := x.Eq(graph.Const(0))
	mean := graph.Exp(graph.Where(none, logMean, graph.Const(0)))
	t := graph.Where(none, graph.Const(0), logMean).Sub(graph.Log(positive(x)))
	return graph.Where(none, mean, x.Mul(graph.Expm1(t).Sub(t)))
}

// drawCount draws counts from a law whose parameters have event size d.
func drawCount(s *graph.Scope, law op.Law, lead []int, d int, params ...*graph.Node) *graph.Node {
	noise := draw(s, graph.UniformNoise, lead, op.StreamNoise*d)
	return op.Apply(op.Count{Law: law}, append([]*graph.Node{noise}, params...)...)
}

// naturals is the support of counts without a bound.
var naturals = Support{Kind: Integers, Hi: math.Inf(1)}

// largest bounds counts that have no bound: it is below infinity.
func largest() *graph.Node { return graph.Const(op.LargestCount) }
