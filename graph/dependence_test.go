package graph_test

import (
	"math/rand/v2"
	"testing"

	"github.com/latentgo/latent/graph"
)

// TestDependenceIsThatOfEveryPair compares one pass with a walk for each pair,
// on random graphs that grow between questions.
func TestDependenceIsThatOfEveryPair(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, count := range []int{0, 1, 63, 64, 65, 130} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			nodes := []*graph.Node{s.Input("a", 2), s.Input("b", 2), s.Const(3)}
			grow := func(n int) {
				for range n {
					a, b := nodes[r.IntN(len(nodes))], nodes[max(0, len(nodes)-1-r.IntN(9))]
					nodes = append(nodes, graph.Sin(a.Add(b.Scale(r.Float64()))))
				}
			}
			grow(150)
			marks := make([]*graph.Node, count)
			for i := range marks {
				marks[i] = nodes[r.IntN(len(nodes))] // some twice
			}
			d := graph.NewDependence(marks...)
			for range 2 {
				for range 40 {
					n := nodes[r.IntN(len(nodes))]
					last := -1
					for i, m := range marks {
						want := graph.DependsOn(n, m)
						if got := d.On(n, m); got != want {
							t.Fatalf("%d marks: dependence on number %d is %v, want %v", count, i, got, want)
						}
						if want {
							last = i
						}
					}
					if got := d.Last(n); got != last {
						t.Fatalf("%d marks: last is %d, want %d", count, got, last)
					}
				}
				grow(50)
			}
			s.Output("y", nodes[len(nodes)-1])
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		graph.NewDependence(s.Const(1)).On(s.Const(1), s.Const(2))
	})
	if err == nil {
		t.Error("no error for a node that was not marked")
	}
}
