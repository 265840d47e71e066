package main

import (
	"fmt"
	"math"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// bayesWidths are those of a classifier with normal weights, ReLU units and
// biases as one more row of each matrix.
var bayesWidths = []int{784, 60, 60, 10}

// bayesRates are the noise of the weights, q(w) = N(θ, αθ²): Gaussian dropout,
// of the rates ⅕ of pixels and ½ of units.
var bayesRates = []float64{.25, 1, 1}

// bayesModel is the classifier of labels y given pictures x (Kingma, Salimans
// and Welling, arXiv 1506.02557, section 3). Without noise the layers use θ.
func bayesModel(s *graph.Scope, noise bool) vi.Model {
	layers := len(bayesWidths) - 1
	q := make([]prob.Normal, layers)
	for i := range q {
		in, out := bayesWidths[i], bayesWidths[i+1]
		l := s.In(fmt.Sprintf("layer%d", i+1))
		mean := l.Param("theta", graph.He{}, in+1, out)
		q[i] = prob.Normal{Mean: mean, LogStd: graph.Log(graph.Abs(mean)).Shift(.5 * math.Log(bayesRates[i]))}
	}
	return vi.Model{
		Guide: func(t *vi.Trace) {
			for i := range q {
				t.Global(fmt.Sprintf("w%d", i+1), q[i], bayesWidths[i]+1)
			}
		},
		Joint: func(t *vi.Trace) {
			h := t.Given("x")
			for i := range q {
				if i > 0 {
					h = graph.Relu(h)
				}
				name, prior := fmt.Sprintf("w%d", i+1), dropoutPrior{rate: bayesRates[i]}
				h = graph.Pad(h, -1, 0, 1) // the bias reads 1 where there was 0
				h = h.Add(s.Tensor(lastOne(bayesWidths[i]+1), bayesWidths[i]+1))
				if noise {
					h = t.Product(name, prior, h, vi.MatMul{})
				} else {
					t.Global(name, prior, bayesWidths[i]+1)
					h = graph.MatMul(h, q[i].Mean)
				}
			}
			t.Draw("y", prob.Categorical{Logits: graph.ExpandDims(h, -2)})
		},
	}
}

// dropoutPrior is prob.LogUniform for weights N(θ, αθ²) of a known rate α, whose
// divergence does not depend on θ.
type dropoutPrior struct {
	prob.LogUniform
	rate float64
}

func init() {
	prob.RegisterKL(func(_ prob.Normal, p dropoutPrior) *graph.Node {
		return prob.DropoutKL(graph.Const(math.Log(p.rate)))
	})
}

func lastOne(n int) []float64 {
	v := make([]float64, n)
	v[n-1] = 1
	return v
}

func bayesNoisy(s *graph.Scope) vi.Model { return bayesModel(s, true) }
func bayesMeans(s *graph.Scope) vi.Model { return bayesModel(s, false) }

func bayesLayer() problem {
	d := data.Digits(1, 4000)
	elbo := func(e vi.Estimator) vi.ELBO { return vi.ELBO{Config: vi.Config{Total: d.Len(), Estimator: e}} }
	p := problem{
		name:  "bayes",
		about: "classifier 784-60-60-10 with normal weights on 4000 drawn digits; noise and the choice of 64 rows",
		model: bayesNoisy,
		data:  d,
		batch: 64,
		group: func(param string) string {
			switch param {
			case "layer1/theta", "layer3/theta":
				return param
			}
			return ""
		},
		draws: 300,
		cases: []bench.Case{
			{Estimator: "none", Objective: "ELBO", Bound: elbo(nil), Model: bayesMeans},
			{Estimator: "Local", Objective: "ELBO", Bound: elbo(vi.Local{})},
			{Estimator: "Separate", Objective: "ELBO", Bound: elbo(vi.Separate{})},
			{Estimator: "Single", Objective: "ELBO", Bound: elbo(vi.Single{})},
		},
	}
	train := plainly(bayesNoisy, elbo(vi.Local{}))
	p.points = []point{
		p.trained("10 epochs", train, graph.Float32, 10, .001),
		p.trained("start", train, graph.Float32, 0, 0),
		p.trained("40 epochs", train, graph.Float32, 40, .001),
	}
	return p
}
