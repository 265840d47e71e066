package main

import (
	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// mixtureModel has two classes of four for six bits, the second by the first in the
// joint.
func mixtureModel(s *graph.Scope) vi.Model {
	p, q := s.In("p"), s.In("q")
	prior := p.Param("prior", graph.Gaussian{Std: .5}, 4)
	w, b := p.Param("w", graph.Gaussian{Std: 1.5}, 4, 6), p.Param("b", graph.Gaussian{Std: .3}, 6)
	v := p.Param("v", graph.Gaussian{Std: 1}, 4, 4)
	a, c := q.Param("a", graph.Gaussian{Std: .7}, 6, 4), q.Param("c", graph.Gaussian{Std: .3}, 4)
	e, f := q.Param("e", graph.Gaussian{Std: .7}, 6, 4), q.Param("f", graph.Gaussian{Std: .3}, 4)
	return vi.Model{
		Joint: func(t *vi.Trace) {
			y := t.Draw("y", prob.OneHot{Logits: prior})
			z := t.Draw("z", prob.OneHot{Logits: graph.MatMul(y, v)})
			t.Draw("x", prob.Bernoulli{Logits: graph.Linear(z, w, b)})
		},
		Guide: func(t *vi.Trace) {
			t.Draw("y", prob.OneHot{Logits: graph.Linear(t.Given("x"), a, c)})
			t.Draw("z", prob.OneHot{Logits: graph.Linear(t.Given("x"), e, f)})
		},
	}
}

func classes() problem {
	exact := plainly(mixtureModel, vi.ELBO{Config: vi.Config{Enumerate: []string{"z", "y"}}})
	elbo := func(name string, biased bool, k int, e vi.Estimator) bench.Case {
		return bench.Case{Estimator: name, Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{K: k, Estimator: e}}, Exact: exact, Biased: biased}
	}
	some := func(name string, e vi.Estimator) bench.Case {
		return bench.Case{Estimator: name, Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{Sites: map[string]vi.Estimator{"z": e, "y": vi.Score{}}}}, Exact: exact}
	}
	p := problem{
		name:  "classes",
		about: "two classes of four, the second by the first in the joint, for 6 visible bits; 8 rows; exact gradients by enumeration",
		model: mixtureModel,
		data:  beliefNet().data,
		group: top, draws: 10000, warmup: 1000,
		cases: []bench.Case{
			elbo("Score", false, 1, vi.Score{}),
			elbo("Score{NVIL}", false, 1, vi.Score{Baseline: vi.NVIL{Hidden: 20}}),
			elbo("ARM", false, 1, vi.ARM{}),
			elbo("DisARM", false, 1, vi.DisARM{}),
			elbo("REBAR", false, 1, vi.REBAR{}),
			elbo("REBAR by regression", false, 1, vi.REBAR{Regress: true}),
			elbo("RELAX", false, 1, vi.RELAX{}),
			elbo("RELAX by regression", false, 1, vi.RELAX{Regress: true}),
			elbo("GumbelSoftmax τ=.67", true, 1, vi.GumbelSoftmax{}),
			elbo("StraightThrough", true, 1, vi.StraightThrough{}),
			elbo("GappedST", true, 1, vi.GappedST{}),
			elbo("DecoupledST", true, 1, vi.DecoupledST{}),
			some("UnorderedSet of 2; Score", vi.UnorderedSet{Size: 2}),
			some("Marginalised, 2 and a draw; Score", vi.Marginalised{Size: 2}),
			elbo("Score{LeaveOneOut}, 4 draws", false, 4, vi.Score{Baseline: vi.LeaveOneOut{}}),
			elbo("ARMS, 4 draws", false, 4, vi.ARMS{}),
			elbo("DoubleCV, 4 draws", false, 4, vi.DoubleCV{}),
			elbo("DoubleCV by regression, 4 draws", false, 4, vi.DoubleCV{Regress: true}),
			elbo("RODEO, 4 draws", false, 4, vi.RODEO{}),
			elbo("RODEO by regression, 4 draws", false, 4, vi.RODEO{Regress: true}),
		},
	}
	p.points = []point{
		p.trained("halfway", exact, graph.Float64, 50, .02),
		p.trained("start", exact, graph.Float64, 0, 0),
		p.trained("optimum", exact, graph.Float64, 1000, .02),
	}
	return p
}
