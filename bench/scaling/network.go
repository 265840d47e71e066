package main

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// A network is a variational autoencoder of 784 inputs and 20 latents.
type network struct{ rows, width, depth, draws int }

func (n network) estimate(s *graph.Scope, x *graph.Node) *vi.Estimate {
	const latents = 20
	hidden := slices.Repeat([]int{n.width}, n.depth)
	enc := layers.NewMLP(s.In("enc"), slices.Concat([]int{784}, hidden, []int{2 * latents})...)
	dec := layers.NewMLP(s.In("dec"), slices.Concat([]int{latents}, hidden, []int{784})...)
	m := vi.Model{
		Guide: func(t *vi.Trace) {
			h := enc.Apply(t.Given("x"))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, latents), LogStd: graph.Cols(h, latents, 2*latents)})
		},
		Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(latents)))})
		},
	}
	if n.draws == 1 {
		return vi.ELBO{}.Estimate(s, m, vi.Data{"x": x})
	}
	return vi.IWAE{Config: vi.Config{K: n.draws}}.Estimate(s, m, vi.Data{"x": x})
}
