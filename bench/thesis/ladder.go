package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

var ladder = table{
	name:  "ladder",
	title: "Chapter 4: five layers of latents, bottom-up and as a ladder",
	source: "a ladder of this size after 200 epochs, 100 importance samples, \"far from convergence\"; Sønderby et al. (arXiv 1602.02282) " +
		"get −81.8 to −82.1 with 5,000 importance samples after 2,000 epochs",
	about: "Latents 64-32-16-8-4 beside networks of two layers with 512-256-128-64-32 units, leaky rectifiers and batch normalisation, in both guides; " +
		"Adam with a rate of 1e-3, minibatches of 256, the weight of the divergences rising to 1 over the first half of 200 epochs. " +
		"Bare: networks with tanh and without normalisation, and no rising weight. log p is estimated by 100 draws of each test picture; KL z1 … z5 are the divergences of the layers on the test pictures.",
	rows: "guide", shown: []string{"log p", "ELBO", "KL z1", "KL z2", "KL z3", "KL z4", "KL z5"},
	paired: [2]string{"ladder", "plain"},
	found: []string{
		"After 200 epochs the ladder is not a nat better in log p but equal, both 3.7 nats above the published run; its bound is better by 0.65 nats and its fifth layer is used. " +
			"Bare, the plain guide loses 2.5 nats and its fourth layer too, and the ladder learns nothing: all layers stay at their priors, and the bound is that of independent pixels. " +
			"What it needs is the normalisation. In 20 epochs without it, the weight rising over 100, the ladder's ELBO came to −107.2 by its first layer alone, the others below 1e-5 nats; with it and the whole weight from the start to −93.5, all layers used, the fifth with 0.59 nats.",
	},
	cells: ladderCells,
	published: []row{
		published("log p", -87.88, "guide", "ladder"),
	},
}

func ladderCells(l *lab) (cells []cell) {
	for _, guide := range []string{"plain", "ladder", "plain, bare", "ladder, bare"} {
		cells = append(cells, cell{labels{"guide": guide}, 1, func(ctx context.Context, l *lab) (result, error) {
			epochs := l.pick(200, 2)
			steps := (l.sets.Train.Len() + 255) / 256
			hidden := []int{512, 256, 128, 64, 32}
			if l.quick {
				hidden = []int{32, 32, 16, 16, 16}
			}
			direction, bare := strings.CutSuffix(guide, ", bare")
			config := models.LadderConfig{Input: 784, Latents: []int{64, 32, 16, 8, 4}, Hidden: hidden, Plain: direction == "plain"}
			t := training{
				epochs: epochs, batch: 256, rate: 1e-3, draws: l.pick(100, 10),
				bound: func(*graph.Scope) vi.Objective { return vi.ELBO{} },
				test:  vi.ELBO{},
			}
			if !bare {
				config.Network = models.Normalised
				t.schedules = map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: steps * epochs / 2}}
				t.bound = func(s *graph.Scope) vi.Objective { return vi.ELBO{Beta: s.Input("beta")} }
			}
			t.model = func(s *graph.Scope) vi.Model { return models.NewLadder(s, config).Model() }
			res, params, err := l.fit(ctx, 1, t)
			if err != nil {
				return res, err
			}
			terms, err := l.evaluate(ctx, 1, params, t, vi.ELBO{})
			for i := range 5 {
				z := fmt.Sprint("z", i+1)
				res.Figures["KL "+z] = figure{Value: terms["kl/"+z]}
			}
			return res, err
		}})
	}
	return cells
}
