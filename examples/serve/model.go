package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

const side = 28 // pixels

// config is the configuration of the architecture, in the bundle.
type config struct {
	Hidden int `json:"hidden"`
	Latent int `json:"latent"`
	// Scores are log p(x) of held-out digits in rising order, which a picture is
	// compared with.
	Scores []float64 `json:"scores,omitempty"`
}

// known are the architectures that this program can serve.
var known = serve.Registry{"vae": func(text json.RawMessage) (serve.Spec, error) {
	var c config
	if err := json.Unmarshal(text, &c); err != nil {
		return serve.Spec{}, errors.WithStack(err)
	}
	if c.Hidden < 1 || c.Latent < 1 {
		return serve.Spec{}, errors.Errorf("%d hidden units and %d latents, want 1 or more", c.Hidden, c.Latent)
	}
	return serve.Spec{Model: c.model}, nil
}}

// model is a VAE with normal latents and Bernoulli pixels.
func (c config) model(s *graph.Scope) vi.Model {
	return models.NewVAE(s, models.VAEConfig{Input: side * side, Latent: c.Latent, Hidden: []int{c.Hidden}})
}

// make trains a model on drawn digits and writes its bundle.
func (o training) make(ctx context.Context, dir string, out io.Writer) error {
	fmt.Fprintf(out, "training on %d digits\n", o.pictures)
	held := min(max(o.pictures/5, 20), 1000)
	all := data.Digits(o.seed, o.pictures+held)
	set, err := all.Slice(0, o.pictures)
	if err != nil {
		return err
	}
	test, err := all.Slice(o.pictures, o.pictures+held)
	if err != nil {
		return err
	}
	batches := func(set *data.Set, evaluation bool) data.Batches {
		return set.Batches(data.BatchConfig{
			Arrays: []string{"x"}, Seed: o.seed, Flat: true, Map: map[string]data.Transform{"x": data.Binarize}, Evaluation: evaluation,
		})
	}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate { return vi.ELBO{}.Estimate(s, o.config.model(s), d) }
	fit, err := trainers.Fit(ctx, bound, batches(set, false), trainers.Config{Epochs: o.epochs, Seed: o.seed})
	if err != nil {
		return err
	}
	terms, err := trainers.Evaluate(ctx, bound, fit.Params, batches(test, true), trainers.EvalConfig{})
	if err != nil {
		return err
	}
	c := o.config
	scores, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		rows, _ := vi.Evidence{K: 50}.PerRow(s, o.config.model(s), d)
		return map[string]*graph.Node{"logp": rows.LogP}
	}, fit.Params, batches(test, true), trainers.EvalConfig{})
	if err != nil {
		return err
	}
	c.Scores = slices.Sorted(slices.Values(scores["logp"]))
	text, err := json.Marshal(c)
	if err != nil {
		return errors.WithStack(err)
	}
	fmt.Fprintf(out, "ELBO of %d other digits: %.1f nats\n", held, terms["elbo"])
	lo, hi := 0., 1.
	return serve.Write(dir, serve.Info{
		Architecture: "vae", Config: text,
		Arrays: []serve.Array{{Name: "x", Shape: []int{side * side}, Min: &lo, Max: &hi, About: "pixels row by row, ink 1, paper 0; the digit fills the middle 20×20"}},
		Training: serve.Training{
			Seed: o.seed, Data: fmt.Sprintf("digits drawn by the program, %d, black and white", o.pictures), Epochs: o.epochs,
			Bound: terms["elbo"], About: fmt.Sprintf("bound: of %d digits not trained on", held),
		},
	}, fit.Params, known)
}
