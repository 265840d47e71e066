package vi

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// MeasureValued is the weak-derivative estimator for the parameters of a
// prob.Normal, one event element at a time, the others at their draw,
//
//	∂E[f]/∂μ = (E f(μ+σW) − E f(μ−σW)) / (σ√2π),  W Rayleigh
//	∂E[f]/∂σ = (E f(μ+σM) − E f(z)) / σ,  M double-sided Maxwell
//
// (Mohamed, Rosca, Figurnov and Mnih, arXiv 1906.10652). W is
// shared by both signs, and M = sgn(ε)·√(ε²−2 log u) by the draw's own noise ε.
// f need not be differentiable. Each event element, and of a global each element,
// takes three runs of what depends on the site, so at most 64 are taken.
type MeasureValued struct{}

const maxMeasured = 64

func (e MeasureValued) describe() estimator {
	return estimator{
		name: "MeasureValued", needs: signals | averages | pathwise | density | separable | normal, held: true,
		costs: e.costs, check: e.check,
	}
}

func (MeasureValued) check(_ *Record, _ latents, l latent) {
	if n := l.measured(); n > maxMeasured {
		graph.Fail("vi: site %s: MeasureValued runs the model three times for each element, and there are %d, more than %d; use vi.Pathwise", l.Name, n, maxMeasured)
	}
}

// measured is the number of elements that the terms of one signal depend on.
func (l latent) measured() int {
	if l.Global {
		return graph.Size(l.Value.Shape())
	}
	return eventOf(l.Value)
}

func (MeasureValued) costs(g *gradient, l latent) []Cost {
	d := l.law().(prob.Normal)
	shape := l.Value.Shape()
	n, scope, lead, sizes := l.measured(), g.r.Scope.In(l.Name), g.r.lead(eventOf(l.Value)), []int{eventOf(l.Value)}
	if l.Global {
		scope, lead, sizes = scope.RowAxis(-1), shape, shape
	}
	mean, logStd := graph.BroadcastTo(d.Mean, shape...), graph.BroadcastTo(d.LogStd, shape...)
	std := graph.Exp(logStd)
	eps := l.Value.Sub(mean).Div(std)
	u := scope.Noise("measure", graph.UniformNoise, lead...)
	w2 := graph.Log(u).Scale(-2) // Rayleigh²
	rayleigh := std.Mul(graph.Sqrt(w2))
	maxwell := std.Mul(graph.Sign(eps).Mul(graph.Sqrt(eps.Square().Add(w2))))

	here := g.bound.signal(g.r, l.Site)
	byMean, byStd := make([]*graph.Node, n), make([]*graph.Node, n)
	for i := range n {
		unit := make([]float64, n)
		unit[i] = 1
		one := graph.BroadcastTo(graph.Tensor(unit, sizes...), shape...)
		f := func(x *graph.Node) *graph.Node { return g.at(l, graph.Where(one, x, l.Value)) }
		up, dn := f(mean.Add(rayleigh)), f(mean.Sub(rayleigh))
		byMean[i] = graph.ExpandDims(up.Sub(dn), -1)
		byStd[i] = graph.ExpandDims(f(mean.Add(maxwell)).Sub(here), -1)
	}
	joined := func(by []*graph.Node) *graph.Node { return graph.Reshape(graph.Concat(-1, by...), shape...) }
	gm := joined(byMean).Div(std).Scale(1 / math.Sqrt(2*math.Pi))
	return []Cost{
		g.toward(l, "measure mean", gm, mean),
		g.toward(l, "measure std", joined(byStd), logStd), // σ·∂/∂σ
	}
}
