package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// rowTolerance is how far the sum of a row on a simplex may be from 1.
const rowTolerance = 1e-4

// outside returns a mask of the values outside of a support: […, D], or […, 1]
// where the support is of whole events. NaN is marked nowhere.
func (s Support) outside(x *graph.Node) *graph.Node {
	eventSize("support", x)
	zero, one := graph.Const(0), graph.Const(1)
	sum := func(x *graph.Node) *graph.Node { return graph.ExpandDims(total(x), -1) }
	anyOf := func(mask *graph.Node) *graph.Node { return graph.ExpandDims(graph.MaxOver(mask, -1), -1) }
	switch s.Kind {
	case Reals:
		most := endsOf(x).most
		return beyond(x, -most, most)
	case Interval:
		return graph.Max(x.Le(graph.Const(s.Lo)), x.Ge(graph.Const(s.Hi)))
	case Integers:
		return graph.Max(beyond(x, s.Lo, min(s.Hi, math.MaxFloat32)), x.Gt(graph.Floor(x)))
	case Simplex:
		return graph.Max(anyOf(x.Le(zero)), far(sum(x).Shift(-1), rowTolerance))
	case LogSimplex:
		return far(graph.ExpandDims(graph.LogSumExp(x, -1), -1), rowTolerance)
	case OneHotRows:
		binary := graph.Max(x.Eq(zero), x.Eq(one))
		other := x.Eq(x).Mul(one.Sub(binary))
		return graph.Max(anyOf(other), far(sum(x).Shift(-1), 0))
	case Counts:
		out := anyOf(notCount(x, largest()))
		if math.IsInf(s.Hi, 1) {
			return out
		}
		return graph.Max(out, far(sum(x).Shift(-s.Hi), 0))
	case Ordered:
		n := x.Shape()[len(x.Shape())-1]
		if n < 2 {
			return graph.ExpandDims(total(x).Scale(0), -1)
		}
		return anyOf(graph.Cols(x, 1, n).Le(graph.Cols(x, 0, n-1)))
	case CholeskyRow:
		return anyOf(graph.Take(x, -1, diagonal(triangleSize(x))).Le(zero))
	}
	graph.Fail("prob: support of unknown kind %d", s.Kind)
	return nil
}

// beyond marks numbers below lo or above hi.
func beyond(x *graph.Node, lo, hi float64) *graph.Node {
	return op.Apply(op.Unary{Fn: op.Outside, A: lo, B: hi}, x)
}

// far marks numbers further from 0 than a tolerance.
func far(x *graph.Node, tolerance float64) *graph.Node {
	return graph.Abs(x).Gt(graph.Const(tolerance))
}

// harmless returns what can stand in for a value outside of a support: a
// scalar, or an event of size n.
func (s Support) harmless(n int) *graph.Node {
	lo, hi := !math.IsInf(s.Lo, 0), !math.IsInf(s.Hi, 0)
	switch s.Kind {
	case Integers:
		return graph.Const(s.Lo)
	case Simplex:
		return graph.Const(1 / float64(n))
	case LogSimplex:
		return graph.Const(-math.Log(float64(n)))
	case OneHotRows:
		return graph.OneHot(graph.Const(0), n)
	case Ordered:
		return upTo(n)
	case CholeskyRow:
		return graph.Const(1)
	case Interval:
		switch {
		case lo && hi:
			return graph.Const(s.Lo + (s.Hi-s.Lo)/2)
		case lo:
			return graph.Const(s.Lo + 1)
		case hi:
			return graph.Const(s.Hi - 1)
		}
	}
	return graph.Const(0)
}

// insideEvent is inside for densities of whole events: out marks events,
// […, 1] or […], and f drops the event axis.
func insideEvent(x, out, harmless *graph.Node, f func(x *graph.Node) *graph.Node) *graph.Node {
	if len(out.Shape()) < len(x.Shape()) {
		out = graph.ExpandDims(out, -1)
	}
	l := f(graph.Where(out, harmless, x))
	return graph.Where(graph.MaxOver(out, -1), graph.Const(math.Inf(-1)), l)
}

// sameEvent aborts unless x and a parameter have the same event axis and their
// leading axes broadcast.
func sameEvent(what string, x, p *graph.Node) {
	fit(what, x, p)
	xs, ps := x.Shape(), p.Shape()
	if len(ps) == 0 || ps[len(ps)-1] != xs[len(xs)-1] {
		graph.Fail("prob: %s: value of shape %v does not fit a parameter of shape %v", what, xs, []int(ps))
	}
}
