package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// LowRankNormal is the normal distribution of mean μ and covariance
// Σ = diag(σ²) + F·Fᵀ. Mean μ and LogStd log σ are […, D], Factor F is
// […, D, R]. With the capacitance matrix C = I + Fᵀ·diag(σ⁻²)·F, which is R×R,
//
//	|Σ|  = |C|·Π σ_i²                    (matrix determinant lemma)
//	Σ⁻¹ = diag(σ⁻²) − diag(σ⁻²)·F·C⁻¹·Fᵀ·diag(σ⁻²)   (Woodbury)
//
// so that nothing costs more than D·R². Both go by the singular values of
// diag(σ⁻¹)·F, in float64: C rounded to its dtype is singular where columns of F
// are alike and σ is small.
type LowRankNormal struct {
	Mean   *graph.Node
	LogStd *graph.Node
	Factor *graph.Node
}

var (
	_ Pathwise  = LowRankNormal{}
	_ Moments   = LowRankNormal{}
	_ Entropic  = LowRankNormal{}
	_ Moder     = LowRankNormal{}
	_ Supported = LowRankNormal{}
)

// size returns D and R.
func (d LowRankNormal) size() (n, r int) {
	sh := d.Factor.Shape()
	if len(sh) < 2 {
		graph.Fail("prob: LowRankNormal: factor of shape %v, want [… D R]", sh)
	}
	n, r = sh[len(sh)-2], sh[len(sh)-1]
	for _, p := range []*graph.Node{d.Mean, d.LogStd} {
		if ps := p.Shape(); len(ps) > 0 && ps[len(ps)-1] != 1 && ps[len(ps)-1] != n {
			graph.Fail("prob: LowRankNormal: parameter of shape %v with a factor of shape %v", []int(ps), sh)
		}
	}
	return n, r
}

// scaled returns W = diag(σ⁻¹)·F.
func (d LowRankNormal) scaled() *graph.Node {
	n, _ := d.size()
	return divideRows(d.Factor, wide(d.LogStd, n))
}

// wide stretches the last axis of a parameter, at least, to n.
func wide(p *graph.Node, n int) *graph.Node {
	sh := p.Shape()
	if len(sh) == 0 {
		sh = graph.Shape{n}
	}
	sh[len(sh)-1] = n
	return graph.BroadcastTo(p, sh...)
}

// LogProb implements Dist.
func (d LowRankNormal) LogProb(x *graph.Node) *graph.Node {
	complete(d)
	n, _ := d.size()
	sameSize("LowRankNormal", x, n)
	fit("LowRankNormal", x, d.Mean, d.LogStd)
	return insideEvent(x, anyInfinite(x), graph.Const(0), func(x *graph.Node) *graph.Node {
		e := mulExp(x.Sub(d.Mean), d.LogStd.Neg())
		q := onVectors(d.scaled(), e, func(_, columns *graph.Node) *graph.Node {
			return graph.ExpandDims(d.quadratic(columns), -2)
		})
		half := total(q).Scale(.5).Add(d.halfLogDet())
		return half.Neg().Shift(-halfLog2Pi * float64(n))
	})
}

// quadratic returns bᵀ·Σ⁻¹·b for each column b of σ·E, as |E − W·u|² + |u|²
// with u = C⁻¹WᵀE, the least value of a ridge regression: unlike
// |E|² − EᵀWu, which is the same, it cannot cancel.
func (d LowRankNormal) quadratic(e *graph.Node) *graph.Node {
	w, e := sameLead(d.scaled(), e)
	rest := op.Apply(op.Ridge{Map: op.RidgeRest}, w, e)
	u := op.Apply(op.Ridge{Map: op.RidgeFit}, w, e)
	return graph.Sum(rest.Square(), -2).Add(graph.Sum(u.Square(), -2))
}

// halfLogDet returns ½ log|Σ|.
func (d LowRankNormal) halfLogDet() *graph.Node {
	n, _ := d.size()
	return total(wide(d.LogStd, n)).Add(op.Apply(op.RidgeLogDet{}, d.scaled()))
}

// Sample returns μ + σε + Fη with standard normal noise ε and η.
func (d LowRankNormal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	n, r := d.size()
	e := graph.Exp(d.LogStd).Mul(draw(s, graph.GaussianNoise, lead, n))
	f := onVectors(d.Factor, draw(s.In("factor"), graph.GaussianNoise, lead, r), graph.MatMul)
	return d.Mean.Add(e.Add(f))
}

// Pathwise marks Sample as reparameterised.
func (LowRankNormal) Pathwise() {}

// Support returns the reals.
func (LowRankNormal) Support() Support { return Support{} }

// Moments returns μ and the diagonal of Σ.
func (d LowRankNormal) Moments() (mean, variance *graph.Node) {
	complete(d)
	d.size()
	f := total(d.Factor.Square())
	return d.Mean, f.Add(graph.Exp(d.LogStd.Scale(2)))
}

// Mode returns μ.
func (d LowRankNormal) Mode() *graph.Node {
	complete(d)
	return d.Mean
}

// Entropy returns ½ log|Σ| + ½D·log 2πe.
func (d LowRankNormal) Entropy() *graph.Node {
	complete(d)
	n, _ := d.size()
	return d.halfLogDet().Shift(float64(n) * (halfLog2Pi + .5))
}
