package prob

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// What the families of a location and a log scale, […, D] or what broadcasts
// to it, have in common.

// eulerGamma is Euler's constant.
const eulerGamma = 0.577215664901532860606512090082402431042

// standardised returns (x − loc)·exp(−logScale), the value of the standard law.
func standardised(what string, x, loc, logScale *graph.Node) *graph.Node {
	fit(what, x, loc, logScale)
	return mulExp(x.Sub(loc), logScale.Neg())
}

// mulExp returns x·eˡ, and 0 where x is 0; eˡ itself may be beyond the dtype.
func mulExp(x, l *graph.Node) *graph.Node { return op.Apply(op.Binary{Fn: op.MulExp}, x, l) }

// expRest returns eˣ − 1 − x.
func expRest(x *graph.Node) *graph.Node { return op.Map(op.ExpRest, x) }

// term returns a term of an entropy or a divergence of package op.
func term(f op.TermFn, x ...*graph.Node) *graph.Node { return op.Apply(op.Term{Fn: f}, x...) }

// placed returns loc + exp(logScale)·z.
func placed(loc, logScale, z *graph.Node) *graph.Node {
	return loc.Add(graph.Exp(logScale).Mul(z))
}

// uniformFor declares uniform noise for an event that params agree on.
func uniformFor(what string, s *graph.Scope, lead []int, params ...*graph.Node) *graph.Node {
	return draw(s, graph.UniformNoise, lead, event(what, params...))
}

// variate draws from a law of package op, for an event of size d, without a
// derivative. Parameters are given by their logarithms.
func variate(s *graph.Scope, law op.ImplicitLaw, lead []int, d int, logs ...*graph.Node) *graph.Node {
	in := []*graph.Node{draw(s, graph.UniformNoise, lead, op.StreamNoise*d)}
	for _, l := range logs {
		in = append(in, graph.Exp(l))
	}
	return graph.StopGrad(op.Apply(op.Variate{Law: law}, in...))
}

// implicit returns a draw with the derivative that a draw has there.
func implicit(law op.ImplicitLaw, draw *graph.Node, params ...*graph.Node) *graph.Node {
	return op.Apply(op.Implicit{Law: law}, append([]*graph.Node{draw}, params...)...)
}

// density returns a log density of package op.
func density(law op.DensityLaw, x ...*graph.Node) *graph.Node {
	return op.Apply(op.Density{Law: law}, x...)
}

// cdf returns a distribution function of package op.
func cdf(law op.CDFLaw, x ...*graph.Node) *graph.Node {
	return op.Apply(op.CDF{Law: law}, x...)
}

// special returns a special function of package op.
func special(f op.SpecialFn, x ...*graph.Node) *graph.Node {
	return op.Apply(op.Special{Fn: f}, x...)
}

// overEvent adds h, of each element, over the event that params agree on.
func overEvent(what string, h *graph.Node, params ...*graph.Node) *graph.Node {
	n, sh := event(what, params...), h.Shape()
	switch {
	case len(sh) == 0:
		return h.Scale(float64(n))
	case sh[len(sh)-1] == n:
		return total(h)
	}
	return total(h).Scale(float64(n) / float64(sh[len(sh)-1]))
}

// limits returns the logarithms of the smallest normal and the largest number
// of a node's dtype.
func limits(x *graph.Node) (lo, hi float64) {
	if x.Dtype() == graph.Float64 {
		return -708.3, 709.7
	}
	return -87.3, 88.7
}

// minOne returns min(u, 1−u), exactly.
func minOne(u *graph.Node) *graph.Node { return graph.Min(u, oneMinus(u)) }

func oneMinus(x *graph.Node) *graph.Node { return x.Neg().Shift(1) }

// side returns −1 where u < ½ and 1 elsewhere.
func side(u *graph.Node) *graph.Node {
	return u.Ge(graph.Const(.5)).Scale(2).Shift(-1)
}

// log1pSquare returns log(1+z²) without overflow.
func log1pSquare(z *graph.Node) *graph.Node {
	far := graph.Abs(z).Gt(graph.Const(1e9))
	one := graph.Const(1)
	return graph.Where(far, graph.Log(graph.Abs(graph.Where(far, z, one))).Scale(2),
		graph.Log1p(graph.Where(far, one, z).Square()))
}

// likeAll returns x in the shape that params broadcast to, for a moment that
// does not depend on all of them.
func likeAll(x *graph.Node, params ...*graph.Node) *graph.Node {
	for _, p := range params {
		x = x.Add(graph.Where(graph.IsFinite(p), p, graph.Const(0)).Scale(0))
	}
	return x
}

// constants returns the values of nodes that are constants of one number.
func constants(xs ...*graph.Node) (v []float64, ok bool) {
	for _, x := range xs {
		c, ok := op.Constant(x)
		if !ok || c.Len() != 1 {
			return nil, false
		}
		v = append(v, c.At(0))
	}
	return v, true
}
