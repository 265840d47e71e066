package main

import (
	"fmt"
	"math"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// workload is a training step to be timed: float32, forward, backward, Adam.
// torch.py has the same networks under the same names.
type workload struct {
	name  string
	about string
	rows  int
	cols  int  // of the input "x"
	real  bool // x are numbers, not pixels that are black or white
	model func(s *graph.Scope, x *graph.Node) *vi.Estimate
}

var workloads = []workload{
	{"vae", "784-500-500-20 tanh", 100, 784, false, vae},
	{"iwae", "784-200-200-50, k = 50", 20, 784, false, iwae},
	{"vdropout", "784-3×1000-10, local reparameterisation", 100, 784, false, vdropout},
	{"iaf", "784-300-300-32, four masked steps of 320", 100, 784, false, iaf},
	{"m2", "784-500-50 softplus, 100 pictures with labels and 100 of ten classes", 200, 784, false, m2},
	{"ladder", "64-32-16-8-4 latents beside 512-256-128-64-32, batch normalisation", 128, 784, false, ladder},
	{"bnn", "13-50-1, local reparameterisation", 32, 13, false, bnn},
	{"convvae", "28×28, windows of 3×3 with a stride of 2, channels 32-64, 32 latents", 100, 784, false, convvae},
	{"resvae", "28×28, six residual blocks of channels 16-32-32-32 with weight normalisation, 32 latents", 100, 784, false, resvae},
	{"attention", "sets of 64, width 128, 4 heads, 16 latents an element", 32, setSize * setWidth, true, attention},
	{"causal", "attention, of which a place sees those before it alone", 32, setSize * setWidth, true, causal},
	{"dmm", "50 steps of 88 keys, a GRU of 128 read backwards, states of 32, networks of 128", 32, 50 * 88, false, dmm},
	{"dkf-scan", "200 steps of 20 numbers, a GRU of 64 read backwards, states of 16, networks of 64", 32, 200 * 20, true, dkf},
}

// gaussian splits the last axis of a network's output into the parameters of a
// normal distribution.
func gaussian(h *graph.Node, d int) prob.Normal {
	return prob.Normal{Mean: graph.Cols(h, 0, d), LogStd: graph.Cols(h, d, 2*d)}
}

func vae(s *graph.Scope, x *graph.Node) *vi.Estimate {
	enc, dec := layers.NewMLP(s.In("enc"), 784, 500, 500, 40), layers.NewMLP(s.In("dec"), 20, 500, 500, 784)
	return vi.ELBO{}.Estimate(s, vi.Model{
		Guide: func(t *vi.Trace) { t.Draw("z", gaussian(enc.Apply(t.Given("x")), 20)) },
		Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(20)))})
		},
	}, vi.Data{"x": x})
}

func iwae(s *graph.Scope, x *graph.Node) *vi.Estimate {
	const k = 50
	enc, dec := layers.NewMLP(s.In("enc"), 784, 200, 200, 100), layers.NewMLP(s.In("dec"), 50, 200, 200, 784)
	r := vi.Run(s, vi.Model{
		Guide: func(t *vi.Trace) { t.Draw("z", gaussian(enc.Apply(t.Given("x")), 50)) },
		Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(50)))})
		},
	}, vi.Data{"x": x}, vi.Config{K: k})
	z := r.Site("z")
	logw := r.Site("x").LogP.Add(z.LogP).Sub(z.LogQ)
	return vi.Term("cost", graph.Mean(graph.LogSumExp(logw, 0)).Shift(-math.Log(k)))
}

// vdropout is variational dropout of independent noise with a learned α for each
// input (arXiv 1506.02557, section 3), the divergence by its polynomial.
func vdropout(s *graph.Scope, x *graph.Node) *vi.Estimate {
	net := bayes.Config{
		Config:    layers.Config{Activation: graph.Relu},
		Posterior: bayes.VariationalDropout{Share: bayes.PerUnit, Alpha: .05, Divergence: bayes.Cubic},
	}.NewMLP(s, 784, 1000, 1000, 1000, 10)
	y := s.Noise("labels", graph.UniformNoise, 100, 1) // any labels do for a timing
	return vi.ELBO{Config: vi.Config{Total: 60000}}.Estimate(s, vi.Model{
		Guide: net.Draw,
		Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Categorical{Logits: graph.ExpandDims(net.Apply(t, t.Given("x")), -2)})
		},
	}, vi.Data{"x": x, "y": graph.Floor(y.Scale(10))})
}

// iaf is a VAE whose posterior goes through four steps of inverse
// autoregressive flow (arXiv 1606.04934, algorithm 1).
func iaf(s *graph.Scope, x *graph.Node) *vi.Estimate {
	const d, context = 32, 32
	c := flow.Config{Context: context, Hidden: []int{320}, Activation: graph.Elu}
	var steps []flow.IAF
	for i := range 4 {
		steps = append(steps, flow.NewIAF(s.In("flow").In(fmt.Sprint(i)), d, c))
	}
	return vi.ELBO{KL: vi.MonteCarlo}.Estimate(s, models.NewVAE(s, models.VAEConfig{
		Input: 784, Latent: d, Hidden: []int{300, 300}, Features: 2*d + context,
		Guide: func(h *graph.Node) prob.Dist {
			var chain []prob.Bijector
			for _, f := range steps {
				chain = append(chain, f.Given(graph.Cols(h, 2*d, 2*d+context)), flow.Reverse(d))
			}
			return prob.Transformed{Base: models.Normal(h, d), Bijector: prob.Chain(chain...)}
		},
	}), vi.Data{"x": x})
}

// m2 is a step of semi-supervised learning (arXiv 1406.5298): half of the rows
// have labels, the classes of the others are enumerated.
func m2(s *graph.Scope, x *graph.Node) *vi.Estimate {
	const rows = 100
	y := graph.Floor(s.Noise("labels", graph.UniformNoise, rows, 1).Scale(10)) // any labels do for a timing
	return models.SemiSupervised{
		Model:    models.M2Config{Input: 784, Classes: 10, Latent: 50, Hidden: []int{500}},
		Labelled: 100, Unlabelled: 49900, Alpha: .1,
	}.Bound(s, vi.Data{
		"labelled/x": graph.Slice(x, 0, 0, rows), "labelled/y": y, "unlabelled/x": graph.Slice(x, 0, rows, 2*rows),
	})
}

// ladder is a ladder of five layers of latents (arXiv 1602.02282).
func ladder(s *graph.Scope, x *graph.Node) *vi.Estimate {
	return vi.ELBO{}.Estimate(s, models.NewLadder(s, models.LadderConfig{
		Input: 784, Latents: []int{64, 32, 16, 8, 4}, Hidden: []int{512, 256, 128, 64, 32}, Network: models.Normalised,
	}).Model(), vi.Data{"x": x})
}

// bnn is Bayesian regression with normal weights, standard normal priors and
// local reparameterisation.
func bnn(s *graph.Scope, x *graph.Node) *vi.Estimate {
	net := bayes.Config{Config: layers.Config{Activation: graph.Relu}}.NewMLP(s, 13, 50, 1)
	noise := s.Param("noise", graph.Constant(-1))
	return vi.ELBO{Config: vi.Config{Total: 455}}.Estimate(s, vi.Model{
		Guide: net.Draw,
		Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: net.Apply(t, t.Given("x")), LogStd: noise})
		},
	}, vi.Data{"x": x, "y": s.Noise("y", graph.GaussianNoise, 32, 1)})
}
