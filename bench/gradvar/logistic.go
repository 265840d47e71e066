package main

import (
	"math"
	"math/rand/v2"
	"strings"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// logisticRows and logisticInputs, the last of which is 1, are the sizes of the data.
const logisticRows, logisticInputs = 100, 9

// newLogistic is the guide of Bayesian logistic regression, w ~ N(0, I) and y ~
// Bernoulli(σ(x·w)): normal weights, each by itself.
func newLogistic(s *graph.Scope) prob.Normal {
	q := s.In("q")
	return prob.Normal{Mean: q.Param("mean", graph.Constant(0), logisticInputs), LogStd: q.Param("log_std", graph.Constant(-1), logisticInputs)}
}

// column is a vector of weights as a matrix of one column.
func column(w *graph.Node) *graph.Node { return graph.Reshape(w, logisticInputs, 1) }

func logisticModel(s *graph.Scope) vi.Model {
	q := newLogistic(s)
	return vi.Model{
		Guide: func(t *vi.Trace) { t.Global("w", q) },
		Joint: func(t *vi.Trace) {
			w := t.Global("w", prob.StdNormal(logisticInputs))
			t.Draw("y", prob.Bernoulli{Logits: graph.MatMul(t.Given("x"), column(w))})
		},
	}
}

// logisticELBO is the bound by a quadrature over x·w ~ N(x·m, x²·s²), row by row.
func logisticELBO(s *graph.Scope, d vi.Data) *vi.Estimate {
	q, x := newLogistic(s), d["x"]
	std := graph.Sqrt(graph.MatMul(x.Square(), column(graph.Exp(q.LogStd.Scale(2)))))
	at, weights := hermite()
	logits := graph.MatMul(x, column(q.Mean)).Add(std.Mul(s.Tensor(at, 1, nodes))) // [B, nodes]
	logp := d["y"].Mul(logits).Sub(graph.Softplus(logits))
	kl := graph.Sum(prob.KL(q, prob.StdNormal(logisticInputs)))
	return exactly(graph.Sum(logp.Mul(s.Tensor(weights, 1, nodes)), 1).Sub(kl.Scale(1. / logisticRows)))
}

// logisticData are drawn from the model, the inputs with a part in common.
func logisticData() *data.Set {
	r := rand.New(rand.NewPCG(1, 2))
	var w, x, y []float64
	for range logisticInputs {
		w = append(w, r.NormFloat64())
	}
	for range logisticRows {
		common, a := r.NormFloat64(), w[logisticInputs-1]
		for i := range logisticInputs - 1 {
			x = append(x, .5*common+r.NormFloat64())
			a += w[i] * x[len(x)-1]
		}
		x = append(x, 1)
		label := 0.
		if r.Float64() < 1/(1+math.Exp(-a)) {
			label = 1
		}
		y = append(y, label)
	}
	d, err := data.New(data.FromFlat("x", x, logisticInputs), data.FromFlat("y", y, 1))
	if err != nil {
		panic(err) // constants of the program
	}
	return d
}

// logisticRegression compares estimators at weights of the whole data set, as Mohamed,
// Rosca, Figurnov and Mnih do (arXiv 1906.10652, section 9).
func logisticRegression() problem {
	elbo := func(name string, k int, e vi.Estimator) bench.Case {
		o := vi.ELBO{Config: vi.Config{K: k, Total: logisticRows, Estimator: e}}
		return bench.Case{Estimator: name, Objective: "ELBO", Bound: o, Exact: logisticELBO}
	}
	inside := func(name string, e vi.Estimator) bench.Case {
		return bench.Case{Estimator: name, Objective: "IWVI-4", Bound: vi.IWVI{Config: vi.Config{K: 4, Total: logisticRows, Estimator: e}}}
	}
	reference := inside("Pathwise", nil)
	reference.Reference = true
	p := problem{
		name:  "logistic",
		about: "Bayesian logistic regression, 9 normal weights of the data set; 100 drawn rows; exact gradient by quadrature",
		model: logisticModel,
		data:  logisticData(),
		group: func(param string) string {
			if strings.HasPrefix(param, "q/") {
				return param
			}
			return ""
		},
		draws: 10000, warmup: 1000,
		cases: []bench.Case{
			elbo("Pathwise", 1, nil),
			elbo("STL", 1, vi.STL{}),
			elbo("MeasureValued", 1, vi.MeasureValued{}),
			elbo("Score", 1, vi.Score{}),
			elbo("Score{MovingAverage}", 1, vi.Score{Baseline: vi.MovingAverage{}}),
			elbo("Score{NVIL}", 1, vi.Score{Baseline: vi.NVIL{Hidden: 10}}),
			elbo("Score{LeaveOneOut}, 4 draws", 4, vi.Score{Baseline: vi.LeaveOneOut{}}),
			elbo("Score{LeaveOneOut}, 28 draws", 28, vi.Score{Baseline: vi.LeaveOneOut{}}),
			reference,
			inside("DReG", vi.DReG{}),
			inside("Score{MovingAverage}", vi.Score{Baseline: vi.MovingAverage{}}),
			inside("VIMCO", vi.VIMCO{}),
		},
	}
	p.points = []point{
		p.trained("halfway", logisticELBO, graph.Float64, 40, .02),
		p.trained("start", logisticELBO, graph.Float64, 0, 0),
		p.trained("optimum", logisticELBO, graph.Float64, 1000, .02),
	}
	return p
}
