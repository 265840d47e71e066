package prob_test

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// show builds f in float64, runs it and prints its output.
func show(f func(s *graph.Scope) *graph.Node) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) { s.Output("y", f(s)) })
	if err == nil {
		err = p.Run(context.Background(), graph.Key{Seed: 1})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	y, _ := p.Value("y")
	fmt.Printf("%.3f\n", y)
}

// A mixture of two Gaussians in the plane: parameters have an axis for the
// components before the event.
func ExampleMixture() {
	show(func(s *graph.Scope) *graph.Node {
		d := prob.Mixture{
			Logits: s.Tensor([]float64{0, math.Log(3)}, 2),
			Components: prob.Normal{
				Mean:   s.Tensor([]float64{-1, -1, 1, 1}, 2, 2),
				LogStd: s.Const(-1),
			},
		}
		return d.LogProb(s.Tensor([]float64{1, 1, -1, -1}, 2, 2))
	})
	// Output: [-0.126 -1.224]
}

// A law on (0, 1) is a normal one through a sigmoid.
func ExampleTransformed() {
	show(func(s *graph.Scope) *graph.Node {
		d := prob.Transformed{Base: prob.StdNormal(1), Bijector: prob.Sigmoid{}}
		return d.LogProb(s.Tensor([]float64{.5, .9, 2}, 3, 1))
	})
	// Output: [0.467 -0.925 -Inf]
}

// Missing entries are marked by zeros in a mask and may hold anything.
func ExampleMasked() {
	show(func(s *graph.Scope) *graph.Node {
		x := s.Tensor([]float64{3, math.NaN(), 5}, 3)
		present := s.Tensor([]float64{1, 0, 1}, 3)
		return prob.Masked(prob.Poisson{LogRate: s.Const(1)}, present).LogProb(x)
	})
	// Output: [-4.016]
}

// A check names the first datum outside of the support.
func ExampleChecked() {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		d := prob.Poisson{LogRate: s.Const(1)}
		x := prob.Checked("counts", d, s.Tensor([]float64{3, 2, 1, -5}, 2, 2))
		s.Output("logp", d.LogProb(x))
	})
	if err == nil {
		err = p.Run(context.Background(), graph.Key{})
	}
	_, what, _ := strings.Cut(err.Error(), "): ")
	fmt.Println(what)
	// Output: counts is -5 at [1 1], want a value in {0, 1, …}
}

// A guide whose covariance comes from the output of a layer.
func ExampleMultivariateNormal() {
	show(func(s *graph.Scope) *graph.Node {
		out := s.Tensor([]float64{0, .5, -1}, 1, 3) // as of a layer: N(N+1)/2 numbers
		q := prob.MultivariateNormal{Mean: s.Tensor([]float64{1, 2}, 1, 2), Cholesky: prob.CholeskyFactor(out)}
		return prob.KL(q, prob.StdNormal(2))
	})
	// Output: [3.193]
}
