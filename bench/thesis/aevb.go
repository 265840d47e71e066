package main

import (
	"context"
	"slices"
	"strconv"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

var aevb = table{
	name:  "aevb",
	title: "Chapter 2: auto-encoding variational Bayes and wake-sleep",
	source: "a reproduction of figure 2 of Kingma and Welling (arXiv 1312.6114) with Adagrad, 300 epochs, a static binarization; " +
		"the paper itself shows curves only",
	about: "Test ELBO in nats by the number of latents N_z. The network of the paper: 784-500-N_z and back, tanh, Bernoulli pixels, " +
		"minibatches of 100, one draw. Here Adam with a rate of 1e-3 for 100 epochs, Glorot-uniform weights, pixels drawn anew in each epoch and once for the test set. With 20 and 200 latents also with a rate that falls to 0 as a cosine, and wake-sleep with 200 at a rate of 1e-4.",
	rows: "latents", columns: "method", shown: []string{"ELBO"},
	picture: curve("method", "test ELBO"),
	found: []string{
		"At a constant rate 200 latents end 1.4 nats below 20. With a rate that falls to 0 both gain, 1.4 and 2.5 nats, and come within 0.3 of each other: most of the difference is that of a step that is too large at the end, which many latents feel more.",
		"Wake-sleep with 200 latents gets worse in the course of training. Dreams tell its guide next to nothing, 4 to 5 nats in all by E log q, but on pictures the divergence from the prior is 170 nats after 10 epochs: means whose squares are 1 to 3 beside variances of about 1, in most of the latents. Neither phase brings the two together, as the guide is trained by dreams alone and the prior is fixed; and the further the latents of pictures lie from it, the less dreams are like pictures. It is not the size of the step, though that says how soon: at a tenth of the rate the bound is −162 after 30 epochs and −294 after 100, with a falling rate −221; nor the first weights, whose standard deviation of 0.01 gives −268 after 20 epochs where Glorot's gives −284. Adagrad, by which the published −108 was had, at a rate of 0.02 begins at −12,700 and is at −2,600 after 15 epochs.",
	},
	cells: aevbCells,
	published: []row{
		published("ELBO", -141.3, "latents", "3", "method", "AEVB"), published("ELBO", -124.4, "latents", "5", "method", "AEVB"),
		published("ELBO", -107.6, "latents", "10", "method", "AEVB"), published("ELBO", -100.6, "latents", "20", "method", "AEVB"),
		published("ELBO", -99.2, "latents", "200", "method", "AEVB"),
		published("ELBO", -146.8, "latents", "3", "method", "wake-sleep"), published("ELBO", -128.0, "latents", "5", "method", "wake-sleep"),
		published("ELBO", -113.0, "latents", "10", "method", "wake-sleep"), published("ELBO", -106.4, "latents", "20", "method", "wake-sleep"),
		published("ELBO", -108.0, "latents", "200", "method", "wake-sleep"),
	},
}

// published is a row of one figure.
func published(name string, value float64, of ...string) row {
	r := row{Labels: labels{}, result: result{Figures: map[string]figure{name: {Value: value}}}}
	for i := 0; i < len(of); i += 2 {
		r.Labels[of[i]] = of[i+1]
	}
	return r
}

func aevbCells(l *lab) (cells []cell) {
	all, many := []int{3, 5, 10, 20, 200}, []int{20, 200}
	methods := []struct {
		name    string
		bound   vi.Objective
		rate    float64
		falling bool
		latents []int
	}{
		{"AEVB", vi.ELBO{}, 1e-3, false, all}, {"wake-sleep", vi.WakeSleep{}, 1e-3, false, all}, {"AEVB, falling rate", vi.ELBO{}, 1e-3, true, many},
		{"wake-sleep, falling rate", vi.WakeSleep{}, 1e-3, true, many[1:]}, {"wake-sleep, rate 1e-4", vi.WakeSleep{}, 1e-4, false, many[1:]},
	}
	for _, latent := range all {
		for _, m := range methods {
			if !slices.Contains(m.latents, latent) {
				continue
			}
			cells = append(cells, cell{labels{"latents": strconv.Itoa(latent), "method": m.name}, 1, func(ctx context.Context, l *lab) (result, error) {
				res, _, err := l.fit(ctx, 1, training{
					epochs: l.pick(100, 1), batch: 100, rate: m.rate, falling: m.falling,
					model: func(s *graph.Scope) vi.Model {
						return models.NewVAE(s, models.VAEConfig{Input: 784, Latent: latent, Hidden: []int{l.pick(500, 50)}})
					},
					bound: func(*graph.Scope) vi.Objective { return m.bound },
					test:  vi.ELBO{},
				})
				return res, err
			}})
		}
	}
	return cells
}
