package flow

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// ActNorm scales and shifts each element,
//
//	y = eˢ·x + b,  log|det ∂y/∂x| = Σ s
//
// It starts where a first batch that passes it comes out with mean 0 and variance
// 1 in each element, if a program of graph.BuildInitialising is run once, and at
// the identity else. The batch may pass in either direction: in Forward, or in
// Inverse as data do that a prob.Transformed scores. Kingma and Dhariwal, Glow,
// arXiv 1807.03039, section 3.1. s is kept within ±30.
type ActNorm struct {
	base
	scope *graph.Scope
	s, b  *graph.Node
}

// NewActNorm declares an ActNorm of events of d elements. It takes no context.
func NewActNorm(s *graph.Scope, d int, c Config) ActNorm {
	f := ActNorm{base: newBase(s, "ActNorm", d, 1, c), scope: s}
	f.s = s.Param("log_scale", graph.Constant(0), d)
	f.b = s.Param("shift", graph.Constant(0), d)
	return f
}

// at returns s and b, which a batch v may give their first values: as inputs, or
// as outputs of which the inputs are to have mean 0 and variance 1.
func (f ActNorm) at(v *graph.Node, outputs bool) (s, b *graph.Node) {
	f.fit(v)
	mean := func() *graph.Node { m, _ := layers.Moments(v); return m }
	logStd := func() *graph.Node {
		_, variance := layers.Moments(v)
		return graph.Log(graph.Max(variance, graph.Const(0x1p-80))).Scale(.5)
	}
	if outputs {
		return bound(f.scope.Initial(f.s, logStd), -30, 30), f.scope.Initial(f.b, mean)
	}
	s = bound(f.scope.Initial(f.s, func() *graph.Node { return logStd().Neg() }), -30, 30)
	return s, f.scope.Initial(f.b, func() *graph.Node { return mean().Mul(graph.Exp(s)).Neg() })
}

// Forward implements prob.Bijector.
func (f ActNorm) Forward(x *graph.Node) *graph.Node {
	s, b := f.at(x, false)
	return x.Mul(graph.Exp(s)).Add(b)
}

// LogDet returns Σ s.
func (f ActNorm) LogDet(x *graph.Node) *graph.Node {
	s, _ := f.at(x, false)
	return perEvent(x, s)
}

// Inverse implements prob.Inverter.
func (f ActNorm) Inverse(y *graph.Node) *graph.Node {
	s, b := f.at(y, true)
	return y.Sub(b).Mul(graph.Exp(s.Neg()))
}

// InverseLogDet returns −Σ s.
func (f ActNorm) InverseLogDet(y *graph.Node) *graph.Node {
	s, _ := f.at(y, true)
	return perEvent(y, s).Neg()
}
