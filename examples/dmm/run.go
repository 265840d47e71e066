package main

import (
	"context"
	"flag"
	"fmt"
	"io"
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
	models.MarkovConfig
	out                   string
	epochs, batch, pieces int
	rate                  float64
	seed                  uint64
	training              flags.Training
}

func parse(args []string, usage io.Writer) (o options, err error) {
	f := flag.NewFlagSet("dmm", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.out, "out", "", "`folder` for a picture; empty: none")
	f.IntVar(&o.epochs, "epochs", 60, "passes over the training data")
	f.IntVar(&o.batch, "batch", 32, "pieces a step of training")
	f.IntVar(&o.pieces, "pieces", 1280, "pieces to train on")
	f.IntVar(&o.Steps, "steps", 48, "steps of a piece")
	f.IntVar(&o.Latent, "latent", 32, "latent dimensions of a state")
	f.IntVar(&o.Hidden, "hidden", 100, "units of the networks")
	f.IntVar(&o.Flows, "flows", 0, "inverse autoregressive flows of the guide")
	f.Float64Var(&o.rate, "rate", 3e-3, "step size of Adam")
	f.Uint64Var(&o.seed, "seed", 1, "of everything random")
	o.training.Add(f, "out")
	o.Input = keys
	if err = f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(usage)
			f.Usage()
		}
		return o, err
	}
	counts := []int{o.epochs, o.batch, o.pieces, o.Steps, o.Latent, o.Hidden}
	for i, name := range []string{"epochs", "batch", "pieces", "steps", "latent", "hidden"} {
		if counts[i] < 1 || counts[i] > 1e5 {
			return o, errors.Errorf("-%s %d: want 1 to 100000", name, counts[i])
		}
	}
	switch {
	case f.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", f.Arg(0))
	case o.Flows < 0 || o.Flows > 100:
		err = errors.Errorf("-flows %d: want 0 to 100", o.Flows)
	case !(o.rate > 0 && o.rate < 1):
		err = errors.Errorf("-rate %v: want a number between 0 and 1", o.rate)
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
	train, err := music(o.pieces, o.Steps, o.seed)
	if err != nil {
		return err
	}
	test, err := music(max(o.pieces/5, 3), o.Steps, o.seed+1)
	if err != nil {
		return err
	}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{}.Estimate(s, models.NewMarkov(s, o.MarkovConfig), d)
	}
	params := o.training.Params(o.seed)
	result, err := trainers.Fit(ctx, bound, train.Batches(data.BatchConfig{Size: o.batch, Seed: o.seed}), trainers.Config{
		Params: params, Epochs: o.epochs, Seed: o.seed, Optimizer: trainers.Adam{Rate: o.rate},
		Test: test.Batches(data.BatchConfig{Size: o.batch, Evaluation: true}), Checkpoint: o.training.Checkpoint(stderr),
		OnEpoch: func(e trainers.Epoch) error {
			_, err := fmt.Fprintf(stderr, "epoch %d: training bound %.2f, test ELBO %.2f (%.1f s)\n", e.Epoch, e.Train["bound"], e.Test["elbo"], e.Seconds)
			return errors.Wrap(err, "output")
		},
	})
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := o.picture(ctx, params, test); err != nil {
			return err
		}
	}
	elbo := result.Epochs[len(result.Epochs)-1].Test["elbo"]
	_, err = fmt.Fprintf(stdout, "test ELBO %.2f nats a piece, %.3f a step\n", elbo, elbo/float64(o.Steps))
	return errors.Wrap(err, "output")
}

// picture writes three columns: test pieces, what the guide makes of them and pieces
// that the model plays, each as probabilities by step and key, high ones on top.
func (o options) picture(ctx context.Context, params *graph.Params, test *data.Set) error {
	const n, scale = 3, 4
	size := o.Steps * keys
	mean := func(r *vi.Record) *graph.Node {
		p, _ := r.Site("x").P.(prob.Moments).Moments()
		return p
	}
	p, err := graph.Build(params, func(s *graph.Scope) {
		m := models.NewMarkov(s, o.MarkovConfig)
		x := s.Input("x", n, o.Steps, keys)
		s.Output("again", mean(vi.Run(s.In("again"), m, vi.Data{"x": x}, vi.Config{})))
		s.Output("played", vi.Run(s.In("played"), vi.Model{Joint: m.Joint}, nil, vi.Config{Rows: n}).Site("x").Value)
	})
	if err != nil {
		return err
	}
	given := test.Values("x")[:n*size]
	if err := graph.Feed(p, "x", given); err != nil {
		return err
	}
	if err := p.Run(ctx, graph.Key{Seed: o.seed, Stream: graph.EvaluationStream}); err != nil {
		return err
	}
	again, played := make([]float32, n*size), make([]float32, n*size)
	if err := graph.Read(p, "again", again); err != nil {
		return err
	}
	if err := graph.Read(p, "played", played); err != nil {
		return err
	}
	var all []float32
	for i := range n {
		for _, x := range [][]float32{given, again, played} {
			for y := range scale * keys {
				for t := range scale * o.Steps {
					all = append(all, x[i*size+t/scale*keys+keys-1-y/scale])
				}
			}
		}
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return errors.Wrap(err, "-out")
	}
	return data.WriteGrid(filepath.Join(o.out, "music.png"), all, []int{scale * keys, scale * o.Steps}, 3)
}
