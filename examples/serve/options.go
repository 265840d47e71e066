package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"
)

// options are the flags.
type options struct {
	addr, bundle, token string
	train               training
	batch               int
	delay, watch        time.Duration
}

// training says how a model is made where there is none.
type training struct {
	pictures, epochs int
	config           config
	seed             uint64
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.addr, "addr", "localhost:8000", "`address` to listen on; :8000 is every network")
	f.StringVar(&o.bundle, "bundle", filepath.Join("out", "serve"), "`folder` of the model, made if there is none")
	f.IntVar(&o.train.pictures, "pictures", 5000, "digits to train on")
	f.IntVar(&o.train.epochs, "epochs", 20, "passes over them")
	f.IntVar(&o.train.config.Hidden, "hidden", 200, "units of the hidden layers")
	f.IntVar(&o.train.config.Latent, "latent", 8, "latent dimensions")
	f.Uint64Var(&o.train.seed, "seed", 1, "of everything random in training")
	f.IntVar(&o.batch, "batch", 64, "rows of a run at most")
	f.DurationVar(&o.delay, "delay", 0, "how long a request may wait for others to share its run")
	f.DurationVar(&o.watch, "watch", 2*time.Second, "how often to look for a new bundle; 0: never")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	o.token = os.Getenv("LATENT_TOKEN") // not a flag, which other users of a machine can read
	if f.NArg() > 0 {
		return o, errors.Errorf("unexpected argument %q", f.Arg(0))
	}
	for _, n := range []struct {
		name  string
		value int
	}{{"pictures", o.train.pictures}, {"epochs", o.train.epochs}, {"hidden", o.train.config.Hidden}, {"latent", o.train.config.Latent}, {"batch", o.batch}} {
		if n.value < 1 || n.value > 1e5 {
			return o, errors.Errorf("-%s %d: want 1 to 100000", n.name, n.value)
		}
	}
	if o.delay < 0 || o.watch < 0 {
		return o, errors.New("-delay and -watch: want 0 or more")
	}
	return o, nil
}
