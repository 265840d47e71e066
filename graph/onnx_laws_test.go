package graph_test

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// lawCases are the log densities of package prob.
func lawCases() (all []onnxCase) {
	a, b := wave(2, 3), onnxInput{[]int{3}, []float64{.25, -.5, 1}}
	reals := onnxInput{[]int{2, 3}, []float64{-1.5, 0, 2, .25, -.75, 3}}
	unit := onnxInput{[]int{2, 3}, []float64{.125, .5, .75, .25, .875, .0625}}
	positive := onnxInput{[]int{2, 3}, []float64{.125, 1, 2.5, .25, 7, 3}}
	counts := onnxInput{[]int{2, 3}, []float64{0, 1, 2, 5, 0, 30}}
	bits := onnxInput{[]int{2, 3}, []float64{0, 1, 1, 1, 0, 0}}
	classes := onnxInput{[]int{2, 3}, []float64{0, 0, 1, 1, 0, 0}}
	simplex := onnxInput{[]int{2, 3}, []float64{.125, .5, .375, .25, .25, .5}}
	greys := onnxInput{[]int{2, 3}, []float64{0, 1, .2, .4, .6, .8}}
	number := graph.Const
	for _, c := range []struct {
		name string
		x    onnxInput
		law  func(a, b *graph.Node) prob.Dist
	}{
		{"Bernoulli", bits, func(a, b *graph.Node) prob.Dist { return prob.Bernoulli{Logits: a} }},
		{"Beta", unit, func(a, b *graph.Node) prob.Dist { return prob.Beta{LogA: a, LogB: b} }},
		{"Binomial", counts, func(a, b *graph.Node) prob.Dist { return prob.Binomial{Total: number(40), Logits: a} }},
		{"Cauchy", reals, func(a, b *graph.Node) prob.Dist { return prob.Cauchy{Loc: a, LogScale: b} }},
		{"ContinuousBernoulli", unit, func(a, b *graph.Node) prob.Dist { return prob.ContinuousBernoulli{Logits: a} }},
		{"Dirichlet", simplex, func(a, b *graph.Node) prob.Dist { return prob.Dirichlet{LogConcentration: a} }},
		{"DiscretizedLogistic", greys, func(a, b *graph.Node) prob.Dist { return prob.DiscretizedLogistic{Loc: a, LogScale: b, Bins: 6} }},
		{"Exponential", positive, func(a, b *graph.Node) prob.Dist { return prob.Exponential{LogRate: a} }},
		{"Gamma", positive, func(a, b *graph.Node) prob.Dist { return prob.Gamma{LogConcentration: a, LogRate: b} }},
		{"Geometric", counts, func(a, b *graph.Node) prob.Dist { return prob.Geometric{Logits: a} }},
		{"Gumbel", reals, func(a, b *graph.Node) prob.Dist { return prob.Gumbel{Loc: a, LogScale: b} }},
		{"HalfCauchy", positive, func(a, b *graph.Node) prob.Dist { return prob.HalfCauchy{LogScale: a} }},
		{"HalfNormal", positive, func(a, b *graph.Node) prob.Dist { return prob.HalfNormal{LogScale: a} }},
		{"InverseGamma", positive, func(a, b *graph.Node) prob.Dist { return prob.InverseGamma{LogConcentration: a, LogScale: b} }},
		{"Laplace", reals, func(a, b *graph.Node) prob.Dist { return prob.Laplace{Loc: a, LogScale: b} }},
		{"Logistic", reals, func(a, b *graph.Node) prob.Dist { return prob.Logistic{Loc: a, LogScale: b} }},
		{"LogNormal", positive, func(a, b *graph.Node) prob.Dist { return prob.LogNormal{Loc: a, LogScale: b} }},
		{"NegativeBinomial", counts, func(a, b *graph.Node) prob.Dist { return prob.NegativeBinomial{LogTotal: a, Logits: b} }},
		{"Normal", reals, func(a, b *graph.Node) prob.Dist { return prob.Normal{Mean: a, LogStd: b} }},
		{"OneHot", classes, func(a, b *graph.Node) prob.Dist { return prob.OneHot{Logits: a} }},
		{"Poisson", counts, func(a, b *graph.Node) prob.Dist { return prob.Poisson{LogRate: a} }},
		{"RelaxedBernoulli", unit, func(a, b *graph.Node) prob.Dist { return prob.RelaxedBernoulli{Logits: a, Temperature: number(.5)} }},
		{"RelaxedOneHot", onnxInput{[]int{2, 3}, []float64{-2, -1, -.7, -.5, -1.5, -2}}, func(a, b *graph.Node) prob.Dist {
			return prob.RelaxedOneHot{Logits: a, Temperature: number(.5)}
		}},
		{"StudentT", reals, func(a, b *graph.Node) prob.Dist { return prob.StudentT{LogDF: a, Loc: b, LogScale: number(.25)} }},
		{"Uniform", unit, func(a, b *graph.Node) prob.Dist { return prob.Uniform{Low: number(-1), High: number(2)} }},
	} {
		all = append(all, formula(c.name+" log density", func(x []*graph.Node) *graph.Node {
			return c.law(x[0], x[1]).LogProb(x[2])
		}, a, b, c.x))
	}
	return all
}
