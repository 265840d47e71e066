package main

import (
	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// hierarchyModel has two normal layers, whose laws have parameters in the joint too.
func hierarchyModel(s *graph.Scope) vi.Model {
	const top, below = 2, 3
	p, prior, q1, q2 := s.In("p"), s.In("prior"), s.In("q").In("z1"), s.In("q").In("z2")
	weight := func(s *graph.Scope, from, to int) *graph.Node {
		return s.Param("w", graph.Gaussian{Std: .7}, from, to)
	}
	law := func(s *graph.Scope, from, to int) func(in *graph.Node) prob.Normal {
		w, logStd := weight(s, from, to), s.Param("log_std", graph.Constant(-.2), to)
		return func(in *graph.Node) prob.Normal { return prob.Normal{Mean: graph.MatMul(in, w), LogStd: logStd} }
	}
	w, ofPrior, of1, of2 := weight(p, below, 6), law(prior, top, below), law(q1, 6, below), law(q2, below, top)
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z2 := t.Draw("z2", prob.StdNormal(top))
			z1 := t.Draw("z1", ofPrior(graph.Tanh(z2)))
			t.Draw("x", prob.Bernoulli{Logits: graph.MatMul(graph.Tanh(z1), w)})
		},
		Guide: func(t *vi.Trace) {
			z1 := t.Draw("z1", of1(t.Given("x")))
			t.Draw("z2", of2(graph.Tanh(z1)))
		},
	}
}

func hierarchy() problem {
	p := problem{
		name:  "hierarchy",
		about: "two normal layers of 2 and 3 for 6 visible bits; 8 rows; bias against Pathwise",
		model: hierarchyModel,
		data:  beliefNet().data,
		group: top, draws: 10000, warmup: 1000,
	}
	for _, c := range []bench.Case{
		{Estimator: "Pathwise", Bound: vi.IWAE{Config: vi.Config{K: 8}}, Reference: true},
		{Estimator: "STL", Bound: vi.IWAE{Config: vi.Config{K: 8, Estimator: vi.STL{}}}, Biased: true},
		{Estimator: "DReG", Bound: vi.IWAE{Config: vi.Config{K: 8, Estimator: vi.DReG{}}}},
		{Estimator: "DReG{Prior}", Bound: vi.IWAE{Config: vi.Config{K: 8, Estimator: vi.DReG{Prior: true}}}},
		{Estimator: "VIMCO", Bound: vi.IWAE{Config: vi.Config{K: 8, Estimator: vi.VIMCO{}}}},
	} {
		c.Objective = "IWAE-8"
		p.cases = append(p.cases, c)
	}
	elbo := plainly(hierarchyModel, vi.ELBO{})
	p.points = []point{
		p.trained("halfway", elbo, graph.Float64, 200, .02),
		p.trained("start", elbo, graph.Float64, 0, 0),
		p.trained("optimum", elbo, graph.Float64, 2000, .02),
	}
	return p
}
