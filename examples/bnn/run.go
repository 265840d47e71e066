package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	sets, err := o.load()
	if err != nil {
		return err
	}
	inputs, total := sets.Train.Cols("x"), sets.Train.Len()
	c := data.BatchConfig{Size: min(o.batch, total), Seed: o.seed}
	train := sets.Train.Batches(c)
	warm := max(1, o.warm*train.Count())
	fit, err := trainers.Fit(ctx, func(s *graph.Scope, d vi.Data) *vi.Estimate { return o.bound(s, d, inputs, total) }, train, trainers.Config{
		Params: o.training.Params(o.seed), Epochs: o.epochs, Seed: o.seed, Optimizer: trainers.Adam{Rate: o.rate}, Checkpoint: o.training.Checkpoint(stderr),
		Schedules: map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: warm}},
		OnEpoch: func(e trainers.Epoch) error {
			if e.Epoch%max(1, o.epochs/10) != 0 {
				return nil
			}
			_, err := fmt.Fprintf(stderr, "epoch %d: training bound %.4f, log p(y) %.4f (%.1f s)\n", e.Epoch, e.Train["bound"], e.Train["reconstruction"], e.Seconds)
			return errors.Wrap(err, "output")
		},
	})
	if err != nil {
		return err
	}
	predict := func(set *data.Set, draws vi.Config, of func(b models.Bayesian) vi.Model) (map[string][]float64, error) {
		return trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
			b := o.model(s, inputs)
			return b.Predict(s, of(b), d, draws)
		}, fit.Params, set.Batches(data.BatchConfig{Size: 100, Evaluation: true}), trainers.EvalConfig{Seed: o.seed})
	}
	for _, way := range []struct {
		name  string
		draws vi.Config
		of    func(b models.Bayesian) vi.Model
	}{
		{fmt.Sprintf("%d draws", o.draws), vi.Config{K: o.draws}, models.Bayesian.Model},
		{"means", vi.Config{}, func(b models.Bayesian) vi.Model { return b.With(b.Net.Mean()) }},
	} {
		out, err := predict(sets.Test, way.draws, way.of)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(stdout, "%s, %s: test RMSE %.3f, log p(y|x) %.3f\n", o.posterior.Name, way.name, sets.Std*rmse(out["mean"], sets.Test.Values("y")),
			stat.Mean(out["log_p"], nil)-math.Log(sets.Std)); err != nil {
			return errors.Wrap(err, "output")
		}
	}
	if o.set != "" {
		return nil
	}
	return o.picture(sets, fit.Params, func(set *data.Set) (map[string][]float64, error) {
		return predict(set, vi.Config{K: o.draws, Estimator: vi.PerDraw{}}, models.Bayesian.Model) // so that a draw is a function
	})
}

// rmse is the root mean square of the differences.
func rmse(mean []float64, y []float32) float64 {
	var sum float64
	for i, m := range mean {
		sum += (m - float64(y[i])) * (m - float64(y[i])) / float64(len(mean))
	}
	return math.Sqrt(sum)
}
