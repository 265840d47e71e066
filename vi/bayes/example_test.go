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

// regression is y ~ N(net(x), σ²) for a network of any posterior.
func regression(s *graph.Scope, c bayes.Config) (vi.Model, bayes.Stack) {
	net := c.NewMLP(s.In("net"), 1, 20, 1)
	noise := s.Param("noise", graph.Constant(-2))
	return vi.Model{
		Guide: net.Draw,
		Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: net.Apply(t, t.Given("x")), LogStd: noise})
		},
	}, net
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
		m, _ := regression(s, c())
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
		m, _ := regression(s, c())
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
		_, net := regression(s, c())
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
