package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	sets, err := data.Open(ctx, o.data, data.Fetcher{}, data.LoadConfig{Seed: o.seed})
	if err != nil {
		return errors.WithMessage(err, "-data")
	}
	for _, s := range []*data.Set{sets.Train, sets.Test} {
		if s.Cols("x") != 784 || s.Cols("y") != 1 {
			return errors.New("-data: want pictures of 28×28 with labels")
		}
	}
	c := data.BatchConfig{Size: o.batch, Seed: o.seed, Flat: true}
	train := sets.Train.Batches(c)
	warm := max(1, o.warm*train.Count())
	fit, err := trainers.Fit(ctx, func(s *graph.Scope, d vi.Data) *vi.Estimate { return o.bound(s, d, sets.Train.Len()) }, train, trainers.Config{
		Params: o.training.Params(o.seed), Epochs: o.epochs, Seed: o.seed, Optimizer: trainers.Adam{Rate: o.rate}, Checkpoint: o.training.Checkpoint(stderr),
		Schedules: map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: warm}},
		OnEpoch: func(e trainers.Epoch) error {
			_, err := fmt.Fprintf(stderr, "epoch %d: training bound %.4f, log p(y) %.4f (%.1f s)\n", e.Epoch, e.Train["bound"], e.Train["reconstruction"], e.Seconds)
			return errors.Wrap(err, "output")
		},
	})
	if err != nil {
		return err
	}
	c.Evaluation = true
	report := func(what string, draws int, of func(b models.Bayesian) vi.Model) error {
		out, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
			b := o.model(s)
			return b.Predict(s, of(b), d, vi.Config{K: draws})
		}, fit.Params, sets.Test.Batches(c), trainers.EvalConfig{Seed: o.seed})
		if err != nil {
			return err
		}
		wrong, ece := models.Judge(out["mean"], sets.Test.Values("y"))
		_, err = fmt.Fprintf(stdout, "%s, %s: test error %.2f %%, log p(y|x) %.4f, calibration error %.4f\n", o.posterior.Name, what, 100*wrong, stat.Mean(out["log_p"], nil), ece)
		return errors.Wrap(err, "output")
	}
	if err := report(fmt.Sprintf("%d draws", o.draws), o.draws, models.Bayesian.Model); err != nil {
		return err
	}
	if err := report("means", 1, func(b models.Bayesian) vi.Model { return b.With(b.Net.Mean()) }); err != nil {
		return err
	}
	if !o.prunes() {
		return nil
	}
	if err := report("pruned", 1, func(b models.Bayesian) vi.Model { return b.With(b.Net.Pruned(o.threshold)) }); err != nil {
		return err
	}
	kept, err := bayes.Sparsity(ctx, fit.Params, o.threshold, func(s *graph.Scope) bayes.Stack { return o.model(s).Net })
	if err != nil {
		return err
	}
	for _, l := range kept {
		if _, err := fmt.Fprintln(stdout, l); err != nil {
			return errors.Wrap(err, "output")
		}
	}
	return nil
}

// prunes tells whether weights have rates without bound.
func (o options) prunes() bool {
	_, sparse := o.posterior.Posterior.(bayes.SparseDropout)
	return sparse
}
