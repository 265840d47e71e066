//go:build !race

package prob_test

import (
	"context"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// A draw with its derivatives allocates nothing after the first, also where
// parameters are stretched. (The race detector makes pools forget.)
func TestDrawsAllocateNothing(t *testing.T) {
	laws := append(benchLaws[:len(benchLaws):len(benchLaws)], benchLaw{"Multinomial", func(a, _ *graph.Node) prob.Dist {
		return prob.Multinomial{Total: graph.Const(9), Logits: a}
	}, 0})
	values := []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, .1, .2, .3}
	for _, l := range laws {
		for _, shape := range [][]int{{4, 3}, {3}, {4, 1}} {
			if shape[len(shape)-1] == 1 && (l.name == "Dirichlet" || l.name == "OneHot" || l.name == "Multinomial") {
				continue
			}
			p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				ps := []*graph.Node{s.Input("a", shape...), s.Input("b", 4, 3)}
				d := l.of(ps[0], ps[1])
				y := d.(prob.Sampler).Sample(s, 4)
				s.Output("y", y)
				if _, ok := d.(prob.Pathwise); ok {
					s.Output("da", graph.Grad(graph.Sum(y), ps)[0])
				}
			})
			if err != nil {
				t.Fatalf("%s: %v", l.name, err)
			}
			for _, name := range p.Inputs() {
				n := 12
				if name == "a" {
					n = op.Size(shape)
				}
				if err := graph.Feed(p, name, values[:n]); err != nil {
					t.Fatal(err)
				}
			}
			step := uint32(0)
			if n := testing.AllocsPerRun(20, func() {
				step++
				if p.Run(context.Background(), graph.Key{Step: step}) != nil {
					t.Error("step failed")
				}
			}); n > 0 {
				t.Errorf("%s with a parameter of shape %v: %v allocations a step", l.name, shape, n)
			}
		}
	}
}
