package prob

import "github.com/latentgo/latent/graph"

// gaussian is what a normal distribution of any form gives to the divergence
//
//	KL(q ‖ p) = ½(tr Σp⁻¹Σq + (μq−μp)ᵀΣp⁻¹(μq−μp) − D + log|Σp| − log|Σq|)
//
// The trace is the sum of bᵀΣp⁻¹b over the columns b of a root of Σq.
type gaussian struct {
	size       int
	mean       *graph.Node
	halfLogDet *graph.Node                                  // ½ log|Σ|, […]
	root       *graph.Node                                  // A […, D, M] with A·Aᵀ = Σ
	quadratic  func(columns *graph.Node) (each *graph.Node) // bᵀΣ⁻¹b: […, D, M] to […, M]
}

func (d Normal) gaussian() gaussian {
	n := event("Normal", d.Mean, d.LogStd)
	logStd := wide(d.LogStd, n)
	return gaussian{
		size: n, mean: d.Mean, halfLogDet: total(logStd), root: graph.Diag(graph.Exp(logStd)),
		quadratic: func(columns *graph.Node) *graph.Node {
			return graph.Sum(divideRows(columns, logStd).Square(), -2)
		},
	}
}

func (d StdNormal) gaussian() gaussian { return d.normal().gaussian() }

// normal returns d as a Normal.
func (d StdNormal) normal() Normal {
	zero := graph.BroadcastTo(graph.Const(0), int(d))
	return Normal{Mean: zero, LogStd: zero}
}

func (d MultivariateNormal) gaussian() gaussian {
	return gaussian{
		size: d.size(), mean: d.Mean, halfLogDet: logDiagonal(d.Cholesky), root: graph.Tril(d.Cholesky, 0),
		quadratic: func(columns *graph.Node) *graph.Node {
			return graph.Sum(graph.SolveLower(d.Cholesky, columns).Square(), -2)
		},
	}
}

func (d LowRankNormal) gaussian() gaussian {
	n, _ := d.size()
	logStd := wide(d.LogStd, n)
	std, factor := sameLead(graph.Diag(graph.Exp(logStd)), d.Factor)
	return gaussian{
		size: n, mean: d.Mean, halfLogDet: d.halfLogDet(), root: graph.Concat(-1, std, factor),
		quadratic: func(columns *graph.Node) *graph.Node { return d.quadratic(divideRows(columns, logStd)) },
	}
}

// sameLead stretches the axes before the last two of matrices to each other's.
func sameLead(a, b *graph.Node) (x, y *graph.Node) {
	rank := max(len(a.Shape()), len(b.Shape()))
	x, y = ranked(a, rank), ranked(b, rank)
	xs, ys := x.Shape(), y.Shape()
	for i := range rank - 2 {
		n := max(xs[i], ys[i])
		xs[i], ys[i] = n, n
	}
	return graph.BroadcastTo(x, xs...), graph.BroadcastTo(y, ys...)
}

// divideRows divides row i of matrices […, D, M] by σ_i.
func divideRows(m, logStd *graph.Node) *graph.Node {
	inverse := graph.ExpandDims(graph.Exp(logStd.Neg()), -1)
	return ranked(m, len(inverse.Shape())).Mul(inverse)
}

// klGaussians returns the divergence of two normal distributions, […, 1].
func klGaussians(q, p gaussian) *graph.Node {
	if q.size != p.size {
		graph.Fail("prob: KL of normal distributions with events of %d and %d", q.size, p.size)
	}
	trace := total(p.quadratic(q.root))
	e := wide(q.mean.Sub(p.mean), q.size)
	far := total(p.quadratic(graph.ExpandDims(e, -1)))
	half := trace.Add(far).Shift(-float64(q.size)).Scale(.5)
	return graph.ExpandDims(half.Add(p.halfLogDet.Sub(q.halfLogDet)), -1)
}

// anyGaussian is a distribution that klGaussians takes.
type anyGaussian interface {
	Dist
	gaussian() gaussian
}

func registerGaussians[Q, P anyGaussian]() {
	RegisterKL(func(q Q, p P) *graph.Node { return klGaussians(q.gaussian(), p.gaussian()) })
}

func init() {
	RegisterKL(func(q StdNormal, p Normal) *graph.Node { return KLs(q.normal(), p) })
	RegisterKL(func(q, p StdNormal) *graph.Node { return KLs(q.normal(), p) })
	registerGaussians[Normal, MultivariateNormal]()
	registerGaussians[Normal, LowRankNormal]()
	registerGaussians[StdNormal, MultivariateNormal]()
	registerGaussians[StdNormal, LowRankNormal]()
	registerGaussians[MultivariateNormal, Normal]()
	registerGaussians[MultivariateNormal, StdNormal]()
	registerGaussians[MultivariateNormal, MultivariateNormal]()
	registerGaussians[MultivariateNormal, LowRankNormal]()
	registerGaussians[LowRankNormal, Normal]()
	registerGaussians[LowRankNormal, StdNormal]()
	registerGaussians[LowRankNormal, MultivariateNormal]()
	registerGaussians[LowRankNormal, LowRankNormal]()
}
