package main

import (
	"context"
	"math"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// linear is p(z) = N(0,1), p(x|z) = N(z·w + b, σ²I) with a guide
// q(z|x) = N(x·a + c, s²), which can be the posterior.
type linear struct{ w, b, logStd, a, c, logS *graph.Node }

func newLinear(s *graph.Scope) linear {
	p, q := s.In("p"), s.In("q")
	return linear{
		w: p.Param("w", graph.Constant(1), 1, 3), b: p.Param("b", graph.Constant(0), 3), logStd: p.Param("log_std", graph.Constant(0), 3),
		a: q.In("mean").Param("a", graph.Constant(0), 3, 1), c: q.In("mean").Param("c", graph.Constant(0), 1), logS: q.In("scale").Param("log_std", graph.Constant(0), 1),
	}
}

func linearModel(s *graph.Scope) vi.Model { return newLinear(s).model(false) }

// model returns the model, with quadrature in place of draws or not.
func (m linear) model(quadrature bool) vi.Model {
	return vi.Model{Joint: m.joint, Guide: func(t *vi.Trace) {
		if q := m.guide(t.Given("x")); quadrature {
			t.Draw("z", nodal{q})
		} else {
			t.Draw("z", q)
		}
	}}
}

func (m linear) joint(t *vi.Trace) {
	z := t.Draw("z", prob.StdNormal(1))
	t.Draw("x", prob.Normal{Mean: graph.Linear(z, m.w, m.b), LogStd: m.logStd})
}

func (m linear) guide(x *graph.Node) prob.Normal {
	return prob.Normal{Mean: graph.Linear(x, m.a, m.c), LogStd: m.logS}
}

// linearAt returns parameters whose guide is the posterior moved by shift and
// scaled, in its own standard deviations.
func linearAt(shift, scale float64) func(context.Context) (*graph.Params, error) {
	w, b, std := []float64{1, -.5, .8}, []float64{.2, 0, -.3}, []float64{.5, .7, .6}
	precision := 1.
	for d := range w {
		precision += w[d] * w[d] / (std[d] * std[d])
	}
	sd := 1 / math.Sqrt(precision)
	c := shift * sd
	a, logStd := make([]float64, 3), make([]float64, 3)
	for d := range w {
		a[d] = w[d] / (std[d] * std[d]) / precision
		c -= a[d] * b[d]
		logStd[d] = math.Log(std[d])
	}
	at := map[string][]float64{
		"p/w": w, "p/b": b, "p/log_std": logStd, "q/mean/a": a, "q/mean/c": {c}, "q/scale/log_std": {math.Log(sd * scale)},
	}
	return func(context.Context) (*graph.Params, error) { return values(linearModel, at) }
}

// linearELBO is the expectation of the bound in closed form,
//
//	E log p(x|z) = log N(x; w·m + b, σ²) − ½·s²·Σ_d w_d²/σ_d²
func linearELBO(s *graph.Scope, d vi.Data) *vi.Estimate {
	m := newLinear(s)
	q := m.guide(d["x"])
	at := prob.Normal{Mean: graph.Linear(q.Mean, m.w, m.b), LogStd: m.logStd}.LogProb(d["x"])
	w := graph.Sum(m.w.Square().Mul(graph.Exp(m.logStd.Scale(-2))))
	spread := graph.Sum(graph.Exp(m.logS.Scale(2))).Mul(w).Scale(.5)
	return exactly(at.Sub(spread).Sub(prob.KL(q, prob.StdNormal(1))))
}

// linearPairs is the bound of two draws by quadrature.
func linearPairs(beta float64) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		r := vi.Run(s, newLinear(s).model(true), d, vi.Config{K: nodes})
		return pairs(beta, r.LogWeights(), nodeWeights(s))
	}
}

func linearGaussian() problem {
	elbo := func(name string, o vi.ELBO) bench.Case {
		return bench.Case{Estimator: name, Objective: "ELBO", Bound: o, Exact: linearELBO}
	}
	p := problem{
		name:  "linear",
		about: "z of 1, x of 3 normal; 8 rows; exact gradients in closed form and by quadrature",
		model: linearModel,
		data:  rows("x", 3, 1.1, -.4, .3, -.6, .9, -1.2, .2, .1, 0, 1.9, -1.3, 1.4, -1.5, .4, -.9, .7, -.8, .1, -.2, .6, -.3, .4, 0, 1.1),
		group: folder,
		draws: 10000,
		cases: []bench.Case{
			elbo("Pathwise", vi.ELBO{}),
			elbo("Pathwise, KL by draws", vi.ELBO{KL: vi.MonteCarlo}),
			elbo("STL", vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}}),
			elbo("MeasureValued", vi.ELBO{Config: vi.Config{Estimator: vi.MeasureValued{}}}),
			elbo("Score", vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}),
			elbo("Score{MovingAverage}", vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.MovingAverage{}}}}),
			elbo("Score{NVIL}", vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.NVIL{Hidden: 10}}}}),
		},
		points: []point{
			{"near", linearAt(.5, .8)},
			{"posterior", linearAt(0, 1)},
			{"narrower", linearAt(0, 2.5/3)},
			{"moved", linearAt(2, 1)},
			{"far and narrow", linearAt(-5./3, 1./3)},
		},
		warmup: 1000,
	}
	for _, e := range []struct {
		name string
		e    vi.Estimator
	}{{"Pathwise", nil}, {"STL", vi.STL{}}, {"DReG", vi.DReG{}}, {"Score", vi.Score{}}, {"VIMCO", vi.VIMCO{}}} {
		biased := e.name == "STL"
		p.cases = append(p.cases,
			bench.Case{Estimator: e.name, Objective: "IWAE-2", Bound: vi.IWAE{Config: vi.Config{K: 2, Estimator: e.e}}, Exact: linearPairs(1), Biased: biased},
			bench.Case{Estimator: e.name, Objective: "IWAE-10", Bound: vi.IWAE{Config: vi.Config{K: 10, Estimator: e.e}}, Biased: biased},
			bench.Case{Estimator: e.name, Objective: "Renyi-2 α=.5", Bound: vi.Renyi{Config: vi.Config{K: 2, Estimator: e.e}, Alpha: .5}, Exact: linearPairs(.5), Biased: biased})
	}
	byObjective(p.cases)
	return p
}

func rows(name string, cols int, v ...float64) *data.Set {
	d, err := data.New(data.FromFlat(name, v, cols))
	if err != nil {
		panic(err) // constants of the program
	}
	return d
}
