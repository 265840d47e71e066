package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/trainers/report"
	"github.com/latentgo/latent/vi"
)

// app is one invocation.
type app struct {
	options
	stdout, stderr io.Writer
	sets           data.Sets
	other          []float64 // log p(x) of the test pictures by the model to compare with
	params         *graph.Params
	metrics        lines
	shown          *report.Progress
}

// lines are the metrics so far, which a run that goes on has too.
type lines struct{ bytes.Buffer }

// MarshalBinary implements checkpoint.Stateful.
func (l *lines) MarshalBinary() ([]byte, error) { return bytes.Clone(l.Bytes()), nil }

// UnmarshalBinary implements checkpoint.Stateful.
func (l *lines) UnmarshalBinary(b []byte) error {
	l.Reset()
	_, err := l.Write(b)
	return err
}

// printer remembers the first error of its writer.
type printer struct {
	io.Writer
	err error
}

func (p *printer) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if p.err == nil {
		p.err = err
	}
	return n, err
}

// run is an invocation. Lines that could not be printed are an error too.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	out := &printer{Writer: stdout}
	if err := runTo(ctx, args, out, stderr); err != nil {
		return err
	}
	return errors.Wrap(out.err, "output")
}

func runTo(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	a := &app{options: o, stdout: stdout, stderr: stderr, params: o.training.Params(o.seed)}
	unlock, err := a.prepare()
	if err != nil {
		return err
	}
	defer func() {
		if e := unlock(); err == nil {
			err = e
		}
	}()
	if a.sets, err = a.dataSets(ctx); err != nil {
		return err
	}
	if o.compare != "" {
		if err := a.readOther(ctx); err != nil {
			return errors.WithMessage(err, "-compare")
		}
	}
	if o.load != "" {
		err = a.restore()
	} else {
		err = a.train(ctx)
	}
	if err != nil {
		return err
	}
	terms, err := trainers.Evaluate(ctx, a.model(vi.ELBO{}), a.params, a.batches(a.sets.Test, true), trainers.EvalConfig{Seed: a.seed})
	if err != nil {
		return err
	}
	if err := a.pictures(ctx); err != nil {
		return err
	}
	if o.evaluate > 0 {
		if err := a.evidence(ctx); err != nil {
			return err
		}
	}
	if bits, ok := terms[bitsPerDim]; ok {
		fmt.Fprintf(stdout, "test bits per dimension %.3f\n", bits)
	}
	fmt.Fprintf(stdout, "test ELBO %.2f nats (reconstruction %.1f, KL %.1f)\n", terms["elbo"], terms["reconstruction"], terms["kl"])
	return nil
}

// bitsPerDim is the ELBO where that is the probability of grey levels.
const bitsPerDim = "bits_per_dim"

// model is a bound of the VAE on a batch.
func (a *app) model(bound vi.Objective) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		e := bound.Estimate(s, a.newVAE(s), d)
		if a.likelihood == "discretized-logistic" {
			e.Terms[bitsPerDim] = e.Terms["elbo"].Scale(-1 / (math.Ln2 * float64(a.sets.Train.Cols("x"))))
		}
		return e
	}
}

func (a *app) newVAE(s *graph.Scope) vi.Model {
	s.State("likelihood/"+a.likelihood, graph.Constant(0)) // a mark: the file of another likelihood is refused by this name
	return NewVAE(s, likelihoods[a.likelihood], a.sets.Train.Cols("x"), a.latents, a.widths()...)
}

func (a *app) train(ctx context.Context) error {
	c := trainers.Config{
		Params: a.params, Epochs: a.epochs, Seed: a.seed,
		Optimizer: trainers.Adam{Rate: a.rate}, Test: a.batches(a.sets.Test, true), OnEpoch: a.onEpoch,
	}
	if c.Checkpoint = a.training.Checkpoint(a.stderr); c.Checkpoint != nil {
		c.Checkpoint.State = map[string]checkpoint.Stateful{"metrics.jsonl": &a.metrics}
	}
	a.shown = report.NewProgress(a.stderr)
	a.shown.Unit = "pictures"
	defer a.shown.Close() // what it cannot write is no loss by now
	c.OnStep = a.shown.OnStep
	result, err := trainers.Fit(ctx, a.model(a.bound()), a.batches(a.sets.Train, false), c)
	if result.Steps == 0 {
		return err // nothing worth keeping
	}
	if err := a.params.Save(a.path("model.safetensors")); err != nil {
		return err
	}
	if err != nil {
		err = errors.WithMessagef(err, "stopped at step %d; the model so far is in %s", result.Steps, a.path("model.safetensors"))
	}
	if len(result.Epochs) > 0 {
		if err := a.plotBound(result.Epochs); err != nil {
			return err
		}
	}
	return err
}

// onEpoch saves the model and adds a line to the metrics, which are always
// complete on disk.
func (a *app) onEpoch(e trainers.Epoch) error {
	if err := a.params.Save(a.path("model.safetensors")); err != nil {
		return err
	}
	line := map[string]any{"epoch": e.Epoch, "seconds": e.Seconds, "examples_per_second": e.ExamplesPerSecond}
	for name, v := range e.Train {
		line["train/"+name] = v
	}
	for name, v := range e.Test {
		line["test/"+name] = v
	}
	if err := json.NewEncoder(&a.metrics).Encode(line); err != nil {
		return errors.Wrap(err, "metrics")
	}
	if err := a.shown.OnEpoch(e); err != nil {
		return err
	}
	return atomicfile.Write(a.path("metrics.jsonl"), func(w io.Writer) error {
		_, err := w.Write(a.metrics.Bytes())
		return err
	})
}

// restore declares the model, with what its estimator learns besides, and fills
// it from the file, which must be its own.
func (a *app) restore() error {
	_, err := graph.Build(a.params, func(s *graph.Scope) {
		x := s.Input("x", 1, a.sets.Train.Cols("x"))
		s.Output("bound", a.model(a.bound())(s, vi.Data{"x": x}).Value)
	})
	if err != nil {
		return err
	}
	return errors.WithMessage(a.params.Load(a.load), "-load")
}

func (a *app) path(name string) string { return filepath.Join(a.out, name) }
