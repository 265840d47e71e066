package main

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// vaeModel is a VAE of 784-64-8 with tanh units.
func vaeModel(s *graph.Scope) vi.Model {
	const latent = 8
	enc, dec := layers.NewMLP(s.In("enc"), 784, 64, 2*latent), layers.NewMLP(s.In("dec"), latent, 64, 784)
	return vi.Model{
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(latent))
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(z)})
		},
		Guide: func(t *vi.Trace) {
			h := enc.Apply(t.Given("x"))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, latent), LogStd: graph.Cols(h, latent, 2*latent)})
		},
	}
}

func smallVAE() problem {
	p := problem{
		name:  "vae",
		about: "784-64-8-64-784 on 50 drawn digits; exact gradient unknown",
		model: vaeModel,
		data:  blackAndWhite(50),
		group: top, draws: 150,
		cases: []bench.Case{
			{Estimator: "Pathwise", Objective: "ELBO", Bound: vi.ELBO{}},
			{Estimator: "Pathwise, KL by draws", Objective: "ELBO", Bound: vi.ELBO{KL: vi.MonteCarlo}},
			{Estimator: "STL", Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}}},
			{Estimator: "Score", Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}},
		},
	}
	for _, k := range []int{5, 20} {
		name := fmt.Sprintf("IWAE-%d", k)
		p.cases = append(p.cases,
			bench.Case{Estimator: "Pathwise", Objective: name, Bound: vi.IWAE{Config: vi.Config{K: k}}},
			bench.Case{Estimator: "STL", Objective: name, Bound: vi.IWAE{Config: vi.Config{K: k, Estimator: vi.STL{}}}, Biased: true},
			bench.Case{Estimator: "DReG", Objective: name, Bound: vi.IWAE{Config: vi.Config{K: k, Estimator: vi.DReG{}}}})
	}
	elbo := plainly(vaeModel, vi.ELBO{})
	p.points = []point{
		p.trained("200 steps", elbo, graph.Float32, 200, .003),
		p.trained("start", elbo, graph.Float32, 0, 0),
		p.trained("2000 steps", elbo, graph.Float32, 2000, .003),
	}
	return p
}

// blackAndWhite draws digits and then each pixel, once.
func blackAndWhite(n int) *data.Set {
	x := slices.Clone(data.Digits(1, n).Values("x"))
	for row := range n {
		if err := data.Binarize(data.Row{Array: graph.Array{F32: x[row*784 : (row+1)*784]}, Seed: 1, Index: row}); err != nil {
			panic(err) // grey values are between 0 and 1
		}
	}
	d, err := data.New(data.FromFlat("x", x, 784))
	if err != nil {
		panic(err) // zeros and ones
	}
	return d
}
