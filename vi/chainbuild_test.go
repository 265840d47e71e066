package vi_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// stateSpace builds the training program of a linear state-space model of n
// steps, whose guide is a filter.
func stateSpace(tb testing.TB, n int, o vi.Objective) {
	tb.Helper()
	_, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
		a, b, l, w := param(s, "a"), param(s, "b"), param(s, "l"), param(s, "w")
		d := vi.Data{}
		for t := range n {
			d[fmt.Sprintf("x%d", t)] = s.Input(fmt.Sprintf("x%d", t), 4, 1)
		}
		m := vi.Model{
			Guide: func(tr *vi.Trace) {
				h := graph.BroadcastTo(s.Const(0), 1, 4, 1)
				for t := range n {
					mean := graph.Add(graph.Mul(h, a), graph.Mul(tr.Given(fmt.Sprintf("x%d", t)), b))
					h = tr.Draw(fmt.Sprintf("z%d", t), normal1(mean, l))
				}
			},
			Joint: func(tr *vi.Trace) {
				h := graph.BroadcastTo(s.Const(0), 1, 4, 1)
				for t := range n {
					h = tr.Draw(fmt.Sprintf("z%d", t), normal1(graph.Mul(h, w), s.Const(0)))
					tr.Draw(fmt.Sprintf("x%d", t), normal1(h, s.Const(-1)))
				}
			},
		}
		wrt := s.Trainable()
		e := o.Estimate(s, m, d)
		s.Output("value", e.Value)
		for i, g := range e.Grad(wrt...) {
			s.Output("grad/"+wrt[i].Name(), g)
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkBuildStateSpace(b *testing.B) {
	for _, c := range []struct {
		name string
		o    vi.Objective
	}{{"Auto", vi.ELBO{}}, {"MonteCarlo", vi.ELBO{KL: vi.MonteCarlo}}, {"STL", vi.ELBO{Default: vi.STL{}}}, {"IWAE", vi.IWAE{K: 5}}, {"DReG", vi.IWAE{K: 5, Default: vi.DReG{}}},
		{"Score", vi.ELBO{K: 2, Default: vi.Score{Baseline: vi.LeaveOneOut{}}}}, {"VIMCO", vi.IWAE{K: 5, Default: vi.VIMCO{}}}} {
		for _, n := range []int{20, 40, 80, 160, 320} {
			b.Run(fmt.Sprintf("%s/T=%d", c.name, n), func(b *testing.B) {
				for range b.N {
					stateSpace(b, n, c.o)
				}
			})
		}
	}
}
