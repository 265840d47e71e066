package layers_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// BenchmarkBuild builds a training program of a GRU over T steps, as a loop and as a
// graph that grows with T.
func BenchmarkBuild(b *testing.B) {
	for _, how := range []string{"scan", "unrolled"} {
		for _, steps := range []int{10, 100, 1000, 10_000} {
			if how == "unrolled" && steps > 1000 {
				continue
			}
			b.Run(fmt.Sprint(how, "/", steps), func(b *testing.B) {
				for range b.N {
					_, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
						cell := layers.NewGRU(s, layers.CellConfig{Inputs: 8, Width: 16})
						x := s.Input("x", 4, steps, 8)
						y := layers.Sequence{Cell: cell}.Apply
						if how == "unrolled" {
							y = func(x *graph.Node) *graph.Node { return writtenOut(cell, x) }
						}
						for i, g := range graph.Grad(graph.Sum(y(x).Square()), s.Trainable()) {
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
}

// writtenOut is what a Sequence computes, with nodes for each step.
func writtenOut(cell layers.Cell, x *graph.Node) *graph.Node {
	in, states := cell.Inputs(x), cell.Start(x.Shape()[0])
	var outs []*graph.Node
	for t := range x.Shape()[1] {
		states = cell.Step(graph.Squeeze(graph.Slice(in, 1, t, t+1), 1), states)
		outs = append(outs, graph.ExpandDims(states[0], 1))
	}
	return graph.Concat(1, outs...)
}
