package layers_test

import (
	"context"
	"fmt"
	"log"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// A network that gives the mean and the log-scale of each of three variables
// from those before it: the first has constants, and a change of the last
// changes nothing.
func ExampleNewMADE() {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64, Seed: 1}, func(s *graph.Scope) {
		x := s.Input("x", 2, 3)
		net := layers.NewMADE(s.In("made"), layers.MADEConfig{Inputs: 3, Outputs: 2, Hidden: []int{16, 16}})
		y := net.Apply(x, nil)
		s.Output("mean", graph.Cols(y, 0, 3))
		s.Output("log-scale", graph.Cols(y, 3, 6))
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := graph.Feed(p, "x", []float64{1, 2, 3, 1, 2, 7}); err != nil {
		log.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		log.Fatal(err)
	}
	mean, err := p.Value("mean")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.3f\n%.3f\n", mean[:3], mean[3:])
	// Output:
	// [0.000 0.244 -0.216]
	// [0.000 0.244 -0.216]
}

// A weight-normalised network whose lengths and biases a first batch sets: what
// enters each unit then has mean 0 and variance 1, however the data lie.
func ExampleStandardise() {
	batch := []float64{101, 7, 103, 9, 102, 5, 108, 3}
	model := func(s *graph.Scope) {
		net := layers.Config{WeightNorm: true}.NewMLP(s.In("net"), 2, 16, 1)
		s.Output("y", net.Apply(s.Input("x", 4, 2)))
	}
	params := &graph.Params{Seed: 1}
	first, err := graph.BuildInitialising(params, model)
	if err != nil {
		log.Fatal(err)
	}
	p, err := graph.Build(params, model) // any other program of these parameters
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range []*graph.Program{first, p} {
		if err := graph.Feed(p, "x", batch); err != nil {
			log.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			log.Fatal(err)
		}
		if err := p.Commit(); err != nil { // writes g and b, the first time
			log.Fatal(err)
		}
	}
	y, err := p.Value("y")
	if err != nil {
		log.Fatal(err)
	}
	sum, squares := 0., 0.
	for _, v := range y {
		sum += v
		squares += v * v
	}
	fmt.Printf("mean %.3f, variance %.3f\n", math.Abs(sum/4), squares/4)
	// Output: mean 0.000, variance 1.000
}
