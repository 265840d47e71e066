package guide

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// twoIAFs declares two inverse autoregressive flows, the second in the reverse
// order.
func twoIAFs(s *graph.Scope, d int) prob.Bijector {
	c := flow.Config{Hidden: []int{2*d + 10}}
	return prob.Chain(flow.NewIAF(s.In("0"), d, c), flow.Reverse(d), flow.NewIAF(s.In("1"), d, c))
}

// flat is a law of one event [D] by one of a row [1, D], which layers want.
type flat struct{ of prob.Transformed }

var _ prob.Pathwise = flat{}

// LogProb implements prob.Dist.
func (d flat) LogProb(x *graph.Node) *graph.Node {
	return graph.Squeeze(d.of.LogProb(graph.ExpandDims(x, 0)), 0)
}

// Sample implements prob.Sampler.
func (d flat) Sample(s *graph.Scope, _ ...int) *graph.Node {
	return graph.Squeeze(d.of.Sample(s, 1), 0)
}

// SampleScore implements prob.SampleScorer.
func (d flat) SampleScore(s *graph.Scope, _ ...int) (x, logProb *graph.Node) {
	x, l := d.of.SampleScore(s, 1)
	return graph.Squeeze(x, 0), graph.Squeeze(l, 0)
}

// Pathwise marks Sample as reparameterised.
func (flat) Pathwise() {}
