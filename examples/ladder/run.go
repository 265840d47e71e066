package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/flags"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// options are the flags.
type options struct {
	data, guide   string
	epochs, batch int
	warm          int
	free, rate    float64
	seed          uint64
	training      flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("ladder", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of IDX files named as MNIST's, or mnist, downloaded once; empty: digits drawn by the program")
	f.StringVar(&o.guide, "guide", "ladder", "`name`: ladder, or plain, which goes up")
	f.IntVar(&o.epochs, "epochs", 20, "passes over the training data")
	f.IntVar(&o.warm, "warm-up", 10, "epochs in which the weight of the divergences rises to 1")
	f.IntVar(&o.batch, "batch", 128, "pictures a step")
	f.Float64Var(&o.free, "free-bits", 0, "nats that a layer has for nothing, instead of -warm-up")
	f.Float64Var(&o.rate, "rate", 1e-3, "step size of Adam")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	o.training.Add(f)
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	switch {
	case f.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", f.Arg(0))
	case o.guide != "ladder" && o.guide != "plain":
		err = errors.Errorf("-guide %s: want ladder or plain", o.guide)
	case o.epochs < 1 || o.batch < 1 || o.warm < 0 || max(o.epochs, o.batch, o.warm) > 1e5:
		err = errors.Errorf("-epochs %d -batch %d -warm-up %d: want 1 to 100000, and -warm-up perhaps 0", o.epochs, o.batch, o.warm)
	case !(o.rate > 0 && o.rate < 1):
		err = errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	case !(o.free >= 0 && o.free < 1e6):
		err = errors.Errorf("-free-bits %v: want a number not below 0", o.free)
	}
	return o, err
}

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
	c := data.BatchConfig{Arrays: []string{"x"}, Size: o.batch, Seed: o.seed, Flat: true, Map: map[string]data.Transform{"x": data.Binarize}}
	train := sets.Train.Batches(c)
	c.Evaluation = true
	warm := max(1, o.warm*train.Count())
	config := trainers.Config{
		Params: o.training.Params(o.seed), Epochs: o.epochs, Seed: o.seed, Optimizer: trainers.Adam{Rate: o.rate}, Test: sets.Test.Batches(c),
		Checkpoint: o.training.Checkpoint(stderr),
		OnEpoch: func(e trainers.Epoch) error {
			_, err := fmt.Fprintf(stderr, "epoch %d: training bound %.2f, test ELBO %.2f (%.1f s)\n", e.Epoch, e.Train["bound"], e.Test["elbo"], e.Seconds)
			return errors.Wrap(err, "output")
		},
	}
	if o.free == 0 {
		config.Schedules = map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: warm}}
	}
	result, err := trainers.Fit(ctx, func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return bound(s, o).Estimate(s, model(s, o.guide == "plain"), d)
	}, train, config)
	if err != nil {
		return err
	}
	test := result.Epochs[len(result.Epochs)-1].Test
	_, err = fmt.Fprintf(stdout, "%s: test ELBO %.2f nats (reconstruction %.1f; KL z1 %.2f, z2 %.2f, z3 %.3f, z4 %.3f, z5 %.3f)\n", o.guide,
		test["elbo"], test["reconstruction"], test["kl/z1"], test["kl/z2"], test["kl/z3"], test["kl/z4"], test["kl/z5"])
	return errors.Wrap(err, "output")
}
