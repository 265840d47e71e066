package flow

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Element is an increasing map of single numbers, y = τ(x; θ), whose numbers θ a
// network sets for each element of an event. A coupling or an autoregressive
// flow is a network and an Element; one of a user's own needs these methods.
//
// x and y are […, D], theta is […, n·D] in blocks: columns kD to (k+1)D are the
// k-th number of every element. Where all θ are 0 the map should be near the
// identity, since that is where networks start.
type Element interface {
	// Numbers returns n, how many numbers an element needs.
	Numbers() int
	Forward(x, theta *graph.Node) *graph.Node
	// LogSlope returns log ∂y/∂x at x for each element, […, D].
	LogSlope(x, theta *graph.Node) *graph.Node
	Inverse(y, theta *graph.Node) *graph.Node
}

// elements returns D of a value […, D] with its numbers.
func elements(x, theta *graph.Node) int {
	if x == nil || theta == nil || len(x.Shape()) == 0 || len(theta.Shape()) == 0 {
		graph.Fail("flow: element: value %v with numbers %v, want [… D] and [… n·D]", x, theta)
	}
	sh := x.Shape()
	return sh[len(sh)-1]
}

// number returns the k-th number of every element of x.
func number(x, theta *graph.Node, k int) *graph.Node {
	d := elements(x, theta)
	return graph.Cols(theta, k*d, (k+1)*d)
}

// Additive is y = x + m, the element of NICE. The volume does not change.
type Additive struct{}

// Numbers returns 1: m.
func (Additive) Numbers() int { return 1 }

// Forward implements Element.
func (Additive) Forward(x, theta *graph.Node) *graph.Node { return x.Add(number(x, theta, 0)) }

// LogSlope returns 0.
func (Additive) LogSlope(x, theta *graph.Node) *graph.Node {
	return graph.BroadcastTo(graph.Const(0), number(x, theta, 0).Shape()...)
}

// Inverse implements Element.
func (Additive) Inverse(y, theta *graph.Node) *graph.Node { return y.Sub(number(y, theta, 0)) }

// Affine is y = eˢ·x + m, the element of RealNVP, of MAF, and of IAF as σz + m
// (arXiv 1606.04934). s is kept within ±30.
type Affine struct{}

// Numbers returns 2: m and s.
func (Affine) Numbers() int { return 2 }

// Forward implements Element.
func (e Affine) Forward(x, theta *graph.Node) *graph.Node {
	return x.Mul(graph.Exp(e.LogSlope(x, theta))).Add(number(x, theta, 0))
}

// LogSlope returns s.
func (Affine) LogSlope(x, theta *graph.Node) *graph.Node {
	return bound(number(x, theta, 1), -30, 30)
}

// Inverse implements Element.
func (e Affine) Inverse(y, theta *graph.Node) *graph.Node {
	return y.Sub(number(y, theta, 0)).Mul(graph.Exp(e.LogSlope(y, theta).Neg()))
}

// Gated is y = σ·x + (1−σ)·m with σ = sigmoid(s + b), which shrinks towards m by
// a gate as a recurrent network's: the numerically stable step of IAF (arXiv
// 1606.04934). b makes the gate stay open at first; 0 means
// 1.5, of the 1 to 2 that the paper names. s + b is kept above −30.
type Gated struct{ ForgetBias float64 }

// Numbers returns 2: m and s.
func (Gated) Numbers() int { return 2 }

func (e Gated) gate(x, theta *graph.Node) *graph.Node {
	b := e.ForgetBias
	if b == 0 {
		b = 1.5
	}
	return bound(number(x, theta, 1).Shift(b), -30, math.Inf(1))
}

// Forward implements Element.
func (e Gated) Forward(x, theta *graph.Node) *graph.Node {
	s := e.gate(x, theta)
	return x.Mul(graph.Sigmoid(s)).Add(number(x, theta, 0).Mul(graph.Sigmoid(s.Neg())))
}

// LogSlope returns log σ.
func (e Gated) LogSlope(x, theta *graph.Node) *graph.Node {
	return graph.LogSigmoid(e.gate(x, theta))
}

// Inverse implements Element: m + (y−m)/σ.
func (e Gated) Inverse(y, theta *graph.Node) *graph.Node {
	m := number(y, theta, 0)
	return y.Sub(m).Mul(graph.Exp(e.gate(y, theta).Neg()).Shift(1)).Add(m)
}
