package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// app is one invocation.
type app struct {
	options
	stderr      io.Writer
	sets, given data.Sets // given: the pictures; sets: what is classified, these or the features
	features    *models.Features
	model       models.SemiSupervised
	params      *graph.Params
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return errors.Wrap(err, "-out")
	}
	a := &app{options: o, stderr: stderr, params: o.training.Params(o.seed)}
	if a.given, err = data.Open(ctx, a.data, data.Fetcher{}, data.LoadConfig{Seed: a.seed}); err != nil {
		return errors.WithMessage(err, "-data")
	}
	a.sets = a.given
	a.model.Model = models.M2Config{Input: a.given.Train.Cols("x"), Classes: 10, Latent: a.latent, Hidden: []int{a.hidden}}
	if a.options.model != "m2" {
		if err := a.encode(ctx); err != nil {
			return err
		}
	}
	wrong, err := a.train(ctx)
	if err != nil {
		return err
	}
	if a.options.model != "m1" {
		if err := a.analogies(ctx); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(stdout, "%s, %d labels: test error %.2f%%\n", a.options.model, a.labels, 100*wrong)
	return errors.Wrap(err, "output")
}

// encode trains M1 without labels and puts its features in the place of the
// pictures.
func (a *app) encode(ctx context.Context) (err error) {
	a.features = &models.Features{Model: models.M1(a.given.Train.Cols("x")), Params: a.training.Params(a.seed)}
	pictures := a.given.Train.Batches(data.BatchConfig{
		Arrays: []string{"x"}, Size: a.batch, Seed: a.seed, Flat: true, Map: map[string]data.Transform{"x": data.Binarize},
	})
	c := a.features.Config(a.m1epochs, pictures.Count())
	c.Seed, c.Checkpoint = a.seed, a.training.Part("m1").Checkpoint(a.stderr)
	c.OnEpoch = func(e trainers.Epoch) error {
		_, err := fmt.Fprintf(a.stderr, "M1 epoch %d: ELBO %.2f (%.1f s)\n", e.Epoch, e.Train["elbo"], e.Seconds)
		return errors.Wrap(err, "output")
	}
	if _, err = trainers.Fit(ctx, a.features.Bound, pictures, c); err != nil {
		return err
	}
	if a.sets, err = a.features.Sets(ctx, a.given); err != nil {
		return err
	}
	a.model.Model = a.features.M2(10, a.latent, a.hidden)
	_, err = fmt.Fprintf(a.stderr, "M1 uses %d of its latents\n", len(a.features.Keep))
	return errors.Wrap(err, "output")
}

// train returns the share of wrong test pictures after the last epoch.
func (a *app) train(ctx context.Context) (wrong float64, err error) {
	rest, known, err := a.sets.Train.SplitByClass("y", a.seed, a.labels)
	if err != nil {
		return 0, errors.WithMessage(err, "-labels")
	}
	a.model.Labelled, a.model.Unlabelled, a.model.Alpha = known.Len(), rest.Len(), a.alpha
	bound := a.model.Bound
	if a.options.model == "m1" {
		bound = a.model.Classifier
	}
	c := data.BatchConfig{Size: a.batch, Seed: a.seed, Flat: true}
	if a.features == nil {
		c.Map = map[string]data.Transform{"x": data.Binarize}
	}
	train := a.model.Batches(known, rest, c)
	c.Evaluation = true
	test := a.model.Labels(a.sets.Test, c)
	_, err = trainers.Fit(ctx, bound, train, trainers.Config{
		Params: a.params, Epochs: a.epochs, Seed: a.seed, Optimizer: trainers.Adam{Rate: a.rate},
		Checkpoint: a.training.Part(a.options.model).Checkpoint(a.stderr),
		OnEpoch: func(e trainers.Epoch) error {
			wrong, err := a.model.Error(ctx, a.params, test)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stderr, "epoch %d: bound %.2f, log q(y|x) of the labels %.3f, test error %.2f%% (%.1f s)\n",
				e.Epoch, e.Train["bound"], e.Train["classification"], 100*wrong, e.Seconds)
			return errors.Wrap(err, "output")
		},
	})
	if err != nil {
		return 0, err
	}
	return a.model.Error(ctx, a.params, test)
}

func (a *app) path(name string) string { return filepath.Join(a.out, name) }
