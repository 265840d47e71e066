package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// options are the flags.
type options struct {
	data, model, out                string
	labels, epochs, m1epochs        int
	hidden, latent, batch, labelled int
	alpha, rate, std                float64
	seed                            uint64
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("semisupervised", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of IDX files named as MNIST's, or mnist, downloaded once; empty: digits drawn by the program")
	f.StringVar(&o.model, "model", "m2", "`name`: m2, or m1m2 (M2 on the features of M1)")
	f.StringVar(&o.out, "out", filepath.Join("out", "semisupervised"), "`folder` for analogies.png")
	f.IntVar(&o.labels, "labels", 100, "labels known, equally many of each digit")
	f.IntVar(&o.epochs, "epochs", 20, "passes over the pictures without labels")
	f.IntVar(&o.m1epochs, "m1-epochs", 20, "passes of M1 over the pictures")
	f.IntVar(&o.hidden, "hidden", 500, "units of the hidden layer")
	f.IntVar(&o.latent, "latent", 50, "latent dimensions")
	f.IntVar(&o.batch, "batch", 100, "pictures without labels a step")
	f.IntVar(&o.labelled, "labelled-batch", 100, "pictures with labels a step")
	f.Float64Var(&o.alpha, "alpha", .1, "weight of the classification term")
	f.Float64Var(&o.rate, "rate", 1e-3, "step size of Adam")
	f.Float64Var(&o.std, "std", 0, "standard deviation of the first weights; 0: Glorot's")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	sets, err := data.Open(ctx, o.data, data.Fetcher{}, data.LoadConfig{})
	if err != nil {
		return err
	}
	c := models.M2Config{Input: 784, Classes: 10, Latent: o.latent, Hidden: []int{o.hidden}}
	if o.std > 0 {
		c.Networks = layers.Config{Weights: graph.Gaussian{Std: o.std}}
	}
	arrays, transform := []string{"x"}, map[string]data.Transform{"x": data.Binarize}
	if o.model == "m1m2" {
		m1 := models.VAEConfig{Input: 784, Latent: 50, Hidden: []int{500, 500}, Networks: layers.Config{Activation: graph.Softplus}}
		f := models.Features{Model: m1, Params: &graph.Params{Seed: o.seed}}
		_, err := trainers.Fit(ctx, func(s *graph.Scope, d vi.Data) *vi.Estimate {
			return vi.ELBO{}.Estimate(s, models.NewVAE(s, m1), d)
		}, sets.Train.Batches(data.BatchConfig{Arrays: arrays, Seed: o.seed, Flat: true, Map: transform}), trainers.Config{
			Params: f.Params, Epochs: o.m1epochs, Seed: o.seed, Optimizer: trainers.Adam{Rate: 1e-3},
			OnEpoch: func(e trainers.Epoch) error {
				fmt.Fprintf(stderr, "M1 epoch %d: ELBO %.2f (%.1f s)\n", e.Epoch, e.Train["bound"], e.Seconds)
				return nil
			},
		})
		if err != nil {
			return err
		}
		if sets.Train, err = f.Of(ctx, sets.Train); err != nil {
			return err
		}
		if sets.Test, err = f.Of(ctx, sets.Test); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "M1 uses %d latents\n", len(f.Keep))
		k := len(f.Keep)
		c.Input, c.Output = k, 2*k
		c.Likelihood = func(h *graph.Node) prob.Dist { return models.Normal(h, k) }
		arrays, transform = []string{"mean", "std"}, nil
	}
	rest, labelled, err := sets.Train.SplitByClass("y", o.seed, o.labels)
	if err != nil {
		return err
	}
	join := &data.Join{Parts: map[string]data.Batches{
		"labelled":   labelled.Batches(data.BatchConfig{Arrays: append(arrays, "y"), Size: o.labelled, Seed: o.seed, Flat: true, Map: transform}),
		"unlabelled": rest.Batches(data.BatchConfig{Arrays: arrays, Size: o.batch, Seed: o.seed + 1, Flat: true, Map: transform}),
	}, Epoch: "unlabelled"}
	m := models.SemiSupervised{Model: c, Labelled: labelled.Len(), Unlabelled: rest.Len(), Alpha: o.alpha}
	params := &graph.Params{Seed: o.seed}
	test := sets.Test.Batches(data.BatchConfig{Arrays: append(arrays, "y"), Size: 500, Flat: true, Evaluation: true})
	var wrong float64
	_, err = trainers.Fit(ctx, m.Bound, join, trainers.Config{
		Params: params, Epochs: o.epochs, Seed: o.seed, Optimizer: trainers.Adam{Rate: o.rate},
		OnEpoch: func(e trainers.Epoch) (err error) {
			wrong, err = m.Error(ctx, params, test)
			fmt.Fprintf(stderr, "epoch %d: bound %.2f, log q(y|x) of the labels %.3f, test error %.2f%% (%.1f s)\n",
				e.Epoch, e.Train["bound"], e.Train["classification"], 100*wrong, e.Seconds)
			return err
		},
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s, %d labels: test error %.2f%%\n", o.model, o.labels, 100*wrong)
	return errors.Wrap(err, "output")
}
