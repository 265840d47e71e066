package bayes

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// Sharing says which weights of a layer share a rate α.
type Sharing uint8

const (
	PerLayer  Sharing = iota // all
	PerUnit                  // those that read one input
	PerWeight                // none
)

// shape returns that of log α.
func (h Sharing) shape(in, out int) []int {
	return [][]int{{1, 1}, {in, 1}, {in, out}}[h]
}

// Divergence is a form of the divergence of N(θ, αθ²) from the log-uniform prior
// p(w) ∝ 1/|w|, which is a function of α alone.
type Divergence uint8

const (
	// Exact is prob.DropoutKL, with Dawson's function.
	Exact Divergence = iota
	// Cubic is prob.DropoutKLCubic, the approximation of Kingma, Salimans and
	// Welling, for α up to 1. It leaves out a constant: from α = .1 to 1 it lies
	// .667 to .675 below Exact, and a bound with it as much above the one with Exact
	// for every weight.
	Cubic
	// Sigmoid is prob.DropoutKLSigmoid, the approximation of Molchanov, Ashukha
	// and Vetrov, which is within .01 of Exact for every α and cheaper where every
	// weight has a rate.
	Sigmoid
)

// kl returns the divergence at log α.
func (f Divergence) kl(logAlpha *graph.Node) *graph.Node {
	switch f {
	case Cubic:
		return prob.DropoutKLCubic(logAlpha)
	case Sigmoid:
		return prob.DropoutKLSigmoid(logAlpha)
	}
	return prob.DropoutKL(logAlpha)
}

// logUniform is the log-uniform prior whose divergence has a given form. Its
// density is that of prob.LogUniform.
type logUniform struct {
	prob.LogUniform
	form Divergence
}

// multiplicative is the law of weights w = θ(1 + √α·ε), N(θ, αθ²), of θ [in, out]
// and log α [in or 1, out or 1].
type multiplicative struct{ theta, logAlpha *graph.Node }

// LogProb implements prob.Dist.
func (q multiplicative) LogProb(w *graph.Node) *graph.Node {
	return prob.Normal{Mean: q.theta, LogStd: graph.Log(q.Std())}.LogProb(w)
}

// Sample implements prob.Sampler.
func (q multiplicative) Sample(s *graph.Scope, lead ...int) *graph.Node {
	sh := q.theta.Shape()
	e := s.Noise("noise", graph.GaussianNoise, append(append([]int(nil), lead...), sh[len(sh)-1])...)
	return q.theta.Add(q.theta.Mul(q.root()).Mul(e))
}

// Pathwise implements prob.Pathwise.
func (multiplicative) Pathwise() {}

// Moments implements prob.Moments.
func (q multiplicative) Moments() (mean, variance *graph.Node) {
	return q.theta, q.theta.Square().Mul(graph.Exp(q.logAlpha))
}

// Std implements vi.NormalLaw.
func (q multiplicative) Std() *graph.Node { return graph.Abs(q.theta).Mul(q.root()) }

func (q multiplicative) root() *graph.Node { return graph.Exp(q.logAlpha.Scale(.5)) }

func init() {
	// Of weights that share a rate, those of a row count at once.
	prob.RegisterKL(func(q multiplicative, p logUniform) *graph.Node {
		kl := p.form.kl(q.logAlpha)
		if q.logAlpha.Shape()[1] == 1 {
			kl = kl.Scale(float64(q.theta.Shape()[1]))
		}
		return kl
	})
	prob.RegisterKL(func(q prob.Normal, p logUniform) *graph.Node { return p.form.kl(logAlphaOf(q)) })
}

// logAlphaOf returns log σ²/μ² of weights, with as little added to μ² as keeps it
// and its derivative finite where μ is 0.
func logAlphaOf(q prob.Normal) *graph.Node {
	const least = 1e-16
	return q.LogStd.Scale(2).Sub(graph.Log(q.Mean.Square().Shift(least)))
}

// checkAlpha refuses what is no rate.
func checkAlpha(d *Dense, what string, alpha float64) {
	if !(alpha > 0) || math.IsInf(alpha, 1) {
		graph.Fail("bayes: dense %s: %s with an Alpha of %v, want a positive number", d.s.Path(), what, alpha)
	}
}
