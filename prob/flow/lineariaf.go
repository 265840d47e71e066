package flow

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// LinearIAF is multiplication by a lower-triangular matrix of the context with
// ones on its diagonal,
//
//	y_i = x_i + Σ_{j<i} L_ij(c)·x_j,  log|det ∂y/∂x| = 0
//
// It gives a Normal any covariance: of a guide with D(D−1)/2 more numbers, a full
// covariance for each datum. Kingma et al., Improving variational inference with
// inverse autoregressive flow, arXiv 1606.04934, appendix A. It starts at the
// identity.
type LinearIAF struct {
	base
	numbers numbers
}

// NewLinearIAF declares a linear flow of events of d elements.
func NewLinearIAF(s *graph.Scope, d int, c Config) LinearIAF {
	return LinearIAF{newBase(s, "linear IAF", d, 2, c, "Context"), declare(s, c, d*(d-1)/2, graph.Constant(0))}
}

// Given returns the flow for a context […, C].
func (f LinearIAF) Given(context *graph.Node) LinearIAF { f.base = f.given(context); return f }

// matrix returns L […, D, D], with zeros on its diagonal.
func (f LinearIAF) matrix(x *graph.Node) *graph.Node {
	f.fit(x)
	return graph.Pad(graph.Pad(prob.Triangle(f.numbers.at(f.context)), -2, 1, 0), -1, 0, 1)
}

// Forward implements prob.Bijector.
func (f LinearIAF) Forward(x *graph.Node) *graph.Node {
	return x.Add(onVectors(x, f.matrix(x), graph.MatMulT))
}

// LogDet returns 0.
func (f LinearIAF) LogDet(x *graph.Node) *graph.Node {
	f.fit(x)
	return perEvent(x, graph.Const(0))
}

// Inverse implements prob.Inverter, by substitution.
func (f LinearIAF) Inverse(y *graph.Node) *graph.Node {
	return onColumns(f.matrix(y).Add(identity(f.size)), y, graph.SolveLower)
}

// InverseLogDet returns 0.
func (f LinearIAF) InverseLogDet(y *graph.Node) *graph.Node { return f.LogDet(y) }
