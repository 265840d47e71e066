package main

import (
	"context"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

func TestMoyal(t *testing.T) {
	probtest.Run(t, probtest.Case{
		New: func(_ *graph.Scope, p []*graph.Node) prob.Dist {
			return Moyal{Loc: p[0], LogScale: p[1]}
		},
		Params: [][]float64{{0, 0}, {-1.5, .7}},
		Skip:   []string{"edges"}, // y + e⁻ʸ is ∞ − ∞ at −∞, which no model meets
	})
}

func TestTrains(t *testing.T) {
	r, err := trainers.Fit(context.Background(), model, data.Digits(1, 500).Batches(data.BatchConfig{
		Arrays: []string{"x"}, Seed: 1, Flat: true, Map: map[string]data.Transform{"x": data.Binarize},
	}), trainers.Config{
		Epochs: 10, Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	first, last := r.Epochs[0].Train, r.Epochs[9].Train
	if !(last["elbo"] > first["elbo"]+50) {
		t.Errorf("ELBO %.1f after an epoch, %.1f after 10", first["elbo"], last["elbo"])
	}
	// p(z1|z2) depends on z2, which the guide draws after z1; p(z2) on nothing.
	for _, name := range []string{"kl/z1", "kl/z2"} {
		if _, ok := last[name]; !ok {
			t.Errorf("no term %s among %v", name, last)
		}
	}
}
