package main

import (
	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// mixed has a normal z and a bit y ~ q(y|z): the gradient by the guide's
// parameters of z passes log q(y|z).
type mixed struct{ prior, w, slope, logStd, a, logS, c, d *graph.Node }

func newMixed(s *graph.Scope) mixed {
	p, z, y := s.In("p"), s.In("q(z)"), s.In("q(y)")
	return mixed{
		prior: p.Param("prior", graph.Constant(.4), 1), w: p.Param("w", graph.Constant(1.2), 1),
		slope: p.Param("slope", graph.Constant(.5), 1), logStd: p.Param("log_std", graph.Constant(-.2), 1),
		a: z.Param("a", graph.Constant(.5), 1), logS: z.Param("log_std", graph.Constant(-.3), 1),
		c: y.Param("c", graph.Constant(.2), 1), d: y.Param("d", graph.Constant(1.1), 1),
	}
}

func mixedModel(s *graph.Scope) vi.Model { return newMixed(s).model(false) }

func (m mixed) model(quadrature bool) vi.Model {
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(1))
			y := t.Draw("y", prob.Bernoulli{Logits: z.Mul(m.prior)})
			t.Draw("x", prob.Normal{Mean: y.Mul(m.w).Add(z.Mul(m.slope)), LogStd: m.logStd})
		},
		Guide: func(t *vi.Trace) {
			q := prob.Normal{Mean: t.Given("x").Mul(m.a), LogStd: m.logS}
			var z *graph.Node
			if quadrature {
				z = t.Draw("z", nodal{q})
			} else {
				z = t.Draw("z", q)
			}
			t.Draw("y", prob.Bernoulli{Logits: z.Mul(m.d).Add(m.c)})
		},
	}
}

// mixedELBO goes through the values of y and the points of a quadrature for z.
func mixedELBO(s *graph.Scope, d vi.Data) *vi.Estimate {
	r := vi.Run(s, newMixed(s).model(true), d, vi.Config{K: nodes, Enumerate: []string{"y"}})
	bound := graph.Sum(graph.Exp(r.Site("y").LogQ).Mul(r.LogWeights()), 0) // [K, B]
	return exactly(graph.Sum(bound.Mul(nodeWeights(s)), 0))
}

func mixedSites() problem {
	elbo := func(name string, biased bool, k int, z, y vi.Estimator) bench.Case {
		return bench.Case{
			Estimator: name, Objective: "ELBO", Exact: mixedELBO, Biased: biased,
			Bound: vi.ELBO{Config: vi.Config{K: k, Sites: map[string]vi.Estimator{"z": z, "y": y}}},
		}
	}
	p := problem{
		name:  "mixed",
		about: "z normal, then a bit y ~ q(y|z); 6 rows; exact gradient by quadrature and enumeration",
		model: mixedModel,
		data:  rows("x", 1, 1.6, -.9, .3, 2.1, -.2, .8),
		group: top, draws: 10000, warmup: 1000,
		cases: []bench.Case{
			elbo("Pathwise; Score", false, 1, vi.Pathwise{}, vi.Score{}),
			elbo("Pathwise; Score{MovingAverage}", false, 1, vi.Pathwise{}, vi.Score{Baseline: vi.MovingAverage{}}),
			elbo("STL; Score{MovingAverage}", false, 1, vi.STL{}, vi.Score{Baseline: vi.MovingAverage{}}),
			elbo("Pathwise; DisARM", false, 1, vi.Pathwise{}, vi.DisARM{}),
			elbo("Score; Score", false, 1, vi.Score{}, vi.Score{}),
			elbo("Pathwise; Enumerate", false, 1, vi.Pathwise{}, vi.Enumerate{}),
			elbo("Pathwise; GumbelSoftmax", true, 1, vi.Pathwise{}, vi.GumbelSoftmax{}),
			elbo("Pathwise; StraightThrough", true, 1, vi.Pathwise{}, vi.StraightThrough{}),
			elbo("Pathwise; LeaveOneOut, 4 draws", false, 4, vi.Pathwise{}, vi.Score{Baseline: vi.LeaveOneOut{}}),
		},
	}
	p.points = []point{
		p.trained("start", mixedELBO, graph.Float64, 0, 0),
		p.trained("halfway", mixedELBO, graph.Float64, 30, .02),
		p.trained("optimum", mixedELBO, graph.Float64, 1000, .02),
	}
	return p
}
