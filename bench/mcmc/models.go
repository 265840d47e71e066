package main

import (
	"math"
	"math/rand/v2"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// models are the rows by name.
var models = []struct {
	name, about string
	build       func(data map[string][]float64) mcmc.Build
}{
	{"schools", "eight schools, by standard effects", schools},
	{"logistic", "logistic regression, 20 inputs, 1000 rows", logistic},
}

// makeData returns the data of all models.
func makeData() map[string][]float64 {
	const n, d = 1000, 20
	r := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float64, n*d), make([]float64, n)
	w := make([]float64, d)
	for j := range w {
		w[j] = r.NormFloat64()
	}
	for i := range n {
		logit := .3
		for j := range d {
			x[i*d+j] = r.NormFloat64()
			logit += x[i*d+j] * w[j]
		}
		if r.Float64() < 1/(1+math.Exp(-logit)) {
			y[i] = 1
		}
	}
	return map[string][]float64{
		"effect": {28, 8, -3, 7, -1, 1, 18, 12}, "sigma": {15, 10, 16, 11, 9, 11, 10, 18},
		"x": x, "y": y,
	}
}

func normal(std float64) prob.Normal {
	return prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(math.Log(std))}
}

func schools(data map[string][]float64) mcmc.Build {
	return func(s *graph.Scope) (vi.Model, vi.Data) {
		logSigma := graph.Log(s.Tensor(data["sigma"], 8, 1))
		return vi.Model{Joint: func(t *vi.Trace) {
			mu := t.Global("mu", normal(5))
			tau := t.Global("tau", prob.HalfCauchy{LogScale: s.Const(math.Log(5))})
			eta := t.Draw("eta", prob.StdNormal(1))
			t.Draw("y", prob.Normal{Mean: eta.Mul(tau).Add(mu), LogStd: logSigma})
		}}, vi.Data{"y": s.Tensor(data["effect"], 8, 1)}
	}
}

func logistic(data map[string][]float64) mcmc.Build {
	return func(s *graph.Scope) (vi.Model, vi.Data) {
		n := len(data["y"])
		d := len(data["x"]) / n
		return vi.Model{Joint: func(t *vi.Trace) {
			w, b := t.Global("w", normal(1), d), t.Global("b", normal(1))
			t.Draw("y", prob.Bernoulli{Logits: graph.MatMul(t.Given("x"), w).Add(b)})
		}}, vi.Data{"x": s.Tensor(data["x"], n, d), "y": s.Tensor(data["y"], n, 1)}
	}
}
