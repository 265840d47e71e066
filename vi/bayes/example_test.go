package bayes_test

import (
	"context"
	"fmt"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// regression is y ~ N(net(x), σ²) for a network of any posterior; means is the same
// with the means of the weights.
func regression(s *graph.Scope, c bayes.Config) (m, means vi.Model, net bayes.Stack) {
	net = c.NewMLP(s.In("net"), 1, 20, 1)
	noise := s.Param("noise", graph.Constant(-2))
	m = vi.Model{Guide: net.Draw, Joint: func(t *vi.Trace) {
		t.Draw("y", prob.Normal{Mean: net.Apply(t, t.Given("x")), LogStd: noise})
	}}
	means.Joint = func(t *vi.Trace) {
		t.Draw("y", prob.Normal{Mean: net.Mean().Apply(t.Given("x")), LogStd: noise})
	}
	return m, means, net
}

// train fits the regression to a sine on [−2, 2].
func train(c func() bayes.Config, epochs int) (*graph.Params, error) {
	const n = 64
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = 4*float64(i)/(n-1) - 2
		y[i] = math.Sin(2*x[i]) + .1*math.Sin(999*x[i])
	}
	set, err := data.New(data.FromFlat("x", x, 1), data.FromFlat("y", y, 1))
	if err != nil {
		return nil, err
	}
	fit, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m, _, _ := regression(s, c())
		return vi.ELBO{Config: vi.Config{Total: n}}.Estimate(s, m, d)
	}, set.Batches(data.BatchConfig{Size: n}), trainers.Config{Epochs: epochs, Optimizer: trainers.Adam{Rate: .01}})
	if err != nil {
		return nil, err
	}
	return fit.Params, nil
}

// A network with normal weights is less sure of itself where there were no data. The
// posterior is one field; a prediction is a run with many draws.
func ExampleConfig() {
	c := func() bayes.Config {
		return bayes.Config{Config: layers.Config{Activation: graph.Relu}, LatentBiases: true}
	}
	params, err := train(c, 3000)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := graph.Build(params, func(s *graph.Scope) {
		m, _, _ := regression(s, c())
		at := vi.Data{"x": s.Tensor([]float64{1, 5}, 2, 1), "y": s.Tensor(make([]float64, 2), 2, 1)}
		mean, _ := vi.Run(s, m, at, vi.Config{K: 2000}).Site("y").P.(prob.Normal).Moments() // [2000, 2, 1]
		centre := graph.Mean(mean, 0)
		s.Output("mean", centre)
		s.Output("spread", graph.Sqrt(graph.Mean(mean.Sub(centre).Square(), 0)))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Run(context.Background(), graph.Key{Stream: graph.EvaluationStream}); err != nil {
		fmt.Println(err)
		return
	}
	mean, _ := p.Value("mean")
	spread, _ := p.Value("spread")
	for i, x := range []float64{1, 5} {
		fmt.Printf("f(%v) = %.1f ± %.1f\n", x, mean[i], spread[i])
	}
	// Output:
	// f(1) = 0.9 ± 0.0
	// f(5) = -7.1 ± 0.7
}

// Of weights with rates of their own most turn out not to matter.
func ExampleSparsity() {
	c := func() bayes.Config {
		return bayes.Config{Config: layers.Config{Activation: graph.Tanh}, Posterior: bayes.SparseDropout{}}
	}
	params, err := train(c, 4000)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := bayes.Sparsity(context.Background(), params, bayes.Threshold, func(s *graph.Scope) bayes.Stack {
		_, _, net := regression(s, c())
		return net
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range report {
		fmt.Println(l)
	}
	// Output:
	// net/0: 9 of 20 weights (45.0 %, 2.2×)
	// net/1: 10 of 20 weights (50.0 %, 2.0×)
	// all: 19 of 40 weights (47.5 %, 2.1×)
}

// Rates that are learned say which inputs matter: y depends on the first of three.
func ExampleVariationalDropout() {
	const n = 100
	x, y := make([]float64, 3*n), make([]float64, n)
	for i := range x {
		x[i] = math.Sin(float64(i * i))
	}
	for i := range y {
		y[i] = 2*x[3*i] + .3*math.Sin(999*float64(i))
	}
	set, err := data.New(data.FromFlat("x", x, 3), data.FromFlat("y", y, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	layer := func(s *graph.Scope) bayes.Dense {
		return bayes.Config{Posterior: bayes.VariationalDropout{Share: bayes.PerUnit}}.NewDense(s.In("l"), 3, 1)
	}
	fit, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
		l, noise := layer(s), s.Param("noise", graph.Constant(0))
		m := vi.Model{Guide: l.Draw, Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: l.Apply(t, t.Given("x")), LogStd: noise})
		}}
		return vi.ELBO{Config: vi.Config{Total: n}}.Estimate(s, m, d)
	}, set.Batches(data.BatchConfig{Size: n}), trainers.Config{Epochs: 3000, Optimizer: trainers.Adam{Rate: .01}})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := graph.Build(fit.Params, func(s *graph.Scope) { s.Output("alpha", graph.Exp(layer(s).LogAlpha())) })
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		fmt.Println(err)
		return
	}
	alpha, _ := p.Value("alpha")
	fmt.Printf("%.1f\n", alpha)
	// Output:
	// [0.0 1.0 1.0]
}

// The mean over draws of the weights, row by row, beside the network of their means.
func ExampleLogPredictive() {
	c := func() bayes.Config {
		return bayes.Config{Config: layers.Config{Activation: graph.Relu}, LatentBiases: true}
	}
	params, err := train(c, 2000)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := graph.Build(params, func(s *graph.Scope) {
		m, means, _ := regression(s, c())
		in := vi.Data{"x": s.Tensor([]float64{.5, 4}, 2, 1), "y": s.Tensor([]float64{math.Sin(1), -4}, 2, 1)}
		s.Output("draws", bayes.LogPredictive(vi.Run(s, m, in, vi.Config{K: 4000}), "y"))
		s.Output("means", bayes.LogPredictive(vi.Run(s.In("means"), means, in, vi.Config{}), "y"))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Run(context.Background(), graph.Key{Stream: graph.EvaluationStream}); err != nil {
		fmt.Println(err)
		return
	}
	draws, _ := p.Value("draws")
	means, _ := p.Value("means")
	fmt.Printf("log p(y|x) among the data %.1f, by the means %.1f\n", draws[0], means[0])
	fmt.Printf("far from them         %.1f, by the means %.0f\n", draws[1], means[1])
	// Output:
	// log p(y|x) among the data 1.1, by the means 1.1
	// far from them         -1.7, by the means -18
}
