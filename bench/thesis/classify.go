package main

import (
	"context"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// classifier is a network of rectified units for the digits of the pictures, whose
// weights have one of models.Posteriors.
type classifier struct {
	posterior models.Posterior
	hidden    []int
	epochs    int
	rise      int // epochs in which the weight of the divergence grows to its end; 0: none
	rate      trainers.Schedule
}

func (c classifier) network(s *graph.Scope) models.Bayesian {
	return models.NewClassifier(s, c.posterior.Config, 784, 10, c.hidden...)
}

// labelled are the pictures with their digits in batches.
func labelled(s *data.Set, c data.BatchConfig) data.Batches {
	c.Arrays, c.Flat = []string{"x", "y"}, true
	return s.Batches(c)
}

// classify trains, with the noise in the products, and returns the parameters and
// the seconds of an epoch.
func (l *lab) classify(ctx context.Context, seed uint64, c classifier) (*graph.Params, float64, error) {
	params, seconds := &graph.Params{Seed: seed}, 0.
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		o := vi.ELBO{Config: vi.Config{Total: l.sets.Train.Len()}, Beta: s.Input("beta").Scale(c.posterior.Beta)}
		return o.Estimate(s, c.network(s).Model(), d)
	}
	train := labelled(l.sets.Train, data.BatchConfig{Size: 100, Seed: seed})
	_, err := trainers.Fit(ctx, bound, train, trainers.Config{
		Params: params, Epochs: c.epochs, Seed: seed, Optimizer: trainers.Adam{Rate: 1e-3}, Rate: c.rate,
		Schedules: map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: max(1, c.rise*train.Count())}},
		OnEpoch: func(e trainers.Epoch) error {
			seconds += e.Seconds / float64(c.epochs)
			if e.Epoch%10 == 0 || e.Epoch == c.epochs {
				l.say("  epoch %d: training bound %.4f (%.1f s)", e.Epoch, e.Train["bound"], e.Seconds)
			}
			return nil
		},
	})
	return params, seconds, err
}

// wrong returns the percentage of the test pictures whose most probable digit, over
// draws of what a model says, is another.
func (l *lab) wrong(ctx context.Context, seed uint64, c classifier, params *graph.Params, draws int, of func(b models.Bayesian) vi.Model) (float64, error) {
	out, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		b := c.network(s)
		return b.Predict(s, of(b), d, vi.Config{K: draws})
	}, params, labelled(l.sets.Test, data.BatchConfig{Size: 500, Evaluation: true}), trainers.EvalConfig{Seed: seed})
	if err != nil {
		return 0, err
	}
	share, _ := models.Judge(out["mean"], l.sets.Test.Values("y"))
	return 100 * share, nil
}

// means is the network of the mean weights.
func means(b models.Bayesian) vi.Model { return b.With(b.Net.Mean()) }
