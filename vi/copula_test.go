package vi_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestGaussianCopula holds 1/(1−ρ) against numbers of
// internal/ref/copula/arms.py: one of n draws
// is 1, of which the gradient of the mean of a bit by its logit is 1/n of that.
func TestGaussianCopula(t *testing.T) {
	logits := []float64{.1, -1, 3, -8, -20, 35}
	for n, want := range map[int][]float64{
		3: {0.750559989239574, 0.799515633638674, 0.953564701437411, 0.999664650860017, 0.999999997938846, 0.999999999999999},
		4: {0.822467865870748, 0.852167432653853, 0.958694628702568, 0.999665163291318, 0.999999997938846, 0.999999999999999},
		8: {0.916506721056617, 0.92845548378321, 0.975523565813814, 0.999701754193776, 0.999999997943712, 0.999999999999999},
	} {
		for dtype, tolerance := range map[graph.Dtype]float64{graph.Float64: 2e-8, graph.Float32: 5e-6} {
			p, err := graph.Build(&graph.Params{Dtype: dtype}, func(s *graph.Scope) {
				l := s.Param("l", given(logits), len(logits))
				m := vi.Model{
					Guide: func(t *vi.Trace) { t.Draw("z", prob.Bernoulli{Logits: l}) },
					Joint: func(t *vi.Trace) {
						t.Draw("z", prob.Bernoulli{Logits: graph.BroadcastTo(s.Const(0), len(logits))})
						t.Draw("x", prob.Normal{Mean: s.Const(0), LogStd: graph.BroadcastTo(s.Const(0), 1)})
					},
				}
				o := vi.Expectation{Config: vi.Config{K: n, Estimator: vi.ARMS{Gaussian: true}}, Of: func(r *vi.Record) []*graph.Node {
					return []*graph.Node{graph.Sum(r.Site("z").Value, -1)}
				}}
				s.Output("grad", o.Estimate(s.NoiseAsInput(), m, vi.Data{"x": s.Input("x", 1, 1)}).Grad(l)[0])
			})
			if err != nil {
				t.Fatal(err)
			}
			for at := range logits { // the signal of a draw is that of all bits: one at a time is what differs
				noise := make([]float64, n*len(logits))
				for i, l := range logits {
					for k := range n { // the first is far on the side of the rarer value
						noise[k*len(logits)+i] = 0
						if i == at && k == 0 {
							noise[i] = math.Copysign(40, l)
						}
					}
				}
				if err := graph.Feed(p, "x", []float64{0}); err != nil {
					t.Fatal(err)
				}
				if err := graph.Feed(p, "z/noise", noise); err != nil {
					t.Fatal(err)
				}
				if err := p.Run(context.Background(), graph.Key{}); err != nil {
					t.Fatal(err)
				}
				g, err := p.Value("grad")
				if err != nil {
					t.Fatal(err)
				}
				if got := -g[at] * float64(n); !(math.Abs(got-want[at]) <= tolerance) {
					t.Errorf("%d draws in %v, logit %v: %.12f, want %.12f", n, dtype, logits[at], got, want[at])
				}
			}
		}
	}
}
