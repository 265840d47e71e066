package layers_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// BenchmarkUnrolled builds a training program of a GRU over T steps, whose graph
// grows with T.
func BenchmarkUnrolled(b *testing.B) {
	for _, steps := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(steps), func(b *testing.B) {
			for range b.N {
				_, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
					q := layers.Sequence{Cell: layers.NewGRU(s, layers.CellConfig{Inputs: 8, Width: 16})}
					y := q.Apply(s.Input("x", 4, steps, 8))
					for i, g := range graph.Grad(graph.Sum(y.Square()), s.Trainable()) {
						s.Output(fmt.Sprint(i), g)
					}
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
