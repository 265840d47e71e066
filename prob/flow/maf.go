package flow

import "github.com/latentgo/latent/graph"

// MAF is a masked autoregressive flow: what happens to an element is set by those
// that come before it in the output,
//
//	y_i = τ(x_i; θ_i(y_1 … y_{i−1}, c)),  log|det ∂y/∂x| = Σ_i log τ′
//
// Inverse, and with it the density, is one pass of the network; Forward, which
// draws, takes one for each element. Papamakarios, Pavlakou and Murray, Masked
// autoregressive flow for density estimation, arXiv 1705.07057. Put Reverse
// between two. The Element is Affine unless the Config names another.
type MAF struct{ autoregressive }

// NewMAF declares a masked autoregressive flow of events of d elements. Its
// network starts at θ = 0.
func NewMAF(s *graph.Scope, d int, c Config) MAF {
	return MAF{newAutoregressive(s, "MAF", d, Affine{}, c)}
}

// Given returns the flow for a context […, C].
func (f MAF) Given(context *graph.Node) MAF { f.base = f.given(context); return f }

// Forward implements prob.Bijector, by one pass for each element.
func (f MAF) Forward(x *graph.Node) *graph.Node {
	y, _ := f.oneByOne(x, true)
	return y
}

// LogDet implements prob.Bijector.
func (f MAF) LogDet(x *graph.Node) *graph.Node {
	_, l := f.oneByOne(x, true)
	return l
}

// Inverse implements prob.Inverter.
func (f MAF) Inverse(y *graph.Node) *graph.Node {
	theta := f.theta(y)
	return f.element.Inverse(y, theta)
}

// InverseLogDet implements prob.BothWays.
func (f MAF) InverseLogDet(y *graph.Node) *graph.Node {
	theta := f.theta(y)
	return total(f.element.LogSlope(f.element.Inverse(y, theta), theta)).Neg()
}

// Slow implements prob.Directed: drawing is.
func (MAF) Slow() (forward, inverse bool) { return true, false }
