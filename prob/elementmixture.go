package prob

import "github.com/latentgo/latent/graph"

// ElementMixture is a mixture of C laws of one family for each element by
// itself,
//
//	p(x) = Π_i Σ_c w_ic·p_ic(x_i),  w_i = softmax(l_i)
//
// such as a mixture of DiscretizedLogistic for pixels (Salimans et al.,
// PixelCNN++, arXiv 1701.05517). Logits are […, D, C]; Components is one
// distribution with parameters […, C, D].
type ElementMixture struct {
	Logits     *graph.Node
	Components Factored
}

var (
	_ Sampler    = ElementMixture{}
	_ Factored   = ElementMixture{}
	_ Moments    = ElementMixture{}
	_ Cumulative = ElementMixture{}
	_ Supported  = ElementMixture{}
)

// LogProbs returns the log density of each element.
func (d ElementMixture) LogProbs(x *graph.Node) *graph.Node {
	complete(d)
	l := d.Components.LogProbs(d.each(x))
	return graph.LogSumExp(l.Add(swapLast(graph.LogSoftmax(d.Logits))), -2)
}

// each repeats x for the components and checks its shape.
func (d ElementMixture) each(x *graph.Node) *graph.Node {
	c := components("ElementMixture", d.Logits, 2)
	eventSize("ElementMixture", x)
	xs, ls := x.Shape(), d.Logits.Shape()
	if n := ls[len(ls)-2]; len(xs) == 0 || n != 1 && n != xs[len(xs)-1] {
		graph.Fail("prob: ElementMixture: value of shape %v does not fit logits of shape %v", xs, []int(ls))
	}
	return eachOf(x, c)
}

// LogProb implements Dist.
func (d ElementMixture) LogProb(x *graph.Node) *graph.Node { return score(d.LogProbs(x)) }

// Sample returns for each element a draw of a component drawn by its weight.
// No derivative passes. All components are drawn, and numbered as rows of
// noise.
func (d ElementMixture) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	c := components("ElementMixture", d.Logits, 2)
	sh := d.Logits.Shape()
	k := choose(draw(s, graph.UniformNoise, lead, sh[len(sh)-2]), d.Logits)
	return pick(s, d.Components, lead, c, graph.OneHot(k, c))
}

// Moments returns those of each element; the components must have them.
func (d ElementMixture) Moments() (mean, variance *graph.Node) {
	complete(d)
	components("ElementMixture", d.Logits, 2)
	return mixedMoments(d.Components, swapLast(graph.Softmax(d.Logits)))
}

// CDF returns the mixture of those of the components, which must have one.
func (d ElementMixture) CDF(x *graph.Node) *graph.Node {
	complete(d)
	base, ok := d.Components.(Cumulative)
	if !ok {
		graph.Fail("prob: ElementMixture of %s, which has no CDF", NameOf(d.Components))
	}
	return graph.Sum(base.CDF(d.each(x)).Mul(swapLast(graph.Softmax(d.Logits))), -2)
}

// Support returns that of the components, or the reals if they do not say.
func (d ElementMixture) Support() Support {
	complete(d)
	return supportOf(d.Components)
}
