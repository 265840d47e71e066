package flow

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// Spline is a rational-quadratic spline on [−B, B] and the identity beyond. Within
// bin k, of width w, height h and mean slope s = h/w, from a knot (x_k, y_k) with
// slope d to the next with slope e,
//
//	ξ = (x − x_k)/w
//	y = y_k + h·(sξ² + dξ(1−ξ)) / (s + (d+e−2s)ξ(1−ξ))
//	∂y/∂x = s²·(eξ² + 2sξ(1−ξ) + d(1−ξ)²) / (s + (d+e−2s)ξ(1−ξ))²
//
// Durkan, Bekasov, Murray and Papamakarios, Neural spline flows, arXiv
// 1906.04032, section 3.1. Widths and heights are 2B times softmaxes of K numbers,
// no less than 2B/1000 each; the slopes at the K−1 inner knots are .001 +
// log(1 + eᵗ⁺ᵃ), with the a that makes them 1 at t = 0, so that all numbers 0 are
// the identity.
type Spline struct {
	Bins  int     // K; 0 means 8, else 2 to 500
	Bound float64 // B; 0 means 3
}

const least = 1e-3 // width and height of a bin, as a part of all, and slope

// sizes returns K and B.
func (e Spline) sizes() (bins int, bound float64) {
	bins, bound = e.Bins, e.Bound
	if bins == 0 {
		bins = 8
	}
	if bound == 0 {
		bound = 3
	}
	if bins < 2 || bins > 500 {
		graph.Fail("flow: Spline: Bins is %d, want 2 to 500", e.Bins)
	}
	if !(bound > 0) || math.IsInf(bound, 0) {
		graph.Fail("flow: Spline: Bound is %v, want a positive number", e.Bound)
	}
	return bins, bound
}

// Numbers returns 3K − 1: K for widths, K for heights, K − 1 for slopes.
func (e Spline) Numbers() int {
	k, _ := e.sizes()
	return 3*k - 1
}

// bin is the bin that each number lies in; its fields are […, D].
type bin struct {
	x, y, w, h *graph.Node // lower left knot, width and height
	d, e       *graph.Node // slopes at the lower and the upper knot
	s          *graph.Node // h/w
	at         *graph.Node // the number within [−B, B]
	out        *graph.Node // whether it was not
}

// find returns the bins of v, which are told by x, or of an inverse by y.
func (e Spline) find(v, theta *graph.Node, inverse bool) bin {
	k, b := e.sizes()
	d := elements(v, theta)
	sh := theta.Shape()
	theta = graph.Reshape(theta, append(append([]int(nil), sh[:len(sh)-1]...), 3*k-1, d)...)
	widths, left := knots(graph.Slice(theta, -2, 0, k), k, b)
	heights, low := knots(graph.Slice(theta, -2, k, 2*k), k, b)

	c := bin{at: graph.Clamp(v, -b, b), out: graph.Abs(v).Gt(graph.Const(b))}
	start := left
	if inverse {
		start = low
	}
	// Marked is the last bin whose beginning v reaches.
	reached := graph.ExpandDims(c.at, -2).Ge(start)
	mark := reached.Sub(graph.Pad(graph.Slice(reached, -2, 1, k), -2, 0, 1))
	pick := func(p *graph.Node) *graph.Node { return graph.Sum(mark.Mul(p), -2) }
	c.x, c.y, c.w, c.h = pick(left), pick(low), pick(widths), pick(heights)
	one := graph.BroadcastTo(graph.Const(1), graph.Slice(left, -2, 0, 1).Shape()...)
	inner := graph.Softplus(graph.Slice(theta, -2, 2*k, 3*k-1).Shift(softplusInverse(1 - least))).Shift(least)
	all := graph.Concat(-2, one, inner, one)
	c.d, c.e = pick(graph.Slice(all, -2, 0, k)), pick(graph.Slice(all, -2, 1, k+1))
	c.s = c.h.Div(c.w)
	return c
}

// knots returns the sizes of K bins of [−B, B], and where each begins.
func knots(theta *graph.Node, k int, b float64) (size, start *graph.Node) {
	top := graph.ExpandDims(graph.MaxOver(theta, -2), -2)
	e := graph.Exp(theta.Sub(graph.StopGrad(top)))
	share := e.Div(graph.ExpandDims(graph.Sum(e, -2), -2))
	size = share.Scale(2 * b * (1 - least*float64(k))).Shift(2 * b * least)
	before := graph.Slice(graph.CumSum(size, -2), -2, 0, k-1)
	return size, graph.Pad(before, -2, 1, 0).Shift(-b)
}

// Forward implements Element.
func (e Spline) Forward(x, theta *graph.Node) *graph.Node {
	c := e.find(x, theta, false)
	u, v, den := c.inside()
	y := c.h.Mul(c.s.Mul(u.Square()).Add(c.d.Mul(v))).Div(den).Add(c.y)
	return graph.Where(c.out, x, y)
}

// inside returns ξ, ξ(1−ξ) and the denominator.
func (c bin) inside() (u, v, den *graph.Node) {
	u = c.at.Sub(c.x).Div(c.w)
	v = u.Mul(u.Neg().Shift(1))
	return u, v, c.s.Add(c.bend().Mul(v))
}

// bend returns d + e − 2s.
func (c bin) bend() *graph.Node { return c.d.Add(c.e).Sub(c.s.Scale(2)) }

// LogSlope implements Element.
func (e Spline) LogSlope(x, theta *graph.Node) *graph.Node {
	c := e.find(x, theta, false)
	u, v, den := c.inside()
	up := c.e.Mul(u.Square()).Add(c.s.Mul(v).Scale(2)).Add(c.d.Mul(u.Neg().Shift(1).Square()))
	l := graph.Log(c.s).Sub(graph.Log(den)).Scale(2).Add(graph.Log(up))
	return graph.Where(c.out, graph.Const(0), l)
}

// Inverse implements Element: the root of a quadratic in ξ that lies in the bin.
func (e Spline) Inverse(y, theta *graph.Node) *graph.Node {
	c := e.find(y, theta, true)
	up := c.at.Sub(c.y)
	bend := up.Mul(c.bend())
	qa := c.h.Mul(c.s.Sub(c.d)).Add(bend)
	qb := c.h.Mul(c.d).Sub(bend)
	qc := c.s.Mul(up).Neg()
	root := graph.Sqrt(graph.Max(qb.Square().Sub(qa.Mul(qc).Scale(4)), graph.Const(0x1p-100)))
	u := qc.Scale(-2).Div(qb.Add(root))
	return graph.Where(c.out, y, u.Mul(c.w).Add(c.x))
}
