package main

import (
	"context"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

var discrete = table{
	name:   "discrete",
	title:  "Chapter 5: discrete latents",
	source: "Jang, Gu and Poole (arXiv 1611.01144), table 2: negative variational bounds there, of fixed binarized pictures",
	about: "Test ELBO in nats, of hard samples, by the estimator that trained. 200 Bernoulli latents, or 20 with 10 classes each, uniform priors; " +
		"784-512-256 and back, rectifiers, Adam with a rate of 1e-3, minibatches of 100, 100 epochs. The score function has NVIL's baseline; " +
		"the temperature of the relaxed draws falls from 1 to ½.",
	rows: "estimator", columns: "latents", shown: []string{"ELBO"},
	cells: discreteCells,
	published: []row{
		published("ELBO", -112.2, "estimator", "score function", "latents", "200×2"), published("ELBO", -110.6, "estimator", "score function", "latents", "20×10"),
		published("ELBO", -116.0, "estimator", "straight-through", "latents", "200×2"), published("ELBO", -110.9, "estimator", "straight-through", "latents", "20×10"),
		published("ELBO", -105.0, "estimator", "Gumbel-softmax", "latents", "200×2"), published("ELBO", -101.5, "estimator", "Gumbel-softmax", "latents", "20×10"),
	},
}

func discreteCells(l *lab) (cells []cell) {
	estimators := []struct {
		name string
		of   func(temperature func() *graph.Node) vi.Estimator
	}{
		{"score function", func(func() *graph.Node) vi.Estimator { return vi.Score{Baseline: vi.NVIL{}} }},
		{"straight-through", func(t func() *graph.Node) vi.Estimator { return vi.StraightThrough{Temperature: t()} }},
		{"Gumbel-softmax", func(t func() *graph.Node) vi.Estimator { return vi.GumbelSoftmax{Temperature: t()} }},
	}
	for _, latents := range []string{"200×2", "20×10"} {
		for _, e := range estimators {
			cells = append(cells, cell{labels{"latents": latents, "estimator": e.name}, 1, func(ctx context.Context, l *lab) (result, error) {
				epochs := l.pick(100, 1)
				steps := float64(epochs) * float64(l.sets.Train.Len()) / 100
				t := training{
					epochs: epochs, batch: 100, rate: 1e-3,
					model: func(s *graph.Scope) vi.Model {
						c := models.DiscreteVAEConfig{Input: 784, Variables: 200, Hidden: []int{l.pick(512, 32), l.pick(256, 32)}}
						if latents == "20×10" {
							c.Variables, c.Classes = 20, 10
						}
						return models.NewDiscreteVAE(s, c)
					},
					bound: func(s *graph.Scope) vi.Objective {
						return vi.ELBO{Config: vi.Config{Estimator: e.of(func() *graph.Node { return s.Input("temperature") })}}
					},
					test: vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}},
				}
				if e.name != "score function" {
					t.schedules = map[string]trainers.Schedule{"temperature": trainers.ScheduleFunc(func(step int) float64 { return max(.5, 1-.5*float64(step)/steps) })}
				}
				res, _, err := l.fit(ctx, 1, t)
				return res, err
			}})
		}
	}
	return cells
}
