package prob

import "github.com/latentgo/latent/graph"

// Mixture is a mixture of C laws of one family over the event as one,
//
//	p(x) = Σ_c w_c·p_c(x),  w = softmax(l)
//
// Logits are […, C]; Components is one distribution with parameters
// […, C, D], such as Normal for a mixture of Gaussians, or the guide at
// pseudo-inputs for a VampPrior (Tomczak and Welling, arXiv 1705.07120).
// ElementMixture mixes each element by itself.
type Mixture struct {
	Logits     *graph.Node
	Components Dist
}

var (
	_ Sampler   = Mixture{}
	_ Moments   = Mixture{}
	_ Supported = Mixture{}
)

// LogProb implements Dist.
func (d Mixture) LogProb(x *graph.Node) *graph.Node {
	complete(d)
	c := components("Mixture", d.Logits, 1)
	l := d.Components.LogProb(eachOf(x, c))
	if sh := l.Shape(); len(sh) == 0 || sh[len(sh)-1] != c {
		graph.Fail("prob: Mixture: %s scores shape %v for %d components", NameOf(d.Components), sh, c)
	}
	return graph.LogSumExp(l.Add(graph.LogSoftmax(d.Logits)), -1)
}

// components returns C of logits that have rank axes at least.
func components(what string, logits *graph.Node, rank int) int {
	sh := logits.Shape()
	if len(sh) < rank || sh[len(sh)-1] == 0 {
		graph.Fail("prob: %s: logits of shape %v, want rank %d or more", what, sh, rank)
	}
	return sh[len(sh)-1]
}

// eachOf repeats x […, D] for c components: […, C, D].
func eachOf(x *graph.Node, c int) *graph.Node {
	x = graph.ExpandDims(x, -2)
	sh := x.Shape()
	sh[len(sh)-2] = c
	return graph.BroadcastTo(x, sh...)
}

// Sample returns a draw of a component drawn by its weight. No derivative
// passes: the choice has none. All components are drawn, and numbered as rows
// of noise.
func (d Mixture) Sample(s *graph.Scope, lead ...int) *graph.Node {
	complete(d)
	c := components("Mixture", d.Logits, 1)
	k := choose(draw(s, graph.UniformNoise, lead, 1), graph.ExpandDims(d.Logits, -2))
	return pick(s, d.Components, lead, c, graph.OneHot(k, c))
}

// pick draws all components, [lead…, C, D], and keeps those that at marks,
// [lead…, D or 1, C].
func pick(s *graph.Scope, components Dist, lead []int, c int, at *graph.Node) *graph.Node {
	src, ok := components.(Sampler)
	if !ok {
		graph.Fail("prob: mixture of %s, which cannot be drawn from: it has no Sample method", NameOf(components))
	}
	all := src.Sample(s.In("component"), append(append([]int(nil), lead...), c)...)
	one := graph.Where(swapLast(at), all, graph.Const(0))
	return graph.StopGrad(graph.Sum(one, -2))
}

// swapLast transposes the last two axes.
func swapLast(x *graph.Node) *graph.Node {
	perm := make([]int, len(x.Shape()))
	for i := range perm {
		perm[i] = i
	}
	n := len(perm)
	perm[n-1], perm[n-2] = n-2, n-1
	return graph.Transpose(x, perm...)
}

// Moments returns those of the mixture; the components must have them.
func (d Mixture) Moments() (mean, variance *graph.Node) {
	complete(d)
	w := graph.ExpandDims(graph.Softmax(d.Logits), -1) // [C, 1]
	return mixedMoments(d.Components, w)
}

// mixedMoments returns Σ w·m and Σ w·(v+m²) − (Σ w·m)² for weights […, C, D].
func mixedMoments(components Dist, w *graph.Node) (mean, variance *graph.Node) {
	base, ok := components.(Moments)
	if !ok {
		graph.Fail("prob: mixture of %s, which has no Moments", NameOf(components))
	}
	m, v := base.Moments()
	mean = graph.Sum(m.Mul(w), -2)
	off := m.Sub(graph.ExpandDims(mean, -2))
	return mean, graph.Sum(v.Add(off.Square()).Mul(w), -2)
}

// Support returns that of the components, or the reals if they do not say.
func (d Mixture) Support() Support {
	complete(d)
	return supportOf(d.Components)
}

// supportOf returns a distribution's support, or the reals if it does not say.
func supportOf(d Dist) Support {
	set, _ := SupportOf(d)
	return set
}
