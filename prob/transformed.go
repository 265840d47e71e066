package prob

import (
	"math"
	"reflect"

	"github.com/latentgo/latent/graph"
)

// Transformed is the law of y = f(x) where x has the law Base,
//
//	log p(y) = log p(x) − log|det ∂f/∂x|,  x = f⁻¹(y)
//
// Draws are differentiable, so Base must be. Of several bijectors make a
// Chain. LogProb needs the inverse; SampleScore works without. Where Base has more
// event axes than one, as Independent has, f maps the last of them, and its log
// determinants are summed over the others.
type Transformed struct {
	Base     Pathwise
	Bijector Bijector
}

var (
	_ Pathwise     = Transformed{}
	_ SampleScorer = Transformed{}
)

// LogProb implements Dist. Values that f does not reach have density 0.
func (d Transformed) LogProb(y *graph.Node) *graph.Node {
	complete(d)
	b, ok := d.Bijector.(Inverter)
	if !ok {
		graph.Fail("prob: Transformed: %T has no inverse: it scores its own draws only (SampleScore)", WithoutInverse(d.Bijector))
	}
	x, logDet, out := pull(b, y)
	l := d.Base.LogProb(x)
	l = l.Add(perScore(logDet, l, total))
	if out == nil {
		return l
	}
	last := func(x *graph.Node) *graph.Node { return graph.MaxOver(x, -1) }
	return graph.Where(perScore(out, l, last), graph.Const(math.Inf(-1)), l)
}

// perScore folds what a bijector has for each of its events into one number for
// each score of a law, whose events are of several of those.
func perScore(x, score *graph.Node, fold func(*graph.Node) *graph.Node) *graph.Node {
	for len(x.Shape()) > len(score.Shape()) {
		x = fold(x)
	}
	return x
}

// pull returns f⁻¹(y), its log determinant […], and a mask […] of the events that
// f does not reach, where y was replaced by one that it reaches; nil if it
// reaches all.
func pull(b Inverter, y *graph.Node) (x, logDet, out *graph.Node) {
	if c, ok := b.(inverseChain); ok {
		logDet = noChange(y)
		for i := len(c.chain) - 1; i >= 0; i-- {
			x, l, o := pull(c.chain[i].(Inverter), y)
			y, logDet = x, logDet.Add(l)
			if out == nil {
				out = o
			} else if o != nil {
				out = graph.Max(out, o)
			}
		}
		return y, logDet, out
	}
	if r, ok := b.(Ranged); ok {
		set := r.Range()
		o := set.outside(y)
		out = graph.MaxOver(o, -1)
		y = graph.Where(o, set.harmless(y.Shape()[len(y.Shape())-1]), y)
	}
	x = b.Inverse(y)
	return x, inverseLogDet(b, y, x), out
}

// Sample returns f of a draw from Base.
func (d Transformed) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	y, _ := d.draw(s, lead)
	return y
}

// draw returns f(x) and x, moved to where f is inside of its range.
func (d Transformed) draw(s *graph.Scope, lead []int) (y, x *graph.Node) {
	x = d.Base.Sample(s, lead...)
	y = forward(d.Bijector, x)
	if b, ok := d.Bijector.(inner); ok {
		x = b.inner(x)
	}
	return y, x
}

// Pathwise marks Sample as reparameterised.
func (Transformed) Pathwise() {}

// SampleScore implements SampleScorer, without an inverse of f: what f moved
// inside of its range is scored there.
func (d Transformed) SampleScore(s *graph.Scope, lead ...int) (y, logProb *graph.Node) {
	complete(d)
	y, x := d.draw(s, lead)
	l := d.Base.LogProb(x)
	return y, l.Sub(perScore(d.Bijector.LogDet(x), l, total))
}

func init() {
	// The same bijection on both sides changes nothing.
	registerKLWhen(
		func(q, p Transformed) *graph.Node { return KLs(q.Base, p.Base) },
		func(q, p Transformed) bool {
			comparable := reflect.ValueOf(q.Bijector).Comparable() && reflect.ValueOf(p.Bijector).Comparable()
			return comparable && q.Bijector == p.Bijector && HasKL(q.Base, p.Base)
		})
}
