package main

import (
	"context"
	"strconv"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/trainers"
)

var dropout = table{
	name:   "dropout",
	title:  "Chapter 6: dropout and variational dropout by the width of the network",
	source: "Kingma, Salimans and Welling (arXiv 1506.02557), figure 1, read off to ±.03; 50,000 pictures for training and stopping by 10,000 others there",
	about: "Error in % on the test pictures of a network of three hidden layers of rectified units, by their number, under each posterior: " +
		"none, binary dropout, Gaussian dropout of type A, and variational dropout A (noise on the inputs of a layer, a learned α ≤ 1 for each), " +
		"A2 (a third of its divergence) and B (noise of its own for each weight). Rates of ½ for units and ⅕ for pixels, or learned ones that begin at ⅗ and ¼. " +
		"Adam with a rate of 1e-3 that falls to 0 as a cosine, minibatches of 100, 50 epochs, all 60,000 pictures; the mean weights judge, and the mean over 20 draws beside them.",
	rows: "posterior", columns: "units", shown: []string{"error %", "of draws %"},
	picture: along("units", "error %"),
	cells:   dropoutCells,
	published: []row{
		published("error %", 1.44, "posterior", "none", "units", "100"), published("error %", 2.16, "posterior", "binary", "units", "100"),
		published("error %", 2.40, "posterior", "gaussian-a", "units", "100"), published("error %", 1.42, "posterior", "vd-a", "units", "100"),
		published("error %", 1.51, "posterior", "vd-a2", "units", "100"), published("error %", 1.59, "posterior", "vd-b", "units", "100"),
		published("error %", 1.18, "posterior", "none", "units", "1000"), published("error %", 1.02, "posterior", "binary", "units", "1000"),
		published("error %", 1.03, "posterior", "gaussian-a", "units", "1000"), published("error %", 1.02, "posterior", "vd-a", "units", "1000"),
		published("error %", .95, "posterior", "vd-a2", "units", "1000"), published("error %", 1.17, "posterior", "vd-b", "units", "1000"),
	},
}

func dropoutCells(l *lab) (cells []cell) {
	for _, units := range []int{100, 400, 1000} {
		for _, name := range []string{"none", "binary", "gaussian-a", "gaussian-b", "vd-a", "vd-a2", "vd-b"} {
			q, _ := models.PosteriorNamed(name)
			seeds := l.pick(3, 1)
			if units == 1000 {
				seeds = 1
				if name != "none" && name != "binary" && name != "vd-a" {
					continue
				}
			}
			for seed := range seeds {
				cells = append(cells, cell{labels{"posterior": name, "units": strconv.Itoa(units)}, uint64(seed + 1), func(ctx context.Context, l *lab) (result, error) {
					n, seed, epochs := l.pick(units, units/10), uint64(seed+1), l.pick(50, 2)
					c := classifier{posterior: q, hidden: []int{n, n, n}, epochs: epochs, rate: l.cosine(epochs, 100)}
					params, _, err := l.classify(ctx, seed, c)
					if err != nil {
						return result{}, err
					}
					res := result{Figures: map[string]figure{}, Epochs: epochs}
					mean, err := l.wrong(ctx, seed, c, params, 1, means)
					if err != nil {
						return res, err
					}
					drawn, err := l.wrong(ctx, seed, c, params, 20, models.Bayesian.Model)
					res.Figures["error %"], res.Figures["of draws %"] = figure{Value: mean}, figure{Value: drawn}
					return res, err
				}})
			}
		}
	}
	return cells
}

// cosine is a rate that falls to 0 over the minibatches of 100 of so many epochs.
func (l *lab) cosine(epochs, batch int) trainers.Schedule {
	return trainers.Cosine{Steps: epochs * ((l.sets.Train.Len() + batch - 1) / batch)}
}
