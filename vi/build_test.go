package vi_test

import (
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// stateSpace builds the training program of a linear state-space model of n
// steps, whose guide is a filter, and returns the number of nodes.
func stateSpace(tb testing.TB, n int, o vi.Objective) (nodes int) {
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
					mean := h.Mul(a).Add(tr.Given(fmt.Sprintf("x%d", t)).Mul(b))
					h = tr.Draw(fmt.Sprintf("z%d", t), normal1(mean, l))
				}
			},
			Joint: func(tr *vi.Trace) {
				h := graph.BroadcastTo(s.Const(0), 1, 4, 1)
				for t := range n {
					h = tr.Draw(fmt.Sprintf("z%d", t), normal1(h.Mul(w), s.Const(0)))
					tr.Draw(fmt.Sprintf("x%d", t), normal1(h, s.Const(-1)))
				}
			},
		}
		wrt := s.Trainable()
		e := o.Estimate(s, m, d)
		s.Output("value", e.Value)
		grads := e.Grad(wrt...)
		for i, g := range grads {
			s.Output("grad/"+wrt[i].Name(), g)
		}
		nodes = len(op.Needed(append(grads, e.Value)...))
	})
	if err != nil {
		tb.Fatal(err)
	}
	return nodes
}

// overChains are objectives and estimators for a chain of latents.
var overChains = []struct {
	name string
	o    vi.Objective
}{
	{"Auto", vi.ELBO{}}, {"MonteCarlo", vi.ELBO{KL: vi.MonteCarlo}}, {"STL", vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}}},
	{"Score", vi.ELBO{Config: vi.Config{K: 2, Estimator: vi.Score{Baseline: vi.LeaveOneOut{}}}}}, {"VIMCO", vi.IWAE{Config: vi.Config{K: 5, Estimator: vi.VIMCO{}}}},
	{"IWAE", vi.IWAE{Config: vi.Config{K: 5}}}, {"DReG", vi.IWAE{Config: vi.Config{K: 5, Estimator: vi.DReG{}}}}, {"Chi", vi.Chi{Config: vi.Config{K: 5}}},
}

// TestGraphsOfChainsGrowWithTheirLength: twice the steps are twice the nodes.
func TestGraphsOfChainsGrowWithTheirLength(t *testing.T) {
	for _, c := range overChains {
		a, b, d := stateSpace(t, 10, c.o), stateSpace(t, 20, c.o), stateSpace(t, 40, c.o)
		if per, later := float64(b-a)/10, float64(d-b)/20; later > 1.01*per {
			t.Errorf("%s: %.1f nodes a step of 10 to 20, %.1f of 20 to 40", c.name, per, later)
		}
	}
}

func BenchmarkBuildStateSpace(b *testing.B) {
	for _, c := range overChains {
		for _, n := range []int{20, 40, 80, 160, 320} {
			b.Run(fmt.Sprintf("%s/T=%d", c.name, n), func(b *testing.B) {
				for range b.N {
					stateSpace(b, n, c.o)
				}
			})
		}
	}
}

// deepChain is stateSpace with networks between the latents, of 4 elements, and
// the data, of 6 bits.
func deepChain(tb testing.TB, n int) {
	tb.Helper()
	_, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
		step, emit, enc := layers.NewMLP(s.In("step"), 4, 8, 8), layers.NewMLP(s.In("emit"), 4, 8, 6), layers.NewMLP(s.In("enc"), 10, 8, 8)
		law := func(h *graph.Node) prob.Normal {
			return prob.Normal{Mean: graph.Cols(h, 0, 4), LogStd: graph.Cols(h, 4, 8)}
		}
		d, x, z := vi.Data{}, make([]string, n), make([]string, n)
		for t := range n {
			x[t], z[t] = fmt.Sprint("x", t), fmt.Sprint("z", t)
			d[x[t]] = s.Input(x[t], 4, 6)
		}
		m := vi.Model{
			Guide: func(tr *vi.Trace) {
				h := graph.BroadcastTo(s.Const(0), 1, 4, 4)
				for t := range n {
					h = tr.Draw(z[t], law(enc.Apply(graph.Concat(-1, h, tr.Given(x[t])))))
				}
			},
			Joint: func(tr *vi.Trace) {
				h := graph.BroadcastTo(s.Const(0), 1, 4, 4)
				for t := range n {
					h = tr.Draw(z[t], law(step.Apply(h)))
					tr.Draw(x[t], prob.Bernoulli{Logits: emit.Apply(h)})
				}
			},
		}
		wrt := s.Trainable()
		e := vi.ELBO{}.Estimate(s, m, d)
		s.Output("value", e.Value)
		for i, g := range e.Grad(wrt...) {
			s.Output("grad/"+wrt[i].Name(), g)
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkBuildDeepChain(b *testing.B) {
	for _, n := range []int{20, 40, 80, 160, 320} {
		b.Run(fmt.Sprintf("T=%d", n), func(b *testing.B) {
			for range b.N {
				deepChain(b, n)
			}
		})
	}
}
