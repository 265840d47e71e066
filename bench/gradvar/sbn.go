package main

import (
	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// beliefModel is a sigmoid belief net with 3 hidden and 6 visible bits and a
// guide of one layer.
func beliefModel(s *graph.Scope) vi.Model {
	p, q := s.In("p"), s.In("q")
	prior := p.Param("prior", graph.Gaussian{Std: .5}, 3)
	w, b := p.Param("w", graph.Gaussian{Std: 1.5}, 3, 6), p.Param("b", graph.Gaussian{Std: .3}, 6)
	a, c := q.Param("a", graph.Gaussian{Std: .7}, 6, 3), q.Param("c", graph.Gaussian{Std: .3}, 3)
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.Bernoulli{Logits: prior})
			t.Draw("x", prob.Bernoulli{Logits: graph.Linear(z, w, b)})
		},
		Guide: func(t *vi.Trace) { t.Draw("z", prob.Bernoulli{Logits: graph.Linear(t.Given("x"), a, c)}) },
	}
}

// enumerated returns log p(x,z) − log q(z|x) and log q(z|x) of all values of z,
// [8, B].
func enumerated(s *graph.Scope, d vi.Data) (logw, logq *graph.Node) {
	r := vi.Run(s, beliefModel(s), d, vi.Config{Enumerate: []string{"z"}})
	rows := func(x *graph.Node) *graph.Node { return graph.Reshape(x, 8, r.Rows) } // [E, 1, B]
	return rows(r.LogWeights()), rows(r.Site("z").LogQ)
}

// beliefPairs is IWAE of two draws over all 8·8 pairs.
func beliefPairs(s *graph.Scope, d vi.Data) *vi.Estimate {
	logw, logq := enumerated(s, d)
	return pairs(1, logw, graph.Exp(logq))
}

// guided is enumerated with log p constant: the χ bounds train the guide alone.
func guided(s *graph.Scope, d vi.Data) (logw, logq *graph.Node) {
	logw, logq = enumerated(s, d)
	return graph.StopGrad(logw.Add(logq)).Sub(logq), logq
}

// chiPairs is the χ bound of two draws over all 8·8 pairs, to be lowered.
func chiPairs(s *graph.Scope, d vi.Data) *vi.Estimate {
	logw, logq := guided(s, d)
	return pairs(2, logw, graph.Exp(logq)).Times(s.Const(-1))
}

// beliefChi is the χ bound itself, ½ log E w², to be lowered.
func beliefChi(s *graph.Scope, d vi.Data) *vi.Estimate {
	logw, logq := guided(s, d)
	b := graph.LogSumExp(logw.Scale(2).Add(logq), 0).Scale(.5)
	return exactly(b.Neg())
}

// beliefTVO is the expectation of the thermodynamic objective of two draws, at the
// points 0, .1 and 1, over all 8·8 pairs.
func beliefTVO(s *graph.Scope, d vi.Data) *vi.Estimate {
	logw, logq := enumerated(s, d)
	la, lb := graph.ExpandDims(logw, 0), graph.ExpandDims(logw, 1)
	at := func(beta float64) *graph.Node { // w̃·log w of a pair
		first := graph.Sigmoid(la.Sub(lb).Scale(beta))
		return first.Mul(la.Sub(lb)).Add(lb)
	}
	l := at(0).Scale(.1).Add(at(.1).Scale(.9))
	p := graph.Exp(graph.ExpandDims(logq, 0).Add(graph.ExpandDims(logq, 1)))
	return exactly(graph.Sum(p.Mul(l), 0, 1))
}

// beliefWake is what reweighted wake-sleep tends to with many draws: log p(x)
// for the joint and −KL(p(z|x) ‖ q(z|x)) for the guide.
func beliefWake(s *graph.Scope, d vi.Data) *vi.Estimate {
	logw, logq := enumerated(s, d)
	both := logw.Add(logq) // log p(x,z), where the guide cancels
	evidence := graph.LogSumExp(both, 0)
	posterior := graph.StopGrad(graph.Exp(both.Sub(graph.ExpandDims(evidence, 0))))
	return exactly(evidence.Add(graph.Sum(posterior.Mul(logq), 0)))
}

func beliefNet() problem {
	exact := plainly(beliefModel, vi.ELBO{Config: vi.Config{Enumerate: []string{"z"}}})
	elbo := func(name string, biased bool, k int, e vi.Estimator) bench.Case {
		return bench.Case{Estimator: name, Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{K: k, Estimator: e}}, Exact: exact, Biased: biased}
	}
	some := func(name string, e vi.Estimator) bench.Case {
		return bench.Case{Estimator: name, Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{Sites: map[string]vi.Estimator{"z": e}}}, Exact: exact}
	}
	iwae := func(name string, e vi.Estimator) bench.Case {
		return bench.Case{Estimator: name, Objective: "IWAE-2", Bound: vi.IWAE{Config: vi.Config{K: 2, Estimator: e}}, Exact: beliefPairs}
	}
	p := problem{
		name:  "sbn",
		about: "sigmoid belief net, 3 hidden and 6 visible bits; 8 rows; exact gradients by enumeration",
		model: beliefModel,
		data:  rows("x", 6, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
		group: top, draws: 10000, warmup: 1000,
		cases: []bench.Case{
			elbo("Score", false, 1, vi.Score{}),
			elbo("Score{MovingAverage}", false, 1, vi.Score{Baseline: vi.MovingAverage{}}),
			elbo("Score{NVIL}", false, 1, vi.Score{Baseline: vi.NVIL{Hidden: 20}}),
			elbo("ARM", false, 1, vi.ARM{}),
			elbo("DisARM", false, 1, vi.DisARM{}),
			elbo("REBAR", false, 1, vi.REBAR{}),
			elbo("REBAR by regression", false, 1, vi.REBAR{Regress: true}),
			elbo("RELAX", false, 1, vi.RELAX{}),
			elbo("RELAX by regression", false, 1, vi.RELAX{Regress: true}),
			elbo("GumbelSoftmax τ=.67", true, 1, vi.GumbelSoftmax{}),
			{Estimator: "GumbelSoftmax τ=.1", Objective: "ELBO", Bound: cold(.1), Exact: exact, Biased: true},
			elbo("StraightThrough", true, 1, vi.StraightThrough{}),
			elbo("GappedST", true, 1, vi.GappedST{}),
			elbo("DecoupledST", true, 1, vi.DecoupledST{}),
			elbo("Score, 4 draws", false, 4, vi.Score{}),
			elbo("Score{LeaveOneOut}, 4 draws", false, 4, vi.Score{Baseline: vi.LeaveOneOut{}}),
			elbo("ARMS in pairs, 4 draws", false, 4, vi.ARMS{Group: 2}),
			elbo("ARMS, 4 draws", false, 4, vi.ARMS{}),
			elbo("DoubleCV, 4 draws", false, 4, vi.DoubleCV{}),
			elbo("DoubleCV by regression, 4 draws", false, 4, vi.DoubleCV{Regress: true}),
			elbo("RODEO, 4 draws", false, 4, vi.RODEO{}),
			elbo("RODEO by regression, 4 draws", false, 4, vi.RODEO{Regress: true}),
			some("UnorderedSet of 4", vi.UnorderedSet{Size: 4}),
			some("Marginalised, 3 and a draw", vi.Marginalised{Size: 3}),
			iwae("Score", vi.Score{}),
			iwae("Score{NVIL}", vi.Score{Baseline: vi.NVIL{Hidden: 20}}),
			iwae("VIMCO", vi.VIMCO{}),
			{Estimator: "VIMCO", Objective: "Chi-2", Bound: vi.Chi{Config: vi.Config{K: 2, Estimator: vi.VIMCO{}}}, Exact: chiPairs},
			{Estimator: "VIMCO", Objective: "Chi-2 for ∞ draws", Bound: vi.Chi{Config: vi.Config{K: 2, Estimator: vi.VIMCO{}}}, Exact: beliefChi, Biased: true},
			{Estimator: "(none)", Objective: "TVO-2", Bound: vi.TVO{K: 2}, Exact: beliefTVO, Biased: true},
			{Estimator: "(none)", Objective: "ReweightedWakeSleep-5", Bound: vi.ReweightedWakeSleep{K: 5}, Exact: beliefWake, Biased: true},
		},
	}
	p.points = []point{
		p.trained("halfway", exact, graph.Float64, 50, .02),
		p.trained("start", exact, graph.Float64, 0, 0),
		p.trained("optimum", exact, graph.Float64, 1000, .02),
	}
	return p
}

// cold is ELBO under GumbelSoftmax of a given temperature.
func cold(temperature float64) bench.Made {
	return func(s *graph.Scope) vi.Objective {
		return vi.ELBO{Config: vi.Config{Estimator: vi.GumbelSoftmax{Temperature: s.Const(temperature)}}}
	}
}
