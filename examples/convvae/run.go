package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/flags"
	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// options are the flags.
type options struct {
	data, out      string
	epochs, batch  int
	latents, flows int
	filters        []int
	hidden         int
	grey           bool
	rate           float64
	seed           uint64
	training       flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("convvae", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.data, "data", "", "`folder` of IDX files named as MNIST's, or mnist, downloaded once; empty: digits drawn by the program")
	f.StringVar(&o.out, "out", "", "`folder` for pictures; empty: none")
	f.IntVar(&o.epochs, "epochs", 10, "passes over the training data")
	f.IntVar(&o.batch, "batch", 100, "pictures a step")
	f.IntVar(&o.latents, "latent", 32, "latent dimensions")
	f.IntVar(&o.flows, "flows", 0, "inverse autoregressive flows of the posterior")
	filters := f.String("filters", "16,32,32", "channels of the first convolution and of each block, which halves the picture")
	f.IntVar(&o.hidden, "hidden", 450, "units of the dense layers")
	f.BoolVar(&o.grey, "grey", false, "grey values, else black and white pixels, drawn anew each epoch")
	f.Float64Var(&o.rate, "rate", 1e-3, "step size of AdaMax")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	o.training.Add(f, "out")
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	if o.filters, err = models.Widths(*filters); err != nil {
		return o, errors.WithMessage(err, "-filters")
	}
	switch {
	case f.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", f.Arg(0))
	case min(o.epochs, o.batch, o.latents, o.hidden) < 1 || max(o.epochs, o.batch, o.latents, o.hidden) > 1e5:
		err = errors.Errorf("-epochs %d -batch %d -latent %d -hidden %d: want 1 to 100000", o.epochs, o.batch, o.latents, o.hidden)
	case o.flows < 0 || o.flows > 100:
		err = errors.Errorf("-flows %d: want 0 to 100", o.flows)
	case !(o.rate > 0 && o.rate < 1):
		err = errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
	}
	return o, err
}

// app is one invocation.
type app struct {
	options
	sets   data.Sets
	params *graph.Params
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	a := app{options: o, params: o.training.Params(o.seed)}
	if a.sets, err = data.Open(ctx, o.data, data.Fetcher{}, data.LoadConfig{Seed: o.seed}); err != nil {
		return errors.WithMessage(err, "-data")
	}
	c := data.BatchConfig{Arrays: []string{"x"}, Size: o.batch, Seed: o.seed, Flat: true}
	if !o.grey {
		c.Map = map[string]data.Transform{"x": data.Binarize}
	}
	train := a.sets.Train.Batches(c)
	c.Evaluation = true
	result, err := trainers.Fit(ctx, a.bound, train, trainers.Config{
		Params: a.params, Epochs: o.epochs, Seed: o.seed, Optimizer: trainers.AdaMax{Rate: o.rate}, Initialise: true, Test: a.sets.Test.Batches(c),
		Checkpoint: o.training.Checkpoint(stderr),
		OnEpoch: func(e trainers.Epoch) error {
			_, err := fmt.Fprintf(stderr, "epoch %d: training bound %.2f, test ELBO %.2f (%.1f s)\n", e.Epoch, e.Train["bound"], e.Test["elbo"], e.Seconds)
			return errors.Wrap(err, "output")
		},
	})
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := a.pictures(ctx); err != nil {
			return err
		}
	}
	test := result.Epochs[len(result.Epochs)-1].Test
	_, err = fmt.Fprintf(stdout, "test ELBO %.2f nats (reconstruction %.1f, KL %.1f)", test["elbo"], test["reconstruction"], test["kl"])
	if err == nil && o.grey {
		_, err = fmt.Fprintf(stdout, ", %.3f bits per dimension", -test["elbo"]/math.Ln2/float64(a.sets.Train.Cols("x")))
	}
	if err == nil {
		_, err = fmt.Fprintln(stdout)
	}
	return errors.Wrap(err, "output")
}

func (a *app) bound(s *graph.Scope, d vi.Data) *vi.Estimate {
	return vi.ELBO{}.Estimate(s, a.model(s), d)
}

func (a *app) model(s *graph.Scope) vi.Model {
	shape := a.sets.Train.Shape("x")
	return model(s, a.options, shape[0], shape[1])
}

// pictures draws dreams, and test pictures with their reconstructions beneath.
func (a *app) pictures(ctx context.Context) error {
	const columns = 10
	n := min(5*columns, a.sets.Test.Len()/columns*columns)
	width := a.sets.Test.Cols("x")
	given := a.sets.Test.Values("x")[:n*width]
	p, err := graph.Build(a.params, func(s *graph.Scope) {
		m := a.model(s)
		s.Output("dreams", picture(vi.Run(s, vi.Model{Joint: m.Joint}, nil, vi.Config{Rows: 2 * n}).Site("x").P))
		s.Output("again", picture(vi.Run(s.In("again"), m, vi.Data{"x": s.Input("given", n, width)}, vi.Config{}).Site("x").P))
	})
	if err != nil {
		return err
	}
	if err := graph.Feed(p, "given", given); err != nil {
		return err
	}
	if err := p.Run(ctx, graph.Key{Seed: a.seed, Stream: graph.EvaluationStream}); err != nil {
		return err
	}
	if err := os.MkdirAll(a.out, 0o777); err != nil {
		return errors.Wrap(err, "-out")
	}
	dreams, again := make([]float32, 2*n*width), make([]float32, n*width)
	if err := graph.Read(p, "dreams", dreams); err != nil {
		return err
	}
	if err := graph.Read(p, "again", again); err != nil {
		return err
	}
	var both []float32
	for row := columns * width; len(given) > 0; given, again = given[row:], again[row:] {
		both = append(append(both, given[:row]...), again[:row]...)
	}
	shape := a.sets.Test.Shape("x")
	if err := data.WriteGrid(filepath.Join(a.out, "reconstructions.png"), both, shape, columns); err != nil {
		return err
	}
	return data.WriteGrid(filepath.Join(a.out, "samples.png"), dreams, shape, columns)
}

// picture is the mean, of grey values before rounding.
func picture(d prob.Dist) *graph.Node {
	if l, ok := d.(prob.DiscretizedLogistic); ok {
		return l.Loc
	}
	mean, _ := d.(prob.Moments).Moments()
	return mean
}
