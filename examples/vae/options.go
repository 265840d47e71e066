package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/flags"
	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/trainers/data"
)

// options are the flags.
type options struct {
	data, out, load, likelihood, binarize string
	objective, estimator, compare         string
	epochs, batch, hidden, depth, latents int
	draws, evaluate                       int
	rate, alpha, lambda                   float64
	seed                                  uint64
	training                              flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("vae", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of IDX files named as MNIST's, or mnist or fashion-mnist, downloaded once; empty: digits drawn by the program")
	f.IntVar(&o.epochs, "epochs", 30, "passes over the training data")
	f.IntVar(&o.batch, "batch", 100, "pictures a step")
	f.IntVar(&o.hidden, "hidden", 500, "units a hidden layer")
	f.IntVar(&o.depth, "depth", 1, "hidden layers of the encoder and of the decoder")
	f.IntVar(&o.latents, "latent", 20, "latent dimensions; with 2 the manifold is drawn")
	f.Float64Var(&o.rate, "rate", 1e-3, "step size of Adam")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	f.StringVar(&o.likelihood, "likelihood", "bernoulli", "`law` of the pixels: "+names(likelihoods))
	f.StringVar(&o.binarize, "binarize", "dynamic", "for -likelihood bernoulli: draw black and white pixels anew each epoch (dynamic) or once (static)")
	f.StringVar(&o.objective, "objective", "elbo", "`bound` to train by: "+names(objectives))
	f.StringVar(&o.estimator, "estimator", "pathwise", "of its gradient: `name`, one of "+names(estimators))
	f.IntVar(&o.draws, "k", 1, "draws of the latents for each picture in training")
	f.Float64Var(&o.alpha, "alpha", .5, "order of -objective renyi")
	f.Float64Var(&o.lambda, "lambda", .1, "nats that a latent dimension has for nothing under -objective free-bits")
	f.IntVar(&o.evaluate, "evaluate", 0, "estimate log p(x) of the test pictures from this many draws for each, and write evidence.csv; 0: do not")
	f.StringVar(&o.compare, "compare", "", "with -evaluate: `evidence.csv` of another run to take the difference from, picture by picture")
	f.StringVar(&o.out, "out", filepath.Join("out", "vae"), "`folder` for the model, metrics and pictures")
	f.StringVar(&o.load, "load", "", "evaluate and draw with this `model.safetensors` instead of training")
	o.training.Add(f, "out", "load", "evaluate", "compare")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	if f.NArg() > 0 {
		return o, errors.Errorf("unexpected argument %q", f.Arg(0))
	}
	for _, n := range []struct {
		name  string
		value int
	}{{"epochs", o.epochs}, {"batch", o.batch}, {"hidden", o.hidden}, {"depth", o.depth}, {"latent", o.latents}, {"k", o.draws}} {
		if n.value < 1 || n.value > 1e5 {
			return o, errors.Errorf("-%s %d: want 1 to 100000", n.name, n.value)
		}
	}
	if !(o.rate > 0 && o.rate < 1) {
		return o, errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	}
	if _, ok := likelihoods[o.likelihood]; !ok {
		return o, errors.Errorf("-likelihood %s: want one of %s", o.likelihood, names(likelihoods))
	}
	if err := o.checkObjective(); err != nil {
		return o, err
	}
	if o.binarize != "dynamic" && o.binarize != "static" {
		return o, errors.Errorf("-binarize %s: want dynamic or static", o.binarize)
	}
	return o, nil
}

// widths returns the hidden layers.
func (o options) widths() []int {
	w := make([]int, o.depth)
	for i := range w {
		w[i] = o.hidden
	}
	return w
}

// batches are those of the pictures of a set as vectors, drawn black and white
// for a likelihood that wants them so.
func (o options) batches(set *data.Set, evaluation bool) data.Batches {
	c := data.BatchConfig{Arrays: []string{"x"}, Size: o.batch, Seed: o.seed, Flat: true, Evaluation: evaluation}
	switch {
	case o.likelihood != "bernoulli":
	case o.binarize == "static":
		c.Map = map[string]data.Transform{"x": data.Once(data.Binarize)}
	default:
		c.Map = map[string]data.Transform{"x": data.Binarize}
	}
	return set.Batches(c)
}

// prepare makes the output folder and takes it, which finds out whether it can
// be written, before an hour of training, and keeps other runs out.
func (o options) prepare() (unlock func() error, err error) {
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return nil, errors.Wrap(err, "-out")
	}
	unlock, err = atomicfile.Lock(o.out)
	return unlock, errors.WithMessage(err, "-out")
}
