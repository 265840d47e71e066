package main

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// exactly is the estimate of a bound known for every row, [B], without noise.
func exactly(rows *graph.Node) *vi.Estimate {
	v := graph.Mean(rows)
	return &vi.Estimate{Value: v, PerRow: rows, Costs: []vi.Cost{{Name: "exact", Node: v.Neg()}}}
}

// nodes is the number of points of a quadrature.
const nodes = 40

// hermite returns points and weights of ∫N(ε;0,1) dε.
func hermite() (x, w []float64) {
	x, w = make([]float64, nodes), make([]float64, nodes)
	quad.Hermite{}.FixedLocations(x, w, math.Inf(-1), math.Inf(1))
	for i := range x {
		x[i] *= math.Sqrt2
		w[i] /= math.Sqrt(math.Pi)
	}
	return x, w
}

// nodal is a Normal of one element whose K draws are the points of a
// quadrature, which its parameters pass as they do pathwise.
type nodal struct{ prob.Normal }

// Sample implements prob.Sampler.
func (d nodal) Sample(s *graph.Scope, lead ...int) *graph.Node {
	x, _ := hermite()
	shape := make([]int, len(lead)+1)
	for i := range shape {
		shape[i] = 1
	}
	shape[len(lead)-2] = nodes
	return d.Mean.Add(graph.Exp(d.LogStd).Mul(s.Tensor(x, shape...)))
}

// nodeWeights returns the weights of the draws of nodal, [K, 1].
func nodeWeights(s *graph.Scope) *graph.Node {
	_, w := hermite()
	return s.Tensor(w, nodes, 1)
}

// pairs is the expectation of (1/β) log ½(w₁^β + w₂^β) over two independent
// draws with log weights [G, B] and probabilities [G, B] or [G, 1]: IWAE of two
// draws at β = 1, Rényi's bound of order 1−β otherwise.
func pairs(beta float64, logw, p *graph.Node) *vi.Estimate {
	two := func(x *graph.Node) (a, b *graph.Node) { return graph.ExpandDims(x, 0), graph.ExpandDims(x, 1) }
	la, lb := two(logw.Scale(beta))
	pa, pb := two(p)
	l := graph.LogAddExp(la, lb).Shift(-math.Ln2).Scale(1 / beta)
	return exactly(graph.Sum(pa.Mul(pb).Mul(l), 0, 1))
}
