package main

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// likelihood is a law p(x|z) of the pixels.
type likelihood struct {
	of    func(h, logScale *graph.Node) prob.Dist // by the decoder's output
	least float64                                 // scale of a pixel, which is learned; 0: the law has none
}

// The pixels are from 0 to 1. A normal density finer than one grey level would
// only measure how finely the pixels were rounded, and grow without bound on
// those that never change. Probabilities of grey levels are bounded.
var likelihoods = map[string]likelihood{
	"bernoulli":            {func(h, _ *graph.Node) prob.Dist { return prob.Bernoulli{Logits: h} }, 0},
	"continuous-bernoulli": {func(h, _ *graph.Node) prob.Dist { return prob.ContinuousBernoulli{Logits: h} }, 0},
	"normal":               {func(h, l *graph.Node) prob.Dist { return prob.Normal{Mean: graph.Sigmoid(h), LogStd: l} }, 1. / 255},
	"discretized-logistic": {func(h, l *graph.Node) prob.Dist { return prob.DiscretizedLogistic{Loc: graph.Sigmoid(h), LogScale: l} }, .1 / 255},
}

// declare declares the scales, log s = log least + log(1+exp(raw)). They start
// at ½, wide: with narrow ones the latent variables learn the mean picture
// before the decoder's biases can, and samples far from the data are negatives.
func (l likelihood) declare(s *graph.Scope, pixels int) func(h *graph.Node) prob.Dist {
	var logScale *graph.Node
	if l.least > 0 {
		first := math.Log(math.Expm1(math.Log(.5 / l.least)))
		raw := s.Param("scale", graph.Constant(first), pixels)
		logScale = graph.Softplus(raw).Shift(math.Log(l.least))
	}
	return func(h *graph.Node) prob.Dist { return l.of(h, logScale) }
}

// picture is the mean, or for discretized-logistic, where that has no closed
// form, the mean before rounding.
func picture(d prob.Dist) *graph.Node {
	if l, ok := d.(prob.DiscretizedLogistic); ok {
		return l.Loc
	}
	mean, _ := d.(prob.Moments).Moments()
	return mean
}

// names lists what a flag takes.
func names[V any](of map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(of)), ", ")
}
