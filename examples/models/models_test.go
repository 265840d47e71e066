package models_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// digits are some with few labels.
func digits(t *testing.T) (labelled, rest *data.Set) {
	t.Helper()
	rest, labelled, err := data.Digits(1, 330).SplitByClass("y", 1, 30)
	if err != nil {
		t.Fatal(err)
	}
	return labelled, rest
}

func join(labelled, rest *data.Set) data.Batches {
	return models.SemiSupervised{}.Batches(labelled, rest, data.BatchConfig{Size: 30, Seed: 1, Flat: true})
}

// The bound rises with classes enumerated and drawn, and is the sum of its parts.
// Enumerated, the classes are learnt; drawn, q(y|x) collapses to one class early,
// as published too, so that nothing is asked of it.
func TestSemiSupervised(t *testing.T) {
	labelled, rest := digits(t)
	for name, draw := range map[string]vi.Estimator{"enumerated": nil, "drawn": vi.Score{}} {
		m := models.SemiSupervised{
			Model:    models.M2Config{Input: 784, Classes: 10, Latent: 4, Hidden: []int{32}},
			Labelled: labelled.Len(), Unlabelled: rest.Len(), Alpha: 1, Draw: draw,
		}
		params := &graph.Params{Seed: 1}
		r, err := trainers.Fit(context.Background(), m.Bound, join(labelled, rest), trainers.Config{
			Params: params, Epochs: 30, Optimizer: trainers.Adam{Rate: 3e-3},
		})
		if err != nil {
			t.Fatal(name, err)
		}
		first, last := r.Epochs[0].Train, r.Epochs[len(r.Epochs)-1].Train
		if !(last["bound"] > first["bound"]+50) {
			t.Errorf("%s: bound from %v to %v", name, first["bound"], last["bound"])
		}
		n := float64(labelled.Len() + rest.Len())
		want := last["labelled/elbo"]*float64(labelled.Len())/n + last["unlabelled/elbo"]*float64(rest.Len())/n + last["classification"]
		if math.Abs(last["bound"]-want) > 1e-3*math.Abs(want) {
			t.Errorf("%s: bound %v, want the sum of its parts, %v", name, last["bound"], want)
		}
		if draw != nil {
			continue
		}
		test := rest.Batches(data.BatchConfig{Arrays: []string{"x", "y"}, Flat: true, Evaluation: true})
		if wrong, err := m.Error(context.Background(), params, test); err != nil || !(wrong < .6) || !(last["classification"] > -.5) {
			t.Errorf("error %v (%v), by chance it is .9; log q(y|x) of the labels %v", wrong, err, last["classification"])
		}
	}
}

// M2 on the features of M1: their number is that of the latents in use.
func TestFeatures(t *testing.T) {
	ctx := context.Background()
	labelled, rest := digits(t)
	f := models.Features{Model: models.VAEConfig{Input: 784, Latent: 6, Hidden: []int{32}}, Params: &graph.Params{Seed: 1}}
	pictures := rest.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: 20, Flat: true})
	c := f.Config(30, pictures.Count())
	c.Optimizer = trainers.Adam{Rate: 3e-3}
	_, err := trainers.Fit(ctx, f.Bound, pictures, c)
	if err != nil {
		t.Fatal(err)
	}
	if rest, err = f.Of(ctx, rest); err != nil {
		t.Fatal(err)
	}
	if labelled, err = f.Of(ctx, labelled); err != nil {
		t.Fatal(err)
	}
	if n := len(f.Keep); n < 1 || n > 6 || labelled.Cols("mean") != n || rest.Cols("std") != n {
		t.Fatalf("kept %v, and the sets have %d and %d columns", f.Keep, labelled.Cols("mean"), rest.Cols("std"))
	}
	none := models.Features{Model: f.Model, Params: f.Params, Keep: []int{}}
	if _, err := none.Of(ctx, data.Digits(2, 20)); err == nil || !strings.Contains(err.Error(), "none of 6 latents is used") {
		t.Errorf("features of no latents: %v", err)
	}
	m := models.SemiSupervised{Model: f.M2(10, 4, 16), Labelled: labelled.Len(), Unlabelled: rest.Len(), Alpha: 1}
	r, err := trainers.Fit(ctx, m.Bound, join(labelled, rest), trainers.Config{Epochs: 5, Optimizer: trainers.Adam{Rate: 3e-3}})
	if err != nil {
		t.Fatal(err)
	}
	if first, last := r.Epochs[0].Train["bound"], r.Epochs[4].Train["bound"]; !(last > first && first > -100) {
		t.Errorf("bound from %v to %v, want it to start above -100 and to rise", first, last)
	}
}

// The ladder's divergences are in closed form, as the guide draws a layer after
// those that its prior depends on; going up they are not. Both are bounds of the
// same model.
func TestLadder(t *testing.T) {
	for _, plain := range []bool{false, true} {
		p, err := graph.Build(&graph.Params{Seed: 1}, func(s *graph.Scope) {
			m := models.NewLadder(s, models.LadderConfig{Input: 784, Latents: []int{8, 4, 2}, Hidden: []int{16, 12, 8}, Plain: plain})
			e := vi.ELBO{}.Estimate(s, m.Model(), vi.Data{"x": s.Input("x", 5, 784)})
			want := 0
			if plain {
				want = 2 // the top one has a prior of its own
			}
			if len(e.MonteCarlo) != want {
				t.Errorf("plain %v: divergences by Monte Carlo at %v, want %d", plain, e.MonteCarlo, want)
			}
			for _, z := range []string{"kl/z1", "kl/z2", "kl/z3"} {
				s.Output(z, e.Terms[z])
			}
			s.Output("bound", e.Value)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := graph.Feed(p, "x", make([]float32, 5*784)); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		if b, _ := p.Value("bound"); !(b[0] < 0) {
			t.Errorf("plain %v: bound %v", plain, b)
		}
	}
}

// What is left out or does not fit is said when the model is built.
func TestRefusals(t *testing.T) {
	for want, f := range map[string]func(s *graph.Scope){
		"M2 without hidden layers":  func(s *graph.Scope) { models.NewM2(s, models.M2Config{Input: 2, Classes: 2, Latent: 1}) },
		"one number for each layer": func(s *graph.Scope) { models.NewLadder(s, models.LadderConfig{Input: 2, Latents: []int{1}}) },
		"want both or neither":      func(s *graph.Scope) { models.NewVAE(s, models.VAEConfig{Input: 2, Latent: 1, Features: 3}) },
		"want Hidden, or Encoder and Decoder": func(s *graph.Scope) {
			models.NewVAE(s, models.VAEConfig{Input: 12, Latent: 1, Encoder: models.Pictures{Height: 4, Width: 3}.Encoder})
		},
		"pictures of 4×3 with 13 outputs": func(s *graph.Scope) {
			p := models.Pictures{Height: 4, Width: 3}
			models.NewVAE(s, models.VAEConfig{Input: 12, Latent: 1, Output: 13, Encoder: p.Encoder, Decoder: p.Decoder(1)})
		},
		"SemiSupervised of 0 data with labels": func(s *graph.Scope) { models.SemiSupervised{}.Bound(s, nil) },
		"models: Markov: want First, Transition and Emission": func(s *graph.Scope) {
			vi.Run(s, vi.Model{Joint: models.Markov{Steps: 3}.Joint}, nil, vi.Config{Rows: 1})
		},
		"models: Markov: -1 flows": func(s *graph.Scope) {
			models.NewMarkov(s, models.MarkovConfig{Input: 4, Latent: 2, Hidden: 3, Steps: 5, Flows: -1})
		},
		"z is drawn at 5 steps of a Scan":        markov(models.MarkovConfig{Input: 4, Latent: 2, Hidden: 3, Steps: 5}),
		"z is drawn at 0 steps of a Scan":        markov(models.MarkovConfig{Input: 4, Latent: 2, Hidden: 3}),
		"dense p/gate/0: widths 2 and 0":         markov(models.MarkovConfig{Input: 4, Latent: 2, Steps: 3}),
		"GRU q/rnn: input [1 2 3 4], want [… 5]": markov(models.MarkovConfig{Input: 5, Latent: 2, Hidden: 3, Steps: 3}),
	} {
		if _, err := graph.Build(&graph.Params{}, f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// markov is the bound of a deep Markov model, of sequences of 3 steps of 4 numbers.
func markov(c models.MarkovConfig) func(s *graph.Scope) {
	return func(s *graph.Scope) {
		vi.ELBO{}.Estimate(s, models.NewMarkov(s, c), vi.Data{"x": s.Input("x", 2, 3, 4)})
	}
}
