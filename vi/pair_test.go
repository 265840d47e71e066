package vi_test

import (
	"context"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestPairsDifferentiateBothRuns: the gradient of the joint is the mean of that of the
// two draws of a pair, those of later sites with them, and a parameter of the guide has
// nothing of it.
func TestPairsDifferentiateBothRuns(t *testing.T) {
	at := func(e, later vi.Estimator, u float64) map[string]float64 {
		t.Helper()
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
			c, d, w, v := s.Param("c", graph.Constant(.2), 1), s.Param("d", graph.Constant(.7), 1), s.Param("w", graph.Constant(.9), 1), s.Param("v", graph.Constant(-.4), 1)
			m := vi.Model{
				Guide: func(t *vi.Trace) {
					z := t.Draw("z", prob.Bernoulli{Logits: c})
					t.Draw("y", prob.Bernoulli{Logits: z.Mul(d)})
				},
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{.1}, 1)})
					y := t.Draw("y", prob.Bernoulli{Logits: z.Mul(v)})
					t.Draw("x", normal1(z.Mul(w).Add(y.Mul(w).Scale(2)), s.Const(0)))
				},
			}
			o := vi.ELBO{Config: vi.Config{Sites: choice{"z": e, "y": later}}, KL: vi.MonteCarlo}
			g := o.Estimate(s.NoiseAsInput(), m, vi.Data{"x": s.Tensor([]float64{1.5}, 1, 1)}).Grad(w, v, d)
			for i, name := range []string{"w", "v", "d"} {
				s.Output(name, g[i])
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		graph.Feed(p, "z/noise", []float64{u})
		graph.Feed(p, "y/noise", []float64{.55})
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, name := range p.Outputs() {
			v, _ := p.Value(name)
			got[name] = v[0]
		}
		return got
	}
	score := vi.Score{}
	for _, e := range []vi.Estimator{vi.DisARM{}, vi.ARM{}} {
		got, own, other := at(e, score, .3), at(score, score, .3), at(score, score, .7) // z is 1 and 0, y 1 and 0
		for _, name := range []string{"w", "v"} {
			close(t, vi.Name(e)+" by "+name, got[name], (own[name]+other[name])/2, 1e-14)
			if own[name] == other[name] {
				t.Errorf("both draws have the derivative %v by %s", own[name], name)
			}
		}
		close(t, vi.Name(e)+" by d", got["d"], own["d"], 1e-14)
	}
}
