package prob

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Multinomial is the counts of V classes in n independent choices, such as the
// words of a document,
//
//	P(x) = n! · Π_v p_v^x_v / x_v!,  p = softmax(l),  n = Σ_v x_v
//
// with counts and logits […, V].
type Multinomial struct {
	Logits *graph.Node
	Total  *graph.Node `prob:"optional"` // n […, 1] or a scalar; nil takes n from the counts, and cannot be sampled
}

var (
	_ Sampler   = Multinomial{}
	_ Moments   = Multinomial{}
	_ Supported = Multinomial{}
)

// LogProb implements Dist.
func (d Multinomial) LogProb(x *graph.Node) *graph.Node {
	complete(d)
	sameEvent("Multinomial", x, d.Logits)
	out := graph.ExpandDims(graph.MaxOver(notCount(x, largest()), -1), -1)
	if d.Total != nil {
		fit("Multinomial", x, d.total())
		n := graph.ExpandDims(total(x), -1)
		out = graph.Max(out, n.Lt(d.Total).Add(n.Gt(d.Total)))
	}
	return insideEvent(x, out, graph.Const(0), func(x *graph.Node) *graph.Node {
		n := graph.ExpandDims(total(x), -1)
		logits := ranked(d.Logits, len(x.Shape()))
		mean := graph.Log(positive(n)).Add(graph.LogSoftmax(logits))
		dev := graph.Where(n.Eq(graph.Const(0)), graph.Const(0), deviance(x, mean))
		each := stirling(x).Add(dev).Neg()
		return total(stirling(n)).Add(total(each))
	})
}

// Sample returns counts that add up to Total, through which no derivative
// passes.
func (d Multinomial) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	noise := draw(s, graph.UniformNoise, lead, op.StreamNoise)
	return op.Apply(op.Multinomial{}, noise, d.total(), graph.Softmax(d.Logits))
}

func (d Multinomial) total() *graph.Node {
	if d.Total == nil {
		graph.Fail("prob: Multinomial: Total is nil, which takes the number of choices from the counts; draws and moments need it")
	}
	if sh := d.Total.Shape(); len(sh) > 0 && sh[len(sh)-1] != 1 {
		graph.Fail("prob: Multinomial: Total of shape %v, want [… 1]", sh)
	}
	constant("Multinomial", "Total", d.Total, whole, "a whole number")
	return d.Total
}

// Support returns the counts of n, with n infinite where Total is not a
// constant scalar.
func (d Multinomial) Support() Support {
	complete(d)
	n := math.Inf(1)
	if d.Total != nil {
		if c, ok := op.Constant(d.Total); ok && c.Len() == 1 {
			n = c.At(0)
		}
	}
	return Support{Kind: Counts, Hi: n}
}

// Moments returns np and np(1−p) of each class.
func (d Multinomial) Moments() (mean, variance *graph.Node) {
	complete(d)
	p := graph.Softmax(d.Logits)
	mean = p.Mul(d.total())
	return mean, mean.Mul(p.Neg().Shift(1))
}
