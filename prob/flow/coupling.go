package flow

import (
	"strconv"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// Coupling leaves the first half of an event as it is, by which it sets what
// happens to the rest,
//
//	y_1 = x_1,  y_2 = τ(x_2; θ(x_1, c)),  log|det ∂y/∂x| = Σ_i log τ′
//
// Either way it is one pass of its network. With Additive as the Element it is
// NICE (Dinh, Krueger and Bengio, arXiv 1410.8516), with Affine, which is what nil
// means, RealNVP (Dinh, Sohl-Dickstein and Bengio, arXiv 1605.08803), with Spline
// a neural spline flow (Durkan et al., arXiv 1906.04032). Put Reverse or Shuffle
// between two. The first ⌊D/2⌋ elements are left.
type Coupling struct {
	base
	first   layers.Dense // of x_1
	given   layers.Dense // of the context, added to it
	rest    layers.Stack
	element Element
}

// NewCoupling declares a coupling flow of events of d elements, 2 or more. Its
// network starts at θ = 0.
func NewCoupling(s *graph.Scope, d int, c Config) Coupling {
	f := Coupling{base: newBase(s, "coupling", d, 2, c, "Context", "Hidden", "Activation", "Element")}
	f.element = c.element(f.base, Affine{})
	act := c.Activation
	if act == nil {
		act = graph.Tanh
	}
	widths := append(append([]int(nil), c.Hidden...), f.element.Numbers()*(d-d/2))
	dense := func(name string, in, out int, last, bias bool) layers.Dense {
		l := layers.Config{NoBias: !bias}
		if last {
			l.Weights = graph.Constant(0)
		}
		return l.NewDense(s.In(name), in, out)
	}
	f.first = dense("0", d/2, widths[0], len(widths) == 1, true)
	if c.Context > 0 {
		f.given = dense("context", c.Context, widths[0], len(widths) == 1, false)
	}
	for i := 1; i < len(widths); i++ {
		f.rest = append(f.rest, act, dense(strconv.Itoa(i), widths[i-1], widths[i], i == len(widths)-1, true))
	}
	return f
}

// Given returns the flow for a context […, C].
func (f Coupling) Given(context *graph.Node) Coupling { f.base = f.base.given(context); return f }

// parts returns the halves of an event and the numbers of the second.
func (f Coupling) parts(x *graph.Node) (kept, moved, theta *graph.Node) {
	f.fit(x)
	kept, moved = graph.Cols(x, 0, f.size/2), graph.Cols(x, f.size/2, f.size)
	h := f.first.Apply(kept)
	if f.width > 0 {
		h = h.Add(f.given.Apply(f.context))
	}
	return kept, moved, f.rest.Apply(h)
}

// Forward implements prob.Bijector.
func (f Coupling) Forward(x *graph.Node) *graph.Node {
	kept, moved, theta := f.parts(x)
	return join(kept, f.element.Forward(moved, theta))
}

// join concatenates the halves; a context may have given the second more rows.
func join(kept, moved *graph.Node) *graph.Node {
	sh := moved.Shape()
	sh[len(sh)-1] = kept.Shape()[len(kept.Shape())-1]
	return graph.Concat(-1, graph.BroadcastTo(kept, sh...), moved)
}

// LogDet implements prob.Bijector.
func (f Coupling) LogDet(x *graph.Node) *graph.Node {
	_, moved, theta := f.parts(x)
	return total(f.element.LogSlope(moved, theta))
}

// Inverse implements prob.Inverter.
func (f Coupling) Inverse(y *graph.Node) *graph.Node {
	kept, moved, theta := f.parts(y)
	return join(kept, f.element.Inverse(moved, theta))
}

// InverseLogDet implements prob.BothWays.
func (f Coupling) InverseLogDet(y *graph.Node) *graph.Node {
	_, moved, theta := f.parts(y)
	return total(f.element.LogSlope(f.element.Inverse(moved, theta), theta)).Neg()
}
