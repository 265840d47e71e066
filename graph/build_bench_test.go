package graph_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
)

// BenchmarkBuild builds chains of small operations: the cost of a node should
// not depend on how many there are. "graph" stops before compiling.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000, 100_000, 1_000_000} {
		for _, what := range []string{"graph", "program"} {
			if what == "program" && n > 100_000 {
				continue
			}
			b.Run(fmt.Sprint(what, "/", n), func(b *testing.B) {
				for range b.N {
					_, err := graph.Build(&graph.Params{}, func(s *scope) {
						x := s.Input("x", 2)
						y := x
						for i := range n / 2 {
							y = graph.Tanh(y).Add(s.Const(float64(i % 7)))
						}
						s.Output("y", y)
						if what == "graph" {
							graph.Fail("enough")
						}
					})
					if (err == nil) != (what == "program") {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/node")
			})
		}
	}
}
