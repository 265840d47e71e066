package main

import (
	"context"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

var sparse = table{
	name:  "sparse",
	title: "Chapter 6: sparse variational dropout",
	source: "Molchanov, Ashukha and Vetrov (arXiv 1701.05369), table 1, by bayesgroup/variational-dropout-sparsifies-dnn; " +
		"pruning and DNS as listed there",
	about: "LeNet-300-100 on MNIST: error in % on the test pictures with the weights of log α > 3 set to 0, the share of them in each of the three layers, and weights for one that is kept. " +
		"Adam with a rate of 1e-3 that falls to 0 as a cosine, minibatches of 100, 200 epochs, the weight of the divergence rising over the first 20.",
	rows: "method", shown: []string{"error %", "layer 1 %", "layer 2 %", "layer 3 %", "compression"},
	cells: func(*lab) []cell {
		return []cell{{labels{"method": "sparse variational dropout"}, 1, func(ctx context.Context, l *lab) (result, error) { return l.sparse(ctx, 1) }}}
	},
	published: []row{
		publishedSparse("original", 1.64, 0, 0, 0, 1), publishedSparse("pruning", 1.59, 92.0, 91.0, 74.0, 12),
		publishedSparse("dynamic network surgery", 1.99, 98.2, 98.2, 94.5, 56),
		publishedSparse("sparse variational dropout", 1.92, 98.9, 97.2, 62.0, 68),
	},
}

func publishedSparse(method string, wrong, first, second, third, compression float64) row {
	return row{Labels: labels{"method": method}, result: result{Figures: map[string]figure{
		"error %": {Value: wrong}, "layer 1 %": {Value: first}, "layer 2 %": {Value: second}, "layer 3 %": {Value: third},
		"compression": {Value: compression},
	}}}
}

func (l *lab) sparse(ctx context.Context, seed uint64) (result, error) {
	q, err := models.PosteriorNamed("sparse")
	if err != nil {
		return result{}, err
	}
	epochs := l.pick(200, 2)
	c := classifier{posterior: q, hidden: []int{l.pick(300, 30), l.pick(100, 10)}, epochs: epochs, rise: l.pick(20, 1), rate: l.cosine(epochs, 100)}
	params, _, err := l.classify(ctx, seed, c)
	if err != nil {
		return result{}, err
	}
	res := result{Figures: map[string]figure{}, Epochs: epochs}
	wrong, err := l.wrong(ctx, seed, c, params, 1, func(b models.Bayesian) vi.Model { return b.With(b.Net.Pruned(bayes.Threshold)) })
	if err != nil {
		return res, err
	}
	kept, err := bayes.Sparsity(ctx, params, bayes.Threshold, func(s *graph.Scope) bayes.Stack { return c.network(s).Net })
	if err != nil {
		return res, err
	}
	for i, k := range kept[:3] {
		res.Figures[[]string{"layer 1 %", "layer 2 %", "layer 3 %"}[i]] = figure{Value: 100 * (1 - float64(k.Kept)/float64(k.Weights))}
		l.say("  %v", k)
	}
	res.Figures["error %"], res.Figures["compression"] = figure{Value: wrong}, figure{Value: kept[3].Compression()}
	return res, nil
}
