package main

import (
	"flag"
	"io"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/flags"
)

// options are the flags.
type options struct {
	data, model, out         string
	labels, epochs, m1epochs int
	hidden, latent, batch    int
	alpha, rate              float64
	seed                     uint64
	training                 flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("semisupervised", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of IDX files named as MNIST's, or mnist, downloaded once; empty: digits drawn by the program")
	f.StringVar(&o.model, "model", "m2", "`name`: m1 (a classifier on the features of a VAE), m2, or m1m2 (M2 on those features)")
	f.StringVar(&o.out, "out", filepath.Join("out", "semisupervised"), "`folder` for analogies.png")
	f.IntVar(&o.labels, "labels", 100, "labels known, equally many of each digit")
	f.IntVar(&o.epochs, "epochs", 20, "passes over the pictures without labels")
	f.IntVar(&o.m1epochs, "m1-epochs", 20, "passes of M1 over the pictures")
	f.IntVar(&o.hidden, "hidden", 300, "units of the hidden layer")
	f.IntVar(&o.latent, "latent", 50, "latent dimensions")
	f.IntVar(&o.batch, "batch", 100, "pictures a step, with and without labels each")
	f.Float64Var(&o.alpha, "alpha", .1, "weight of the classification term")
	f.Float64Var(&o.rate, "rate", 1e-3, "step size of Adam")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	o.training.Add(f, "out", "m1-epochs")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	for _, n := range []struct {
		name  string
		value int
	}{{"labels", o.labels}, {"epochs", o.epochs}, {"m1-epochs", o.m1epochs}, {"hidden", o.hidden}, {"latent", o.latent}, {"batch", o.batch}} {
		if n.value < 1 || n.value > 1e5 {
			return o, errors.Errorf("-%s %d: want 1 to 100000", n.name, n.value)
		}
	}
	switch {
	case f.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", f.Arg(0))
	case o.model != "m1" && o.model != "m2" && o.model != "m1m2":
		err = errors.Errorf("-model %s: want m1, m2 or m1m2", o.model)
	case !(o.rate > 0 && o.rate < 1):
		err = errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	case !(o.alpha >= 0 && o.alpha < 1e6):
		err = errors.Errorf("-alpha %v: want a number not below 0", o.alpha)
	}
	return o, err
}
