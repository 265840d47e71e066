package prob

import "github.com/latentgo/latent/graph"

// MultivariateNormal is the normal distribution of mean μ and covariance L·Lᵀ,
//
//	log p(x) = −½|L⁻¹(x−μ)|² − Σ_i log L_ii − ½D·log 2π
//
// Mean is […, D] and Cholesky, the lower-triangular factor L with a positive
// diagonal, […, D, D]; CholeskyFactor makes one of any numbers. Only its lower
// triangle is read.
type MultivariateNormal struct {
	Mean     *graph.Node
	Cholesky *graph.Node
}

var (
	_ Pathwise  = MultivariateNormal{}
	_ Moments   = MultivariateNormal{}
	_ Entropic  = MultivariateNormal{}
	_ Moder     = MultivariateNormal{}
	_ Supported = MultivariateNormal{}
)

// size returns D.
func (d MultivariateNormal) size() int {
	sh, ms := d.Cholesky.Shape(), d.Mean.Shape()
	n := len(sh)
	if n < 2 || sh[n-1] != sh[n-2] || len(ms) > 0 && ms[len(ms)-1] != 1 && ms[len(ms)-1] != sh[n-1] {
		graph.Fail("prob: MultivariateNormal: mean of shape %v and factor of shape %v, want [… D] and [… D D]", []int(ms), sh)
	}
	return sh[n-1]
}

// LogProb implements Dist.
func (d MultivariateNormal) LogProb(x *graph.Node) *graph.Node {
	complete(d)
	n := d.size()
	sameSize("MultivariateNormal", x, n)
	fit("MultivariateNormal", x, d.Mean)
	return insideEvent(x, anyInfinite(x), graph.Const(0), func(x *graph.Node) *graph.Node {
		z := whiten(d.Cholesky, x.Sub(d.Mean))
		l := total(z.Square()).Scale(-.5).Shift(-halfLog2Pi * float64(n))
		return l.Sub(logDiagonal(d.Cholesky))
	})
}

// sameSize aborts unless x has an event of size n.
func sameSize(what string, x *graph.Node, n int) {
	eventSize(what, x)
	if sh := x.Shape(); len(sh) == 0 || sh[len(sh)-1] != n {
		graph.Fail("prob: %s: value of shape %v, want an event of %d", what, sh, n)
	}
}

// anyInfinite marks events with an infinity: […, 1].
func anyInfinite(x *graph.Node) *graph.Node {
	return graph.ExpandDims(graph.MaxOver(Support{}.outside(x), -1), -1)
}

// whiten returns L⁻¹e for vectors e […, D].
func whiten(l, e *graph.Node) *graph.Node { return onVectors(l, e, graph.SolveLower) }

// onVectors applies f(M, columns) to vectors e […, D]: all as the columns of
// one matrix where there is one M, else one by one.
func onVectors(m, e *graph.Node, f func(m, columns *graph.Node) *graph.Node) *graph.Node {
	sh := m.Shape()
	if len(sh) == 2 {
		es := e.Shape()
		flat := graph.Reshape(e, -1, es[len(es)-1])
		y := swapLast(f(m, swapLast(flat)))
		return graph.Reshape(y, append(es[:len(es)-1:len(es)-1], y.Shape()[1])...)
	}
	y := f(m, graph.ExpandDims(e, -1))
	ys := y.Shape()
	return graph.Reshape(y, ys[:len(ys)-1]...)
}

// logDiagonal returns Σ log L_ii.
func logDiagonal(l *graph.Node) *graph.Node { return total(graph.Log(graph.DiagPart(l))) }

// Sample returns μ + Lε with standard normal noise ε.
func (d MultivariateNormal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	e := draw(s, graph.GaussianNoise, lead, d.size())
	return d.Mean.Add(onVectors(graph.Tril(d.Cholesky, 0), e, graph.MatMul))
}

// Pathwise marks Sample as reparameterised.
func (MultivariateNormal) Pathwise() {}

// Support returns the reals.
func (MultivariateNormal) Support() Support { return Support{} }

// Moments returns μ and the diagonal of the covariance.
func (d MultivariateNormal) Moments() (mean, variance *graph.Node) {
	complete(d)
	d.size()
	return d.Mean, total(graph.Tril(d.Cholesky, 0).Square())
}

// Mode returns μ.
func (d MultivariateNormal) Mode() *graph.Node {
	complete(d)
	return d.Mean
}

// Entropy returns Σ log L_ii + ½D·log 2πe.
func (d MultivariateNormal) Entropy() *graph.Node {
	complete(d)
	return logDiagonal(d.Cholesky).Shift(float64(d.size()) * (halfLog2Pi + .5))
}
