package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/flags"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// estimators are what -estimator takes, each a change of the objective alone.
// Those that compare draws take some for each picture.
var estimators = []struct {
	name  string
	bound vi.Objective
}{
	{"score", vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}},
	{"score-loo", vi.ELBO{Config: vi.Config{K: 4, Estimator: vi.Score{Baseline: vi.LeaveOneOut{}}}}},
	{"nvil", vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.NVIL{}}}}},
	{"vimco", vi.IWAE{Config: vi.Config{K: 4, Estimator: vi.VIMCO{}}}},
	{"disarm", vi.ELBO{Config: vi.Config{Estimator: vi.DisARM{}}}},
	{"rebar", vi.ELBO{Config: vi.Config{Estimator: vi.REBAR{}}}},
	{"gumbel", vi.ELBO{Config: vi.Config{Estimator: vi.GumbelSoftmax{}}}},
	{"straight-through", vi.ELBO{Config: vi.Config{Estimator: vi.StraightThrough{}}}},
}

// options are the flags.
type options struct {
	data, estimator     string
	epochs, batch, bits int
	rate                float64
	seed                uint64
	bound               vi.Objective
	training            flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	var names []string
	for _, e := range estimators {
		names = append(names, e.name)
	}
	f := flag.NewFlagSet("sbn", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of IDX files named as MNIST's, or mnist or fashion-mnist, downloaded once; empty: digits drawn by the program")
	f.StringVar(&o.estimator, "estimator", "score-loo", "of the gradient: `name`, one of "+strings.Join(names, ", "))
	f.IntVar(&o.epochs, "epochs", 20, "passes over the training data")
	f.IntVar(&o.batch, "batch", 100, "pictures a step")
	f.IntVar(&o.bits, "latent", 200, "latent bits")
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
	for _, e := range estimators {
		if e.name == o.estimator {
			o.bound = e.bound
		}
	}
	switch {
	case f.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", f.Arg(0))
	case o.bound == nil:
		err = errors.Errorf("-estimator %s: want one of %s", o.estimator, strings.Join(names, ", "))
	case o.epochs < 1 || o.batch < 1 || o.bits < 1:
		err = errors.Errorf("-epochs %d -batch %d -latent %d: want 1 or more", o.epochs, o.batch, o.bits)
	case !(o.rate > 0 && o.rate < 1):
		err = errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	}
	return o, err
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	sets, err := data.Open(ctx, o.data, data.Fetcher{}, data.LoadConfig{Seed: o.seed})
	if err != nil {
		return errors.WithMessage(err, "-data")
	}
	with := func(bound vi.Objective) trainers.Bound {
		return func(s *graph.Scope, d vi.Data) *vi.Estimate {
			return bound.Estimate(s, NewSBN(s, sets.Train.Cols("x"), o.bits), d)
		}
	}
	params := o.training.Params(o.seed)
	// Hard samples, whatever trained: the ELBO of Score's own draws.
	elbo := func() (map[string]float64, error) {
		return trainers.Evaluate(ctx, with(vi.ELBO{Config: vi.Config{K: 10, Estimator: vi.Score{}}}), params, o.batches(sets.Test, true), trainers.EvalConfig{Seed: o.seed})
	}
	_, err = trainers.Fit(ctx, with(o.bound), o.batches(sets.Train, false), trainers.Config{
		Params: params, Epochs: o.epochs, Seed: o.seed, Optimizer: trainers.Adam{Rate: o.rate}, Checkpoint: o.training.Checkpoint(stderr),
		OnEpoch: func(e trainers.Epoch) error {
			test, err := elbo()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(stderr, "epoch %d: training bound %.2f, test ELBO %.2f (%.1f s)\n", e.Epoch, e.Train["bound"], test["elbo"], e.Seconds)
			return errors.Wrap(err, "output")
		},
	})
	if err != nil {
		return err
	}
	test, err := elbo()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: test ELBO %.2f nats, hard samples (reconstruction %.1f, KL %.1f)\n", o.estimator, test["elbo"], test["reconstruction"], test["kl"])
	return errors.Wrap(err, "output")
}

// batches are those of black and white pictures as vectors.
func (o options) batches(set *data.Set, evaluation bool) data.Batches {
	return set.Batches(data.BatchConfig{
		Arrays: []string{"x"}, Size: o.batch, Seed: o.seed, Flat: true, Map: map[string]data.Transform{"x": data.Binarize}, Evaluation: evaluation,
	})
}
