package bayes

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// SparseDropout is variational dropout with a rate for each weight, without bound,
// in the terms that let it be trained (Molchanov, Ashukha and Vetrov, arXiv
// 1701.05369):
//
//	q(w) = N(θ, σ²),  α = σ²/θ²,  p(w) ∝ 1/|w|
//
//	−KL ≈ k₁·sigmoid(k₂ + k₃·log α) − ½log(1 + 1/α) − k₁
//
// As ∂w/∂θ is 1, where θ(1 + √α·ε) has 1 + √α·ε, no large rate drowns the gradient.
// The rates of weights that do not matter grow without end; Stack.Pruned leaves
// these out. In the first epochs the divergence may be too strong for a network
// that knows nothing: let vi.ELBO.Beta rise from 0.
//
// Parameters are "theta", which Config.Weights initialises, and "log_std".
type SparseDropout struct {
	Std   float64 // σ at first; 0 means e⁻⁵
	Exact bool    // the exact divergence instead, by Dawson's function, at a cost for every weight
}

var _ Posterior = SparseDropout{}

func (q SparseDropout) declare(c Config, d *Dense) {
	if q.Std == 0 {
		q.Std = math.Exp(-5)
	}
	if !(q.Std > 0) || math.IsInf(q.Std, 1) {
		graph.Fail("bayes: dense %s: sparse dropout with a Std of %v, want a positive number", d.s.Path(), q.Std)
	}
	d.theta = d.s.Param("theta", c.Weights, d.in, d.out)
	law := prob.Normal{Mean: d.theta, LogStd: d.s.Param("log_std", graph.Constant(math.Log(q.Std)), d.in, d.out)}
	d.logAlpha = logAlphaOf(law)
	var prior prob.Dist = logUniform{form: Sigmoid}
	if q.Exact {
		prior = prob.LogUniform{}
	}
	w := d.latent("w", law, prior, d.in)
	d.noisy = func(t *vi.Trace, x *graph.Node) *graph.Node { return w.product(t, x, vi.MatMul{}) }
}
