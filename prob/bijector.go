package prob

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Bijector is a differentiable map y = f(x) of events that has an inverse.
type Bijector interface {
	// Forward returns f(x).
	Forward(x *graph.Node) *graph.Node
	// LogDet returns log|det ∂f/∂x| at x […, D], without the event axis: […].
	// Where f maps to a surface, as the simplex, the determinant is that of
	// its first D coordinates unless the type says otherwise.
	LogDet(x *graph.Node) *graph.Node
}

// Inverter is a bijector whose inverse can be computed.
type Inverter interface {
	Bijector
	// Inverse returns the x of f(x) = y.
	Inverse(y *graph.Node) *graph.Node
}

// BothWays is an inverter that scores its inverse without going forward again,
// such as a flow whose inverse is one pass of a network and whose forward
// direction takes one for each element.
type BothWays interface {
	Inverter
	// InverseLogDet returns log|det ∂f⁻¹/∂y| = −LogDet(f⁻¹(y)), shape […].
	InverseLogDet(y *graph.Node) *graph.Node
}

// inverseLogDet returns log|det ∂f⁻¹/∂y| at y = f(x).
func inverseLogDet(b Inverter, y, x *graph.Node) *graph.Node {
	if b, ok := b.(BothWays); ok {
		return b.InverseLogDet(y)
	}
	return b.LogDet(x).Neg()
}

// Directed is a bijector that takes a pass for each element of an event in one
// direction, or both, as autoregressive flows do. What can do without that
// direction does: a draw is scored where it was drawn.
type Directed interface {
	Bijector
	Slow() (forward, inverse bool)
}

// slow tells which directions of a bijector take a pass for each element.
func slow(b Bijector) (forward, inverse bool) {
	switch b := b.(type) {
	case Directed:
		return b.Slow()
	case Invert:
		inverse, forward = slow(b.Of)
	case inverseChain:
		return slow(b.chain)
	case chain:
		for _, part := range b {
			f, i := slow(part)
			forward, inverse = forward || f, inverse || i
		}
	}
	return forward, inverse
}

// WithoutInverse returns the first part of a bijector, of those of a Chain, that
// has no inverse; nil if all have one.
func WithoutInverse(b Bijector) Bijector {
	if c, ok := b.(chain); ok {
		for _, part := range c {
			if one := WithoutInverse(part); one != nil {
				return one
			}
		}
		return nil
	}
	if _, ok := b.(Inverter); ok {
		return nil
	}
	return b
}

// Ranged is a bijector that reaches only part of the reals.
type Ranged interface {
	Bijector
	Range() Support
}

// perEvent sums over the event axis the log derivative of a bijector that acts
// on each element of x. A bijector of one element for all is counted D times.
func perEvent(x, logDerivative *graph.Node) *graph.Node {
	eventSize("bijector", x)
	shape, err := op.Broadcast(x.Shape(), logDerivative.Shape())
	if err != nil {
		graph.Fail("prob: bijector of an event of shape %v with a parameter of shape %v", x.Shape(), logDerivative.Shape())
	}
	return total(graph.BroadcastTo(logDerivative, shape...))
}

// noChange returns the log determinant 0 for each event of x.
func noChange(x *graph.Node) *graph.Node { return perEvent(x, graph.Const(0)) }

// Identity is y = x.
type Identity struct{}

// Forward implements Bijector.
func (Identity) Forward(x *graph.Node) *graph.Node { return x }

// Inverse implements Inverter.
func (Identity) Inverse(y *graph.Node) *graph.Node { return y }

// LogDet implements Bijector.
func (Identity) LogDet(x *graph.Node) *graph.Node { return noChange(x) }

// Invert is the inverse of a bijector.
type Invert struct{ Of Inverter }

// Forward implements Bijector.
func (b Invert) Forward(x *graph.Node) *graph.Node {
	complete(b)
	return b.Of.Inverse(x)
}

// Inverse implements Inverter.
func (b Invert) Inverse(y *graph.Node) *graph.Node {
	complete(b)
	return b.Of.Forward(y)
}

// LogDet is minus that of the bijector, at the inverse.
func (b Invert) LogDet(x *graph.Node) *graph.Node {
	complete(b)
	return inverseLogDet(b.Of, x, b.Of.Inverse(x))
}

// InverseLogDet implements BothWays.
func (b Invert) InverseLogDet(y *graph.Node) *graph.Node {
	complete(b)
	return b.Of.LogDet(y)
}

// Chain returns bijectors applied one after the other, the first one first. It
// is an Inverter if all of them are.
func Chain(bs ...Bijector) Bijector {
	var c chain
	for i, b := range bs {
		present(fmt.Sprintf("Chain: bijector %d", i), b)
		switch b := b.(type) {
		case chain:
			c = append(c, b...)
		case inverseChain:
			c = append(c, b.chain...)
		default:
			c = append(c, b)
		}
	}
	for _, b := range c {
		if _, ok := b.(Inverter); !ok {
			return c
		}
	}
	return inverseChain{c}
}

type chain []Bijector

// Forward implements Bijector.
func (c chain) Forward(x *graph.Node) *graph.Node {
	y, _ := c.walk(x)
	return y
}

// inner goes back from where the bijectors are at their ends, as far as there
// are inverses that are not slow.
func (c chain) inner(x *graph.Node) *graph.Node {
	_, x = c.walk(x)
	return x
}

// walk returns f(x) and inner(x).
func (c chain) walk(x *graph.Node) (y, in *graph.Node) {
	y, in = x, x
	for i, b := range c {
		z := y
		if b, ok := b.(inner); ok {
			z = b.inner(y)
		}
		if moves := c.moves(i + 1); moves > 0 {
			z = within(Chain(c[i:i+1+moves]...), z)
		}
		if z != y && i == 0 {
			in = z
		} else if back, ok := Chain(c[:i]...).(Inverter); z != y && ok {
			if _, inverse := slow(back); !inverse {
				moved := graph.ExpandDims(graph.MaxOver(y.Ne(z), -1), -1)
				in = graph.Where(moved, back.Inverse(z), in)
			}
		}
		y = forward(b, z)
	}
	return y, in
}

// moves counts the bijectors from i on that move an interval.
func (c chain) moves(i int) int {
	for n, b := range c[i:] {
		switch b.(type) {
		case Identity, Affine, Reflect, Permutation:
		default:
			return n
		}
	}
	return len(c) - i
}

// LogDet adds those of the bijectors, each where it is applied.
func (c chain) LogDet(x *graph.Node) *graph.Node {
	sum := noChange(x)
	for _, b := range c {
		sum = sum.Add(b.LogDet(x))
		x = b.Forward(x)
	}
	return sum
}

type inverseChain struct{ chain }

// Inverse implements Inverter.
func (c inverseChain) Inverse(y *graph.Node) *graph.Node {
	for i := len(c.chain) - 1; i >= 0; i-- {
		y = c.chain[i].(Inverter).Inverse(y)
	}
	return y
}

// InverseLogDet implements BothWays.
func (c inverseChain) InverseLogDet(y *graph.Node) *graph.Node {
	sum := noChange(y)
	for i := len(c.chain) - 1; i >= 0; i-- {
		b := c.chain[i].(Inverter)
		x := b.Inverse(y)
		sum = sum.Add(inverseLogDet(b, y, x))
		y = x
	}
	return sum
}
