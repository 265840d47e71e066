package main

import (
	"flag"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/flags"
	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/trainers/data"
)

// options are the flags.
type options struct {
	data, set, out string
	split          int
	posterior      models.Posterior
	hidden         []int
	epochs, batch  int
	warm, draws    int
	rate           float64
	seed           uint64
	training       flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	var posterior, hidden string
	f := flag.NewFlagSet("bnn", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of the UCI regression sets; empty: points around a curve")
	f.StringVar(&o.set, "set", "", "with -data: `name` of the set, such as boston or yacht")
	f.IntVar(&o.split, "split", 0, "with -data: which of the published divisions into training and test rows")
	f.StringVar(&posterior, "posterior", "normal", "of the weights: `name`, one of "+strings.Join(models.PosteriorNames(), ", "))
	f.StringVar(&hidden, "hidden", "50", "`units` of the hidden layers")
	f.IntVar(&o.epochs, "epochs", 1000, "passes over the training data")
	f.IntVar(&o.warm, "warm-up", 100, "epochs in which the weight of the divergence rises to 1")
	f.IntVar(&o.batch, "batch", 32, "rows a step")
	f.IntVar(&o.draws, "k", 1000, "draws of the weights for a prediction")
	f.Float64Var(&o.rate, "rate", 5e-3, "step size of Adam")
	f.StringVar(&o.out, "out", filepath.Join("out", "bnn"), "`folder` for the picture of the curve")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	o.training.Add(f, "k", "out")
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
	case (o.data == "") != (o.set == ""):
		err = errors.New("-data and -set: want both or neither")
	case min(o.epochs, o.batch, o.draws) < 1 || o.warm < 0 || max(o.epochs, o.batch, o.draws, o.warm) > 1e6:
		err = errors.Errorf("-epochs %d -warm-up %d -batch %d -k %d: want 1 to 1000000, and -warm-up perhaps 0", o.epochs, o.warm, o.batch, o.draws)
	case !(o.rate > 0 && o.rate < 1):
		err = errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	}
	return o, err
}

// load returns the set as the flags say.
func (o options) load() (data.Standardised, error) {
	if o.set == "" {
		return curve(o.seed)
	}
	r, err := data.LoadUCI(o.data, o.set)
	if err != nil {
		return data.Standardised{}, errors.WithMessage(err, "-data")
	}
	s, err := r.Split(o.split)
	return s, errors.WithMessage(err, "-split")
}

// curve is 200 points around sin 2x with nothing known between −½ and 1, and 100
// more to test with. The numbers are those of sequences of low discrepancy.
func curve(seed uint64) (data.Standardised, error) {
	r := data.Regression{Tests: [][]int{nil}}
	for i := range 300 {
		u, v := fraction(float64(seed)*.37+float64(i+1)*math.Phi), fraction(float64(i+1)*math.Sqrt2)
		x := -2 + 1.5*u/.5
		if u >= .5 {
			x = 1 + (u-.5)*2
		}
		r.X = append(r.X, []float64{x})
		r.Y = append(r.Y, math.Sin(2*x)+.1*math.Sqrt2*math.Erfinv(2*v-1))
		if i%3 == 2 {
			r.Tests[0] = append(r.Tests[0], i)
		}
	}
	return r.Split(0)
}

func fraction(x float64) float64 { return min(max(x-math.Floor(x), 1e-6), 1-1e-6) }
