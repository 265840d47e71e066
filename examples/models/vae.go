package models

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// VAEConfig says how a VAE is made,
//
//	p(z),  p(x|z) = Likelihood(dec(z)),  q(z|x) = Guide(enc(x))
//
// (Kingma and Welling, arXiv 1312.6114). Only Input, Latent and Hidden have to be
// said.
type VAEConfig struct {
	Input, Latent int
	Hidden        []int         // units of the layers of the encoder, and of the decoder the other way round
	Networks      layers.Config // the zero value means tanh

	// Encoder and Decoder declare other networks in place of those of Hidden layers,
	// such as those of Pictures, by the width of what they put out.
	Encoder, Decoder func(s *graph.Scope, outputs int) layers.Layer

	Output     int                           // of the decoder; 0 means Input
	Likelihood func(h *graph.Node) prob.Dist // by the decoder's output; nil means Bernoulli logits

	// Features is what the encoder puts out, and Guide the law of z by it; 0 and
	// nil mean a normal law of 2·Latent numbers, mean and log standard deviation.
	Features int
	Guide    func(h *graph.Node) prob.Dist
	Prior    prob.Dist // of z; nil means standard normal
}

// NewVAE declares the networks "enc" and "dec".
func NewVAE(s *graph.Scope, c VAEConfig) vi.Model {
	if (c.Guide == nil) != (c.Features == 0) {
		graph.Fail("models: VAE: %d Features and a Guide that is %v: want both or neither", c.Features, c.Guide != nil)
	}
	if c.Guide == nil {
		c.Features, c.Guide = 2*c.Latent, func(h *graph.Node) prob.Dist { return Normal(h, c.Latent) }
	}
	if c.Likelihood == nil {
		c.Likelihood = func(h *graph.Node) prob.Dist { return prob.Bernoulli{Logits: h} }
	}
	if c.Prior == nil {
		c.Prior = prob.StdNormal(c.Latent)
	}
	if c.Output == 0 {
		c.Output = c.Input
	}
	enc, dec := c.coders(s)
	return vi.Model{
		Guide: func(t *vi.Trace) { t.Draw("z", c.Guide(enc.Apply(t.Given("x")))) },
		Joint: func(t *vi.Trace) { t.Draw("x", c.Likelihood(dec.Apply(t.Draw("z", c.Prior)))) },
	}
}

// coders declares the networks "enc" and "dec".
func (c VAEConfig) coders(s *graph.Scope) (enc, dec layers.Layer) {
	if (c.Encoder == nil) != (c.Decoder == nil) || c.Encoder != nil && c.Hidden != nil {
		graph.Fail("models: VAE: want Hidden, or Encoder and Decoder")
	}
	if c.Encoder == nil {
		return coders(s, c.Networks, c.Hidden, [2]int{c.Input, c.Features}, [2]int{c.Latent, c.Output})
	}
	return c.Encoder(s.In("enc"), c.Features), c.Decoder(s.In("dec"), c.Output)
}

// coders declares the networks "enc" and "dec" with the same hidden layers, in
// dec the other way round, between the widths given.
func coders(s *graph.Scope, c layers.Config, hidden []int, enc, dec [2]int) (up, down layers.Stack) {
	there, back := []int{enc[0]}, []int{dec[0]}
	for i, h := range hidden {
		there, back = append(there, h), append(back, hidden[len(hidden)-1-i])
	}
	return c.NewMLP(s.In("enc"), append(there, enc[1])...), c.NewMLP(s.In("dec"), append(back, dec[1])...)
}
