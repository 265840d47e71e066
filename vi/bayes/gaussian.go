package bayes

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Gaussian is the factorised normal posterior
//
//	q(w) = N(μ, σ²)
//
// of each weight (Blundell, Cornebise, Kavukcuoglu and Wierstra, arXiv 1505.05424).
// Its parameters are "mean", which Config.Weights initialises, and "log_std"; of
// LatentBiases "b" and "b_log_std", whose divergence is a term of its own.
type Gaussian struct {
	Std float64 // σ at first; 0 means .05
}

var _ Posterior = Gaussian{}

func (g Gaussian) declare(c Config, d *Dense) {
	if g.Std == 0 {
		g.Std = .05
	}
	if !(g.Std > 0) || math.IsInf(g.Std, 1) {
		graph.Fail("bayes: dense %s: Gaussian with a Std of %v, want a positive number", d.s.Path(), g.Std)
	}
	prior := c.Prior
	if op.Nil(prior) {
		prior = prob.StdNormal(d.out)
	}
	first := graph.Constant(math.Log(g.Std))
	d.priors = true
	d.theta = d.s.Param("mean", c.Weights, d.in, d.out)
	w := d.latent("w", prob.Normal{Mean: d.theta, LogStd: d.s.Param("log_std", first, d.in, d.out)}, prior, d.in)
	d.noisy = func(t *vi.Trace, x *graph.Node) *graph.Node { return w.product(t, x, vi.MatMul{}) }
	if !c.LatentBiases {
		return
	}
	d.b = d.s.Param("b", c.Biases, d.out)
	bias := d.latent("b", prob.Normal{
		Mean:   graph.Reshape(d.b, 1, d.out),
		LogStd: graph.Reshape(d.s.Param("b_log_std", first, d.out), 1, d.out),
	}, prior, 1)
	d.bias = &bias
}
