package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Where draws, and what bijectors make, stop before the ends of an open set:
// "Draws and ends" in the package comment. All of them go by the functions of
// this file.

// ends says how near to the ends of a set numbers of a dtype may come.
type ends struct {
	log   float64 // positive numbers lie within exp(±log)
	logit float64 // numbers between 0 and 1 within sigmoid(−log) and sigmoid(logit)
	tanh  float64 // numbers between −1 and 1 within tanh(±tanh)
	tiny  float64 // the smallest positive number, 1/tiny the largest
	eps   float64 // 1−eps is the largest number below 1
	most  float64 // the largest number
}

func endsOf(x *graph.Node) ends {
	op.Check(x, "value of a draw or a bijector")
	tiny := 1 / op.MaxDraw(x.Dtype())
	if x.Dtype() == graph.Float64 {
		return ends{log: 665.4, logit: 36.7, tanh: 18.7, tiny: tiny, eps: 0x1p-53, most: math.MaxFloat64}
	}
	return ends{log: 69.3, logit: 16.6, tanh: 8.66, tiny: tiny, eps: 0x1p-24, most: math.MaxFloat32}
}

// bound returns x limited to [lo, hi], with the derivative of x also beyond.
func bound(x *graph.Node, lo, hi float64) *graph.Node {
	return op.Apply(op.Unary{Fn: op.Bound, A: lo, B: hi}, x)
}

// boundLog keeps the logarithm of a positive number within its ends.
func boundLog(l *graph.Node) *graph.Node {
	e := endsOf(l)
	return bound(l, -e.log, e.log)
}

// boundLogit keeps the logit of a number between 0 and 1 within its ends.
func boundLogit(l *graph.Node) *graph.Node {
	e := endsOf(l)
	return bound(l, -e.log, e.logit)
}

// boundPositive keeps a positive number within its ends.
func boundPositive(x *graph.Node) *graph.Node {
	e := endsOf(x)
	return bound(x, e.tiny, 1/e.tiny)
}

// boundReal keeps a number finite, and its square as a float64.
func boundReal(x *graph.Node) *graph.Node {
	most := min(1/endsOf(x).tiny, 0x1p500)
	return bound(x, -most, most)
}

// boundLogSimplex keeps the logarithms of a point of a simplex above their
// end. Its elements still add up to 1, to rounding.
func boundLogSimplex(y *graph.Node) *graph.Node { return bound(y, -endsOf(y).log, 0) }

// boundBetween keeps x within [low, top], of which nil is no bound, with the
// derivative of x also beyond.
func boundBetween(x, low, top *graph.Node) *graph.Node {
	in := graph.StopGrad(x)
	if top != nil {
		in = graph.Min(in, graph.StopGrad(top))
	}
	if low != nil {
		in = graph.Max(in, graph.StopGrad(low))
	}
	return in.Add(x.Sub(graph.StopGrad(x)))
}

// inner is a bijector onto an open set that stops before its ends.
type inner interface {
	Bijector
	// inner returns x moved to where Forward is inside: Forward(x) is
	// Forward(inner(x)).
	inner(x *graph.Node) *graph.Node
}

// forward returns b.Forward(x), and inside of the range of b where that is an
// interval that b does not keep within by itself.
func forward(b Bijector, x *graph.Node) *graph.Node {
	y := b.Forward(x)
	if _, keeps := b.(inner); keeps {
		return y
	}
	r, ok := b.(Ranged)
	if !ok || r.Range().Kind != Interval {
		return y
	}
	low, top := span(r.Range(), y).limits(y)
	return boundBetween(y, low, top)
}

// interval is one whose ends are nodes; nil is infinite.
type interval struct{ lo, hi *graph.Node }

// span returns an interval for the event of x.
func span(s Support, x *graph.Node) interval {
	sh := x.Shape()
	end := func(v float64) *graph.Node {
		if math.IsInf(v, 0) {
			return nil
		}
		return graph.BroadcastTo(graph.Const(v), sh[len(sh)-1])
	}
	return interval{end(s.Lo), end(s.Hi)}
}

// limits returns how near to the ends x may come so that an inverse is inside
// too: a few roundings of the larger end, but next to an end of 0 the smallest
// number.
func (s interval) limits(x *graph.Node) (low, top *graph.Node) {
	e := endsOf(x)
	size := graph.Const(0)
	for _, end := range []*graph.Node{s.lo, s.hi} {
		if end != nil {
			size = graph.Max(size, graph.Abs(end))
		}
	}
	move := func(end *graph.Node, sign float64) *graph.Node {
		if end == nil {
			return nil
		}
		step := graph.Where(end.Eq(graph.Const(0)), graph.Const(e.tiny), size.Scale(8*e.eps))
		return end.Add(step.Scale(sign))
	}
	return move(s.lo, 1), move(s.hi, -1)
}

// within returns x moved to where the last of the bijectors f, of which the
// first reaches an interval and the others move it, is inside.
func within(f Bijector, x *graph.Node) *graph.Node {
	all, ok := f.(inverseChain)
	if !ok {
		return x
	}
	first, ok := all.chain[0].(Ranged)
	if _, keeps := first.(inner); !ok || !keeps || first.Range().Kind != Interval {
		return x
	}
	s := span(first.Range(), x)
	power, _ := first.(Power)
	falls := power.P < 0
	for _, b := range all.chain[1:] {
		if _, ok := b.(Reflect); ok {
			s.lo, s.hi = s.hi, s.lo
			falls = !falls
		}
		for _, end := range []**graph.Node{&s.lo, &s.hi} {
			if *end != nil {
				*end = b.Forward(*end)
			}
		}
	}
	low, top := s.limits(x)
	for _, end := range []**graph.Node{&low, &top} {
		if *end != nil {
			*end = all.Inverse(*end)
		}
	}
	if falls {
		low, top = top, low
	}
	return boundBetween(x, low, top)
}
