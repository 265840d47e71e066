package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
)

// between maps numbers to an open interval with a finite end: by a sigmoid, or
// by exp where the other end is infinite, reflected for an upper one. It
// counts from the nearer end, so that numbers keep their digits there.
type between struct{ lo, hi float64 }

// rounded returns the ends in the dtype of x and how near to each numbers may
// come: a few roundings, or the smallest number next to 0.
func (b between) rounded(x *graph.Node) (lo, hi, atLo, atHi float64) {
	e := endsOf(x)
	round := func(end float64) (in, step float64) {
		if x.Dtype() == graph.Float32 {
			end = float64(float32(end))
		}
		if end == 0 {
			return end, e.tiny
		}
		return end, 4 * e.eps * math.Abs(end)
	}
	lo, atLo = round(b.lo)
	hi, atHi = round(b.hi)
	return lo, hi, atLo, atHi
}

func (b between) inner(x *graph.Node) *graph.Node {
	e := endsOf(x)
	lo, hi, atLo, atHi := b.rounded(x)
	switch {
	case math.IsInf(b.hi, 1):
		return bound(x, max(math.Log(atLo), -e.log), e.log)
	case math.IsInf(b.lo, -1):
		return bound(x, max(math.Log(atHi), -e.log), e.log)
	}
	logit := func(step float64) float64 { return min(max(math.Log(step/(hi-lo)), -e.log), -1) }
	return bound(x, logit(atLo), -logit(atHi))
}

// Forward implements Bijector.
func (b between) Forward(x *graph.Node) *graph.Node {
	x = b.inner(x)
	lo, hi, _, _ := b.rounded(x)
	switch {
	case math.IsInf(b.hi, 1):
		return graph.Exp(x).Shift(lo)
	case math.IsInf(b.lo, -1):
		return graph.Exp(x).Neg().Shift(hi)
	}
	part := func(sign float64) *graph.Node { return graph.Sigmoid(x.Scale(sign)).Scale(sign * (hi - lo)) }
	return graph.Where(x.Gt(graph.Const(0)), part(-1).Shift(hi), part(1).Shift(lo))
}

// Inverse returns log(y−lo) − log(hi−y), without the term of an infinite end.
func (b between) Inverse(y *graph.Node) *graph.Node {
	lo, hi, _, _ := b.rounded(y)
	fromLo, toHi := func() *graph.Node { return graph.Log(y.Shift(-lo)) }, func() *graph.Node {
		return graph.Log(y.Neg().Shift(hi))
	}
	switch {
	case math.IsInf(b.hi, 1):
		return fromLo()
	case math.IsInf(b.lo, -1):
		return toHi()
	}
	return fromLo().Sub(toHi())
}

// LogDet returns Σ log (hi−lo)·s(1−s) with s = sigmoid(x), or Σ x.
func (b between) LogDet(x *graph.Node) *graph.Node {
	if math.IsInf(b.hi-b.lo, 1) {
		return total(x)
	}
	lo, hi, _, _ := b.rounded(x)
	l := graph.LogSigmoid(x).Add(graph.LogSigmoid(x.Neg()))
	return total(l.Shift(math.Log(hi - lo)))
}

// Range returns (lo, hi).
func (b between) Range() Support { return Support{Kind: Interval, Lo: b.lo, Hi: b.hi} }
