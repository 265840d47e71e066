package models

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// DiscreteVAEConfig says how a VAE with discrete latents is made: Bernoulli
// variables, or one-hot ones of some classes each (Jang, Gu and Poole, arXiv
// 1611.01144), with a uniform prior and Bernoulli pixels.
type DiscreteVAEConfig struct {
	Input, Variables int
	Classes          int   // of each variable; 0 means 2: Bernoulli
	Hidden           []int // units of the layers of the encoder, and of the decoder the other way round
	Networks         layers.Config
}

// NewDiscreteVAE declares the networks "enc" and "dec". The site of Bernoulli
// variables is "z", those of others are "z1", "z2", …, for estimators by site.
func NewDiscreteVAE(s *graph.Scope, c DiscreteVAEConfig) vi.Model {
	if c.Networks.Activation == nil {
		c.Networks.Activation = graph.Relu
	}
	if c.Classes == 0 || c.Classes == 2 {
		return NewVAE(s, VAEConfig{
			Input: c.Input, Latent: c.Variables, Hidden: c.Hidden, Networks: c.Networks, Features: c.Variables,
			Guide: func(h *graph.Node) prob.Dist { return prob.Bernoulli{Logits: h} },
			Prior: prob.Bernoulli{Logits: graph.BroadcastTo(graph.Const(0), c.Variables)},
		})
	}
	n := c.Variables * c.Classes
	enc, dec := coders(s, c.Networks, c.Hidden, [2]int{c.Input, n}, [2]int{n, c.Input})
	draw := func(t *vi.Trace, logits func(i int) *graph.Node) (zs []*graph.Node) {
		for i := range c.Variables {
			zs = append(zs, t.Draw(fmt.Sprint("z", i+1), prob.OneHot{Logits: logits(i)}))
		}
		return zs
	}
	return vi.Model{
		Guide: func(t *vi.Trace) {
			h := enc.Apply(t.Given("x"))
			draw(t, func(i int) *graph.Node { return graph.Cols(h, i*c.Classes, (i+1)*c.Classes) })
		},
		Joint: func(t *vi.Trace) {
			zs := draw(t, func(int) *graph.Node { return graph.BroadcastTo(graph.Const(0), c.Classes) })
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(graph.Concat(-1, zs...))})
		},
	}
}
