package main

import (
	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// convvae is a VAE of plain convolutions, which halve the picture, and of transposed
// ones.
func convvae(s *graph.Scope, x *graph.Node) *vi.Estimate {
	const latent, side, pixels, places = 32, 28, 28 * 28, 7 * 7 * 64
	halves := func(in, out int) layers.ConvConfig {
		return layers.ConvConfig{Inputs: in, Outputs: out, Window: []int{3}, Stride: []int{2}, Same: true}
	}
	act := layers.Func(graph.Relu)
	return vi.ELBO{}.Estimate(s, models.NewVAE(s, models.VAEConfig{
		Input: pixels, Latent: latent,
		Encoder: func(s *graph.Scope, outputs int) layers.Layer {
			return layers.Stack{layers.Unflatten{Shape: []int{side, side, 1}},
				layers.NewConv2D(s.In("0"), halves(1, 32)), act, layers.NewConv2D(s.In("1"), halves(32, 64)), act,
				layers.Flatten{}, layers.NewDense(s.In("last"), places, outputs)}
		},
		Decoder: func(s *graph.Scope, _ int) layers.Layer {
			return layers.Stack{layers.NewDense(s.In("first"), latent, places), act, layers.Unflatten{Shape: []int{side / 4, side / 4, 64}},
				layers.NewConvTranspose2D(s.In("0"), halves(64, 32)), act, layers.NewConvTranspose2D(s.In("1"), halves(32, 1)), layers.Flatten{}}
		},
	}), vi.Data{"x": x})
}

// resvae is the residual VAE of examples/convvae, with three blocks on either side.
func resvae(s *graph.Scope, x *graph.Node) *vi.Estimate {
	const latent = 32
	p := models.Pictures{Height: 28, Width: 28, Filters: []int{16, 32, 32, 32}}
	return vi.ELBO{}.Estimate(s, models.NewVAE(s, models.VAEConfig{
		Input: 784, Latent: latent, Encoder: p.Encoder, Decoder: p.Decoder(latent),
	}), vi.Data{"x": x})
}

const setSize, setWidth = 64, 128

// attention is a VAE of sets: each element has latents of its own, and looks at all
// others before and after.
func attention(s *graph.Scope, x *graph.Node) *vi.Estimate { return sets(s, x, nil) }

// causal is the same of sequences, of which a place looks at itself and those before.
func causal(s *graph.Scope, x *graph.Node) *vi.Estimate {
	return sets(s, x, layers.CausalMask(setSize))
}

func sets(s *graph.Scope, x, mask *graph.Node) *vi.Estimate {
	const latent, heads = 16, 4
	look := func(s *graph.Scope) func(h *graph.Node) *graph.Node {
		l := layers.NewMultiHead(s, layers.MultiHeadConfig{Inputs: setWidth, Heads: heads})
		return func(h *graph.Node) *graph.Node { return h.Add(l.Attend(h, h, mask)) }
	}
	enc, head := look(s.In("enc")), layers.NewDense(s.In("head"), setWidth, 2*latent)
	dec, first, logStd := look(s.In("dec")), layers.NewDense(s.In("first"), latent, setWidth), s.Param("log_std", graph.Constant(0))
	return vi.ELBO{}.Estimate(s, vi.Model{
		Guide: func(t *vi.Trace) {
			h := graph.Reshape(t.Given("x"), -1, setSize, setWidth)
			t.Draw("z", prob.Independent(models.Normal(head.Apply(enc(h)), latent), setSize))
		},
		Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.Independent(prob.StdNormal(latent), setSize))
			h := dec(first.Apply(z))
			t.Draw("x", prob.Normal{Mean: graph.Reshape(h, -1, setSize*setWidth), LogStd: logStd})
		},
	}, vi.Data{"x": x})
}

// dmm is the deep Markov model of examples/dmm, of 50 chords on 88 keys.
func dmm(s *graph.Scope, x *graph.Node) *vi.Estimate {
	c := models.MarkovConfig{Input: 88, Latent: 32, Hidden: 128, Steps: 50}
	return vi.ELBO{}.Estimate(s, models.NewMarkov(s, c), vi.Data{"x": graph.Reshape(x, -1, c.Steps, c.Input)})
}

// dkf is a deep Kalman filter (arXiv 1511.05121) of many small steps: networks say the
// law of the next state and the mean of what is seen, and the guide is that of dmm.
func dkf(s *graph.Scope, x *graph.Node) *vi.Estimate {
	c := models.MarkovConfig{Input: 20, Latent: 16, Hidden: 64, Steps: 200}
	relu := layers.Config{Activation: graph.Relu}
	next, shows := relu.NewMLP(s.In("next"), c.Latent, c.Hidden, 2*c.Latent), relu.NewMLP(s.In("shows"), c.Latent, c.Hidden, c.Input)
	logStd := s.Param("log_std", graph.Constant(0))
	m := models.Markov{
		Steps: c.Steps, First: s.Param("first", graph.Constant(0), c.Latent),
		Transition: func(z *graph.Node) prob.Dist { return models.Normal(next.Apply(z), c.Latent) },
		Emission: func(z *graph.Node) prob.Dist {
			return prob.Independent(prob.Normal{Mean: shows.Apply(z), LogStd: logStd}, c.Steps)
		},
	}
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: m.Joint, Guide: models.NewCombiner(s.In("q"), c)}, vi.Data{"x": graph.Reshape(x, -1, c.Steps, c.Input)})
}
