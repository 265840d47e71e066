package main

import (
	"flag"
	"io"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/flags"
	"github.com/latentgo/latent/examples/models"
)

// options are the flags.
type options struct {
	data          string
	posterior     models.Posterior
	hidden        []int
	epochs, batch int
	warm, draws   int
	rate          float64
	threshold     float64
	seed          uint64
	training      flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	var posterior, hidden string
	f := flag.NewFlagSet("dropout", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of IDX files named as MNIST's, or mnist or fashion-mnist, downloaded once; empty: digits drawn by the program")
	f.StringVar(&posterior, "posterior", "vd-a", "of the weights: `name`, one of "+strings.Join(models.PosteriorNames(), ", "))
	f.StringVar(&hidden, "hidden", "100,100,100", "`units` of the hidden layers")
	f.IntVar(&o.epochs, "epochs", 20, "passes over the training data")
	f.IntVar(&o.warm, "warm-up", 5, "epochs in which the weight of the divergence rises to 1")
	f.IntVar(&o.batch, "batch", 100, "pictures a step")
	f.IntVar(&o.draws, "k", 50, "draws of the weights for a prediction")
	f.Float64Var(&o.rate, "rate", 1e-3, "step size of Adam")
	f.Float64Var(&o.threshold, "threshold", 3, "log α above which a weight is pruned")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	o.training.Add(f, "k", "threshold")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	if o.posterior, err = models.PosteriorNamed(posterior); err != nil {
		return o, errors.WithMessagef(err, "-posterior %s", posterior)
	}
	if o.hidden, err = models.Widths(hidden); err != nil {
		return o, errors.WithMessagef(err, "-hidden %s", hidden)
	}
	switch {
	case f.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", f.Arg(0))
	case min(o.epochs, o.batch, o.draws) < 1 || o.warm < 0 || max(o.epochs, o.batch, o.draws, o.warm) > 1e5:
		err = errors.Errorf("-epochs %d -warm-up %d -batch %d -k %d: want 1 to 100000, and -warm-up perhaps 0", o.epochs, o.warm, o.batch, o.draws)
	case !(o.rate > 0 && o.rate < 1):
		err = errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	}
	return o, err
}
