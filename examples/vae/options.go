package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers/data"
)

// options are the flags.
type options struct {
	data, out, load, likelihood, binarize string
	epochs, batch, hidden, depth, latents int
	rate                                  float64
	seed                                  uint64
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
	f.StringVar(&o.likelihood, "likelihood", "bernoulli", "`law` of the pixels: "+likelihoodNames())
	f.StringVar(&o.binarize, "binarize", "dynamic", "for -likelihood bernoulli: draw black and white pixels anew each epoch (dynamic) or once (static)")
	f.StringVar(&o.out, "out", filepath.Join("out", "vae"), "`folder` for the model, metrics and pictures")
	f.StringVar(&o.load, "load", "", "evaluate and draw with this `model.safetensors` instead of training")
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
	}{{"epochs", o.epochs}, {"batch", o.batch}, {"hidden", o.hidden}, {"depth", o.depth}, {"latent", o.latents}} {
		if n.value < 1 || n.value > 1e5 {
			return o, errors.Errorf("-%s %d: want 1 to 100000", n.name, n.value)
		}
	}
	if !(o.rate > 0 && o.rate < 1) {
		return o, errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	}
	if _, ok := likelihoods[o.likelihood]; !ok {
		return o, errors.Errorf("-likelihood %s: want one of %s", o.likelihood, likelihoodNames())
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

func (o options) drawing() data.Drawing {
	switch {
	case o.likelihood != "bernoulli":
		return data.Grey
	case o.binarize == "static":
		return data.Static
	}
	return data.EachEpoch
}

// prepare makes the output folder and finds out whether it can be written,
// before an hour of training.
func (o options) prepare() error {
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return errors.Wrap(err, "-out")
	}
	f, err := os.CreateTemp(o.out, ".writable-*")
	if err != nil {
		return errors.Wrap(err, "-out")
	}
	f.Close()
	return errors.Wrap(os.Remove(f.Name()), "-out")
}
