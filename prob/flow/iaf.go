package flow

import "github.com/latentgo/latent/graph"

// IAF is an inverse autoregressive flow: what happens to an element is set by
// those that come before it in the input,
//
//	y_i = τ(x_i; θ_i(x_1 … x_{i−1}, c)),  log|det ∂y/∂x| = Σ_i log τ′
//
// with θ by a masked network, layers.MADE. Forward, which draws, is one pass of
// it; Inverse takes one pass for each element, as a score of other values than
// its own draws does. Kingma, Salimans, Jozefowicz, Chen, Sutskever and Welling,
// Improving variational inference with inverse autoregressive flow, arXiv
// 1606.04934, algorithm 1. Put Reverse between two. The Element is Gated unless
// the Config names another.
type IAF struct{ autoregressive }

// NewIAF declares an inverse autoregressive flow of events of d elements. Its
// network starts at θ = 0.
func NewIAF(s *graph.Scope, d int, c Config) IAF {
	return IAF{newAutoregressive(s, "IAF", d, Gated{}, c)}
}

// Given returns the flow for a context […, C].
func (f IAF) Given(context *graph.Node) IAF { f.base = f.given(context); return f }

// Forward implements prob.Bijector.
func (f IAF) Forward(x *graph.Node) *graph.Node {
	theta := f.theta(x)
	return f.element.Forward(x, theta)
}

// LogDet implements prob.Bijector.
func (f IAF) LogDet(x *graph.Node) *graph.Node {
	theta := f.theta(x)
	return total(f.element.LogSlope(x, theta))
}

// Inverse implements prob.Inverter, by one pass for each element.
func (f IAF) Inverse(y *graph.Node) *graph.Node {
	x, _ := f.oneByOne(y, false)
	return x
}

// InverseLogDet implements prob.BothWays.
func (f IAF) InverseLogDet(y *graph.Node) *graph.Node {
	_, l := f.oneByOne(y, false)
	return l.Neg()
}

// Slow implements prob.Directed: the inverse is.
func (IAF) Slow() (forward, inverse bool) { return false, true }
