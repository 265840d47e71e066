package main

import (
	"context"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

var noise = table{
	name:   "noise",
	title:  "Chapter 6: the variance of the gradient by the noise of the weights",
	source: "Kingma, Salimans and Welling (arXiv 1506.02557), table 1, after 10 epochs; there the variance is in other units, of which the ratios are free",
	about: "Variance of the gradient of the first and of the last layer's weights, of a minibatch of 100 pictures, summed over the weights, in (nats per datum)², and as a multiple of that of local noise. " +
		"Three hidden layers of 1000 rectified units, variational dropout B, after 10 epochs of training with local noise, by 200 minibatches, and after 100, by 30. " +
		"Local: the products of each row have noise; separate: each row has weights of its own; single: all rows share a draw of the weights; none: the mean weights, whose gradient varies with the minibatch alone.",
	rows: "noise", columns: "after", shown: []string{"last ×", "first ×", "last", "first", "ms"},
	cells: noiseCells,
	found: []string{
		"Variances of few minibatches are uncertain, as a few pictures make most of them: of 200 minibatches the 95% intervals are ±15%, and separate and single noise, 0.217 [0.184, 0.253] and 0.231 [0.198, 0.270] in the last layer, cannot be told apart; by 30, of another training, the four variances were half as large. Single noise is 2.5 times local noise there as in an independent replication (2.4), not 6.3 times as published: the covariance between pictures, which separate noise takes away, is small in this network.",
	},
	published: []row{
		publishedNoise("none", 2.8e3, 1.3e2), publishedNoise("local", 7.8e3, 1.9e2), publishedNoise("separate", 1.4e4, 4.3e2), publishedNoise("single", 4.9e4, 8.5e2),
	},
}

func publishedNoise(name string, last, first float64) row {
	return row{Labels: labels{"noise": name, "after": "10 epochs"}, result: result{Figures: map[string]figure{
		"last ×": {Value: last / 7.8e3}, "first ×": {Value: first / 1.9e2},
	}}}
}

func noiseCells(l *lab) (cells []cell) {
	for _, epochs := range []int{10, 100} {
		for _, name := range []string{"none", "local", "separate", "single"} {
			cells = append(cells, cell{labels{"noise": name, "after": strconv.Itoa(epochs) + " epochs"}, 1, func(ctx context.Context, l *lab) (result, error) {
				return l.noise(ctx, 1, epochs, name)
			}})
		}
	}
	return cells
}

// noise measures the gradients of one kind of noise and, for the ratios, of local
// noise, by the same minibatches and as far as there is any the same noise.
func (l *lab) noise(ctx context.Context, seed uint64, epochs int, name string) (res result, err error) {
	q, err := models.PosteriorNamed("vd-b")
	if err != nil {
		return res, err
	}
	n, draws := l.pick(1000, 10), 10
	switch {
	case l.quick:
	case epochs == 10:
		draws = 200
	default:
		draws = 30
	}
	c := classifier{posterior: q, hidden: []int{n, n, n}, epochs: l.pick(epochs, 1), rise: 1}
	params := l.trained[epochs]
	if params == nil {
		if params, _, err = l.classify(ctx, seed, c); err != nil {
			return res, err
		}
		l.trained[epochs] = params
	}
	of := func(e vi.Estimator) bench.Case {
		return bench.Case{Bound: vi.ELBO{Config: vi.Config{Total: l.sets.Train.Len(), Estimator: e}}}
	}
	local, measured := of(vi.Local{}), of(vi.Local{})
	switch name {
	case "none":
		measured.Model = func(s *graph.Scope) vi.Model { return means(c.network(s)) }
		measured.Bound = vi.ELBO{}
	case "separate":
		measured = of(vi.Separate{})
	case "single":
		measured = of(vi.Single{})
	}
	local.Estimator, measured.Estimator = "local", "measured"
	rows, err := bench.GradientVariance(ctx, func(s *graph.Scope) vi.Model { return c.network(s).Model() }, l.sets.Train, []bench.Case{local, measured}, bench.Config{
		Params: params, Arrays: []string{"x", "y"}, Draws: draws, Most: draws, Batch: l.pick(100, 10), Warmup: -1, Seed: seed,
		Group: func(param string) string {
			return map[string]string{"net/0/theta": "first", "net/3/theta": "last"}[param]
		},
	})
	if err != nil {
		return res, err
	}
	if len(rows) != 4 {
		return res, errors.Errorf("%d rows of variances, want 4", len(rows))
	}
	res = result{Figures: map[string]figure{}, Epochs: c.epochs}
	for i, r := range rows[2:] {
		res.Figures[r.Group] = figure{Value: r.Var}
		res.Figures[r.Group+" ×"] = figure{Value: r.Var / rows[i].Var}
		res.Figures["ms"] = figure{Value: r.Ms}
	}
	return res, nil
}
