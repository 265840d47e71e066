package main

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
)

var correction = table{
	name:   "correction",
	title:  "Chapter 7: Adam with and without the correction of its bias",
	source: "Kingma and Ba (arXiv 1412.6980), figure 4, which shows curves only: without the correction training is unstable where β₂ is near 1, most with β₁ = 0",
	about: "Training cost, the negative ELBO in nats, of a VAE of MNIST's pictures with 500 softplus units and 50 latents, over the last of 10 epochs, by the logarithm of Adam's rate α. " +
		"Minibatches of 100, pixels drawn anew in each epoch. A run that comes to numbers which are not finite has no cost.",
	rows: "β₁, β₂", columns: "bias", shown: []string{"-5", "-4", "-3", "-2", "-1"},
	picture: byName("bias", "logarithm of the rate", "cost"),
	cells:   correctionCells,
}

func correctionCells(*lab) (cells []cell) {
	for _, beta1 := range []float64{0, .9} {
		for _, beta2 := range []float64{.99, .999, .9999} {
			for _, kept := range []bool{false, true} {
				name := map[bool]string{false: "corrected", true: "kept"}[kept]
				a := trainers.Adam{Beta1: beta1, Beta2: beta2, Uncorrected: kept}
				if beta1 == 0 {
					a.Beta1 = -1 // 0 would mean the default
				}
				cells = append(cells, cell{labels{"β₁, β₂": fmt.Sprintf("%v, %v", beta1, beta2), "bias": name}, 1, func(ctx context.Context, l *lab) (result, error) {
					return l.rates(ctx, 1, a)
				}})
			}
		}
	}
	return cells
}

// rates trains with each rate.
func (l *lab) rates(ctx context.Context, seed uint64, a trainers.Adam) (result, error) {
	res := result{Figures: map[string]figure{}, Epochs: l.pick(10, 1)}
	c := models.VAEConfig{Input: 784, Latent: 50, Hidden: []int{l.pick(500, 20)}, Networks: layers.Config{Activation: graph.Softplus}}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate { return vi.ELBO{}.Estimate(s, models.NewVAE(s, c), d) }
	for log := -5; log <= -1; log++ {
		a.Rate = math.Pow(10, float64(log))
		fit, err := trainers.Fit(ctx, bound, l.train(100, seed), trainers.Config{Params: &graph.Params{Seed: seed}, Epochs: res.Epochs, Seed: seed, Optimizer: a})
		if errors.As(err, new(*trainers.NotFinite)) {
			l.say("  rate 1e%d: %v", log, err)
			continue
		}
		if err != nil {
			return res, err
		}
		cost := -fit.Epochs[len(fit.Epochs)-1].Train["bound"]
		l.say("  rate 1e%d: cost %.2f", log, cost)
		res.Figures[strconv.Itoa(log)] = figure{Value: cost}
	}
	return res, nil
}
