package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// LogUniform is the improper prior p(w) ∝ 1/|w| of variational dropout (Kingma,
// Salimans and Welling, arXiv 1506.02557, section 4.2). Its constant is chosen
// so that KL(Normal ‖ LogUniform) tends to 0 as the noise drowns the mean.
type LogUniform struct{}

var (
	_ Factored  = LogUniform{}
	_ Supported = LogUniform{}
)

// LogProbs returns −log|w| − ½(1 + log 4π + γ) of each element; +Inf at 0.
func (LogUniform) LogProbs(w *graph.Node) *graph.Node {
	return graph.Log(graph.Abs(w)).Neg().Shift(-.5 * (1 + math.Log(4*math.Pi) + eulerGamma))
}

// LogProb implements Dist.
func (d LogUniform) LogProb(w *graph.Node) *graph.Node { return total(d.LogProbs(w)) }

// Support returns the reals.
func (LogUniform) Support() Support { return Support{} }

func init() {
	// The dropout rate is α = σ²/μ².
	RegisterKL(func(q Normal, _ LogUniform) *graph.Node {
		u := graph.Abs(q.Mean).Mul(graph.Exp(q.LogStd.Neg()))
		return graph.DawsonIntegral(u.Scale(1 / math.Sqrt2)).Scale(2)
	})
}

// DropoutKL returns KL(Normal(μ, αμ²) ‖ LogUniform) for each weight, as a
// function of log α. It is exact: with Dawson's function D,
//
//	KL = 2∫₀ᵛ D(t)dt,  v = 1/√(2α),   ∂KL/∂ log α = −v·D(v)
//
// since the logarithm of a noncentral χ² has a known mean.
func DropoutKL(logAlpha *graph.Node) *graph.Node {
	v := graph.Exp(logAlpha.Shift(math.Ln2).Scale(-.5))
	return graph.DawsonIntegral(v).Scale(2)
}

// DropoutKLCubic returns the approximation of Kingma, Salimans and Welling
// (arXiv 1506.02557, eq. 14),
//
//	−½log α − c₁α − c₂α² − c₃α³
//
// without its constant, which the paper leaves open. It is for α ≤ 1: from .1 to 1
// it is .671 ± .004 below DropoutKL, at .01 .642; above 1 it is wrong.
func DropoutKLCubic(logAlpha *graph.Node) *graph.Node {
	const c1, c2, c3 = 1.161451241083230, -1.502041176441722, .586299206427007
	a := graph.Exp(logAlpha)
	p := a.Mul(a.Mul(a.Scale(c3).Shift(c2)).Shift(c1))
	return logAlpha.Scale(.5).Add(p).Neg()
}

// DropoutKLSigmoid returns the approximation of Molchanov, Ashukha and Vetrov
// (arXiv 1701.05369, eq. 14), good for all α:
//
//	½log(1+1/α) + k₁ − k₁·sigmoid(k₂+k₃·log α)
func DropoutKLSigmoid(logAlpha *graph.Node) *graph.Node {
	const k1, k2, k3 = .63576, 1.87320, 1.48695
	s := graph.Sigmoid(logAlpha.Scale(k3).Shift(k2).Neg())
	return graph.Softplus(logAlpha.Neg()).Scale(.5).Add(s.Scale(k1))
}
