package bayes

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// BinaryDropout multiplies every input of the layer by 1/(1−Rate) with probability
// 1−Rate and else by 0 (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov,
// Dropout, 2014), by noise of its own for every draw and row. Its parameter is
// "w". There is no prior and no divergence: what stands for them is a decay of the
// weights (Gal and Ghahramani, arXiv 1506.02142), which is the optimiser's. Unlike
// layers.Dropout it has its noise in every program, so that a run with K draws
// shows what the network does not know; Stack.Mean is without.
type BinaryDropout struct {
	Rate float64 // the probability that an input is dropped, from 0 to below 1
}

var _ Posterior = BinaryDropout{}

func (q BinaryDropout) declare(c Config, d *Dense) {
	checkRate(d, "binary", q.Rate)
	d.inputNoise(c, q.Rate, graph.UniformNoise, func(u *graph.Node) *graph.Node {
		return u.Gt(graph.Const(q.Rate)).Scale(1 / (1 - q.Rate))
	})
}

// GaussianDropout multiplies every input of the layer by normal noise of mean 1
// and variance α = Rate/(1−Rate), that of binary dropout (Srivastava et al.,
// section 10; type A of Kingma, Salimans and Welling, arXiv 1506.02557), by noise of
// its own for every draw and row. Its parameter is "w". Its gradient is that of
// VariationalDropout with Correlated noise of a fixed α, whose divergence is
// constant. With Independent noise, type B, that is fast dropout.
type GaussianDropout struct {
	Rate float64 // the rate of the binary dropout that has the same variance, from 0 to below 1
}

var _ Posterior = GaussianDropout{}

func (q GaussianDropout) declare(c Config, d *Dense) {
	checkRate(d, "Gaussian", q.Rate)
	std := math.Sqrt(q.Rate / (1 - q.Rate))
	d.inputNoise(c, q.Rate, graph.GaussianNoise, func(e *graph.Node) *graph.Node { return e.Scale(std).Shift(1) })
}

func checkRate(d *Dense, what string, rate float64) {
	if !(rate >= 0 && rate < 1) || d.s.Dtype() == graph.Float32 && float32(rate) == 1 {
		graph.Fail("bayes: dense %s: %s dropout with a Rate of %v, want 0 or more and below 1", d.s.Path(), what, rate)
	}
}

// inputNoise makes the layer one whose inputs are multiplied by noise.
func (d *Dense) inputNoise(c Config, rate float64, law graph.Noise, of func(noise *graph.Node) *graph.Node) {
	d.theta = d.s.Param("w", c.Weights, d.in, d.out)
	if rate == 0 {
		return
	}
	theta, site, in := d.theta, d.site("dropout"), d.in
	d.noisy = func(t *vi.Trace, x *graph.Node) *graph.Node {
		return graph.MatMul(x.Mul(of(t.Noise(site, law, in))), theta)
	}
}
