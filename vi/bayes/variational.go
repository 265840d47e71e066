package bayes

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// Noise says what the noise of variational dropout multiplies.
type Noise uint8

const (
	// Independent noise multiplies every weight, type B of the paper:
	//
	//	q(w_ij) = N(θ_ij, α·θ_ij²)
	//
	// Under vi.Local the activations of a row b are drawn, with mean γ = x_b·θ and
	// variance δ = α·x_b²·θ².
	Independent Noise = iota
	// Correlated noise multiplies every input, type A:
	//
	//	w_ij = s_i·θ_ij,  q(s_i) = N(1, α)
	//
	// so that the weights which read one input are scaled together. The latents are
	// the scales: the prior is log-uniform in each s_i, and its divergence counts once
	// for each input, not for each weight.
	Correlated
)

// VariationalDropout multiplies weights by normal noise of mean 1 and variance α
// under the prior p(w) ∝ 1/|w|, which is the one prior whose divergence depends on α
// alone (Kingma, Salimans and Welling, arXiv 1506.02557, section 3):
//
//	KL = Σ 2∫₀ᵛ D(t)dt,  v = 1/√(2α)
//
// over the rates, D being Dawson's function; see prob.DropoutKL. With a fixed α it
// is Gaussian dropout. Type A2 of the paper is type A with a divergence of a third:
// Correlated noise under vi.ELBO{Beta: ⅓}.
//
// Parameters are "theta", which Config.Weights initialises, and, unless Fixed,
// "rate". A learned α is kept below Max,
//
//	α = Max·sigmoid(rate)
//
// or, if Max is +Inf, is exp(rate).
type VariationalDropout struct {
	Noise      Noise      // Independent (type B, the zero value) or Correlated (type A)
	Share      Sharing    // of α; PerWeight is of Independent noise
	Alpha      float64    // α, at first; 0 means ¼, which is binary dropout of ⅕. Dropout of a rate p has p/(1−p)
	Fixed      bool       // α is not learned
	Max        float64    // of a learned α, above Alpha; 0 means 1, +Inf none
	Divergence Divergence // the zero value is exact
}

var _ Posterior = VariationalDropout{}

func (q VariationalDropout) declare(c Config, d *Dense) {
	if q.Alpha == 0 {
		q.Alpha = .25
	}
	if q.Max == 0 {
		q.Max = 1
	}
	q.check(d)
	d.theta = d.s.Param("theta", c.Weights, d.in, d.out)
	d.logAlpha = q.rates(d)
	prior := logUniform{form: q.Divergence}
	if q.Noise == Independent {
		w := d.latent("w", multiplicative{d.theta, d.logAlpha}, prior, d.in)
		d.noisy = func(t *vi.Trace, x *graph.Node) *graph.Node { return w.product(t, x, vi.MatMul{}) }
		return
	}
	one, logAlpha := graph.BroadcastTo(d.s.Const(1), 1, d.in), d.logAlpha
	if q.Share == PerUnit && !q.Fixed {
		logAlpha = graph.Reshape(logAlpha, 1, d.in)
	}
	scales := d.latent("scale", multiplicative{one, logAlpha}, prior, 1)
	theta := d.theta
	d.noisy = func(t *vi.Trace, x *graph.Node) *graph.Node {
		return graph.MatMul(scales.product(t, x, scale{}), theta)
	}
}

func (q VariationalDropout) check(d *Dense) {
	at := "bayes: dense " + d.s.Path() + ": variational dropout"
	checkAlpha(d, "variational dropout", q.Alpha)
	switch {
	case q.Noise > Correlated || q.Share > PerWeight || q.Divergence > Sigmoid:
		graph.Fail("%s with Noise %d, Share %d and Divergence %d, want those of this package", at, q.Noise, q.Share, q.Divergence)
	case q.Noise == Correlated && q.Share == PerWeight:
		graph.Fail("%s with Correlated noise, which multiplies inputs, and a rate PerWeight; want PerUnit or PerLayer", at)
	case !q.Fixed && !(q.Alpha < q.Max):
		graph.Fail("%s with an Alpha of %v, which has to start below Max, %v", at, q.Alpha, q.Max)
	case q.Divergence == Cubic && (q.Alpha > 1 || !q.Fixed && q.Max > 1):
		graph.Fail("%s with an Alpha of %v and a Max of %v: Cubic is for α of 1 at most; use Exact", at, q.Alpha, q.Max)
	}
}

// rates returns log α, [in or 1, out or 1].
func (q VariationalDropout) rates(d *Dense) *graph.Node {
	if q.Fixed {
		return graph.BroadcastTo(d.s.Const(math.Log(q.Alpha)), 1, 1)
	}
	if math.IsInf(q.Max, 1) {
		return d.s.Param("rate", graph.Constant(math.Log(q.Alpha)), q.Share.shape(d.in, d.out)...)
	}
	rate := d.s.Param("rate", graph.Constant(math.Log(q.Alpha/(q.Max-q.Alpha))), q.Share.shape(d.in, d.out)...)
	return graph.LogSigmoid(rate).Shift(math.Log(q.Max))
}
