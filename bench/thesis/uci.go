package main

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

var uci = table{
	name:   "uci",
	folder: "uci-regression",
	title:  "Chapter 6: regression with latent weights",
	source: "PBP of Hernández-Lobato and Adams (arXiv 1502.05336), and Monte Carlo dropout of Gal and Ghahramani (arXiv 1506.02142, table 1), on the same divisions",
	about: "Root mean square error and log-likelihood of the test rows of nine sets of the UCI repository, in the units of the targets: means and standard errors over 20 divisions, 5 of protein. " +
		"One hidden layer of 50 rectified units, 100 for protein, and a noise that is learned; 100 draws of the weights predict. " +
		"normal: normal weights under standard normal priors, local noise; vd-b: variational dropout with a learned α for each input; " +
		"dropout: binary dropout of .05 of the units. Minibatches of 32, of 128 in sets of more than 5,000 rows; Adam with a rate of 3e-3 that falls to 0 as a cosine over 20,000 steps.",
	rows: "set", columns: "weights", shown: []string{"RMSE", "log p"},
	cells: uciCells,
}

// What PBP and dropout reach: RMSE, its standard error, log p, its standard error.
var publishedUCI = map[string][2][4]float64{
	"boston":   {{3.01, .18, -2.57, .09}, {2.97, .19, -2.46, .06}},
	"concrete": {{5.67, .09, -3.16, .02}, {5.23, .12, -3.04, .02}},
	"energy":   {{1.80, .05, -2.04, .02}, {1.66, .04, -1.99, .02}},
	"kin8nm":   {{.10, 0, .90, .01}, {.10, 0, .95, .01}},
	"naval":    {{.01, 0, 3.73, .01}, {.01, 0, 3.80, .01}},
	"power":    {{4.12, .03, -2.84, .01}, {4.02, .04, -2.80, .01}},
	"protein":  {{4.73, .01, -2.97, 0}, {4.36, .01, -2.89, 0}},
	"wine":     {{.64, .01, -.97, .01}, {.62, .01, -.93, .01}},
	"yacht":    {{1.02, .05, -1.63, .02}, {1.11, .09, -1.55, .03}},
}

var uciSets = []string{"boston", "concrete", "energy", "kin8nm", "naval", "power", "protein", "wine", "yacht"}

func init() {
	for _, set := range uciSets {
		for i, weights := range []string{"PBP", "dropout"} {
			p := publishedUCI[set][i]
			uci.published = append(uci.published, row{Labels: labels{"set": set, "weights": weights}, result: result{
				Figures: map[string]figure{"RMSE": {p[0], p[1]}, "log p": {p[2], p[3]}},
			}})
		}
	}
}

// weights are the ways to treat the weights of a regression.
var weights = []models.Posterior{
	{Name: "normal", Config: models.Rectified(bayes.Gaussian{}, nil), Beta: 1},
	{Name: "vd-b", Config: models.Rectified(bayes.VariationalDropout{Share: bayes.PerUnit}, nil), Beta: 1},
	{Name: "dropout", Config: models.Rectified(bayes.BinaryDropout{Rate: .05}, bayes.Point{})},
}

func uciCells(*lab) (cells []cell) {
	for _, set := range uciSets {
		for _, q := range weights {
			cells = append(cells, cell{labels{"set": set, "weights": q.Name}, 1, func(ctx context.Context, l *lab) (result, error) {
				all, err := l.regression(set)
				if err != nil {
					return result{}, err
				}
				var rmse, logp []float64
				for i := range min(len(all.Tests), l.pick(len(all.Tests), 2)) {
					r, p, err := l.regress(ctx, q, all, i, set == "protein")
					if err != nil {
						return result{}, errors.WithMessagef(err, "division %d", i)
					}
					rmse, logp = append(rmse, r), append(logp, p)
				}
				return result{Figures: map[string]figure{"RMSE": meanOf(rmse), "log p": meanOf(logp)}}, nil
			}})
		}
	}
	return cells
}

// regression reads a set, or draws one for a quick run.
func (l *lab) regression(set string) (*data.Regression, error) {
	if !l.quick {
		return data.LoadUCI(l.data, set)
	}
	r := &data.Regression{Tests: [][]int{{0, 2, 4, 6}, {1, 3, 5, 7}}}
	for i := range 60 {
		x := float64(i)/30 - 1
		r.X, r.Y = append(r.X, []float64{x, x * x}), append(r.Y, math.Sin(3*x))
	}
	return r, nil
}

// regress trains on one division and returns the RMSE and the mean log density of
// its test rows.
func (l *lab) regress(ctx context.Context, q models.Posterior, all *data.Regression, division int, large bool) (rmse, logp float64, err error) {
	sets, err := all.Split(division)
	if err != nil {
		return 0, 0, err
	}
	n, hidden, batch, steps := sets.Train.Len(), 50, 32, l.pick(20000, 100)
	if large {
		hidden = 100
	}
	if n > 5000 {
		batch = 128
	}
	seed := uint64(division + 1)
	declare := func(s *graph.Scope) models.Bayesian {
		return models.NewRegression(s, q.Config, sets.Train.Cols("x"), hidden)
	}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: n}, Beta: s.Const(q.Beta)}.Estimate(s, declare(s).Model(), d)
	}
	train := sets.Train.Batches(data.BatchConfig{Size: batch, Seed: seed})
	epochs := (steps + train.Count() - 1) / train.Count()
	fit, err := trainers.Fit(ctx, bound, train, trainers.Config{
		Params: &graph.Params{Seed: seed}, Epochs: epochs, Seed: seed, Optimizer: trainers.Adam{Rate: 3e-3}, Rate: trainers.Cosine{Steps: epochs * train.Count()},
	})
	if err != nil {
		return 0, 0, err
	}
	out, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		b := declare(s)
		return b.Predict(s, b.Model(), d, vi.Config{K: 100})
	}, fit.Params, sets.Test.Batches(data.BatchConfig{Size: 200, Evaluation: true}), trainers.EvalConfig{Seed: seed})
	if err != nil {
		return 0, 0, err
	}
	for i, y := range sets.Test.Values("y") {
		rmse += math.Pow(sets.Std*(out["mean"][i]-float64(y)), 2)
	}
	return math.Sqrt(rmse / float64(sets.Test.Len())), stat.Mean(out["log_p"], nil) - math.Log(sets.Std), nil
}

// meanOf is the mean with its standard error.
func meanOf(v []float64) figure {
	mean, std := stat.MeanStdDev(v, nil)
	return figure{mean, stat.StdErr(std, float64(len(v)))}
}
