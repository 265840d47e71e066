package layers_test

import (
	"context"
	"fmt"
	"log"

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
