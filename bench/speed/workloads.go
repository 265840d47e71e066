package main

import (
	"fmt"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// workload is a training step to be timed: float32, forward, backward, Adam.
// torch.py has the same networks under the same names.
type workload struct {
	name  string
	about string
	rows  int
	cols  int // of the input "x"
	model func(s *graph.Scope, x *graph.Node) *vi.Estimate
}

var workloads = []workload{
	{"vae", "784-500-500-20 tanh", 100, 784, vae},
	{"iwae", "784-200-200-50, k = 50", 20, 784, iwae},
	{"vdropout", "784-3×1000-10, local reparameterisation", 100, 784, vdropout},
	{"iaf", "784-300-300-32, four masked steps of 320", 100, 784, iaf},
	{"bnn", "13-50-1, local reparameterisation", 32, 13, bnn},
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

// local is a dense layer whose outputs are normal: mean and variance are
// propagated and one noise number is drawn for each output.
func local(s *graph.Scope, x, mean, variance *graph.Node) *graph.Node {
	m, v := graph.MatMul(x, mean), graph.MatMul(x.Square(), variance)
	sh := m.Shape()
	return m.Add(graph.Sqrt(v.Shift(1e-8)).Mul(s.Noise("noise", graph.GaussianNoise, sh...)))
}

// vdropout is variational dropout with a learned α for each input (arXiv
// 1506.02557, section 3), the divergence by its polynomial.
func vdropout(s *graph.Scope, x *graph.Node) *vi.Estimate {
	sizes := []int{784, 1000, 1000, 1000, 10}
	var kl []*graph.Node
	h := x
	for i := range len(sizes) - 1 {
		l := s.In(fmt.Sprint(i))
		theta := l.Param("theta", graph.Glorot{}, sizes[i], sizes[i+1])
		logAlpha := l.Param("log_alpha", graph.Constant(-3), sizes[i], 1)
		alpha := graph.Exp(logAlpha)
		h = local(l, h, theta, theta.Square().Mul(alpha)).Add(l.Param("b", graph.Constant(0), sizes[i+1]))
		if i < len(sizes)-2 {
			h = graph.Relu(h)
		}
		a2 := alpha.Square()
		poly := graph.AddN(logAlpha.Scale(.5), alpha.Scale(1.161451241083230),
			a2.Scale(-1.502041176441722), a2.Mul(alpha).Scale(.586299206427007))
		kl = append(kl, graph.Sum(poly).Scale(float64(sizes[i+1])/60000))
	}
	y := s.Noise("labels", graph.UniformNoise, 100, 1) // any labels do for a timing
	labels := graph.Labels(graph.Floor(y.Scale(10)), 10)
	fit := graph.Mean(graph.Sum(labels.Mul(graph.LogSoftmax(h)), -1))
	return vi.Term("cost", fit.Add(graph.AddN(kl...)))
}

// iaf is a VAE whose posterior goes through four steps of inverse
// autoregressive flow (arXiv 1606.04934, algorithm 1).
func iaf(s *graph.Scope, x *graph.Node) *vi.Estimate {
	const d, hidden, context = 32, 320, 32
	enc := layers.NewMLP(s.In("enc"), 784, 300, 300, 2*d+context)
	dec := layers.NewMLP(s.In("dec"), d, 300, 300, 784)
	h := enc.Apply(x)
	eps := s.Noise("z", graph.GaussianNoise, 100, d)
	logStd := graph.Cols(h, d, 2*d)
	z := graph.Cols(h, 0, d).Add(graph.Exp(logStd).Mul(eps))
	logq := graph.Sum(eps.Square().Scale(-.5).Shift(-.5*math.Log(2*math.Pi)).Sub(logStd), -1)
	ctx := graph.Cols(h, 2*d, 2*d+context)
	for i := range 4 {
		l := s.In(fmt.Sprint("iaf", i))
		in, out := masks(d, hidden)
		w1 := l.Param("w1", graph.Glorot{}, d, hidden).Mul(s.Tensor(in, d, hidden))
		w2 := l.Param("w2", graph.Glorot{}, hidden, 2*d).Mul(s.Tensor(out, hidden, 2*d))
		a := graph.MatMul(z, w1).Add(graph.Linear(ctx, l.Param("wc", graph.Glorot{}, context, hidden), l.Param("b1", graph.Constant(0), hidden)))
		ms := graph.Linear(graph.Elu(a), w2, l.Param("b2", graph.Constant(1), 2*d))
		m, g := graph.Cols(ms, 0, d), graph.Cols(ms, d, 2*d)
		gate := graph.Sigmoid(g)
		z = gate.Mul(z).Add(gate.Neg().Shift(1).Mul(m))
		logq = logq.Sub(graph.Sum(graph.LogSigmoid(g), -1))
		z = graph.Reverse(z, -1)
	}
	logp := prob.StdNormal(d).LogProb(z).Add(prob.Bernoulli{Logits: dec.Apply(z)}.LogProb(x))
	return vi.Term("cost", graph.Mean(logp.Sub(logq)))
}

// masks are those of MADE with one hidden layer (arXiv 1502.03509, eq. 8 and
// 9) for the two outputs of each dimension.
func masks(d, hidden int) (in, out []float64) {
	in, out = make([]float64, d*hidden), make([]float64, hidden*2*d)
	for k := range hidden {
		degree := 1 + k%(d-1)
		for i := range d {
			if degree >= i+1 {
				in[i*hidden+k] = 1
			}
			if i+1 > degree {
				out[k*2*d+i], out[k*2*d+d+i] = 1, 1
			}
		}
	}
	return in, out
}

// bnn is Bayesian regression with normal weights, standard normal priors and
// local reparameterisation.
func bnn(s *graph.Scope, x *graph.Node) *vi.Estimate {
	sizes := []int{13, 50, 1}
	var kl []*graph.Node
	h := x
	for i := range len(sizes) - 1 {
		l := s.In(fmt.Sprint(i))
		q := prob.Normal{
			Mean:   l.Param("mean", graph.Glorot{}, sizes[i], sizes[i+1]),
			LogStd: l.Param("log_std", graph.Constant(-3), sizes[i], sizes[i+1]),
		}
		_, variance := q.Moments()
		h = local(l, h, q.Mean, variance).Add(l.Param("b", graph.Constant(0), sizes[i+1]))
		if i == 0 {
			h = graph.Relu(h)
		}
		kl = append(kl, graph.Sum(prob.KL(q, prob.StdNormal(sizes[i+1]))).Scale(1./455))
	}
	y := s.Noise("y", graph.GaussianNoise, 32, 1)
	fit := prob.Normal{Mean: h, LogStd: s.Param("noise", graph.Constant(-1))}.LogProb(y)
	return vi.Term("cost", graph.Mean(fit).Sub(graph.AddN(kl...)))
}
