package vi_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestConditionalModelsTakeEveryObjective: a class beside the latent, as rows of
// a concatenation, is under every objective what it is as a sum of two products.
func TestConditionalModelsTakeEveryObjective(t *testing.T) {
	const classes = 3
	for name, c := range map[string]struct {
		bits bool
		o    vi.Objective
	}{
		"ELBO":                  {false, vi.ELBO{}},
		"ELBO of 4":             {false, vi.ELBO{Config: vi.Config{K: 4, Estimator: vi.STL{}}}},
		"IWAE":                  {false, vi.IWAE{Config: vi.Config{K: 4}}},
		"Renyi":                 {false, vi.Renyi{Config: vi.Config{K: 4}, Alpha: .5}},
		"Chi":                   {false, vi.Chi{Config: vi.Config{K: 4}}},
		"FreeBits":              {false, vi.FreeBits{Config: vi.Config{K: 4}, Lambda: .1}},
		"WakeSleep":             {false, vi.WakeSleep{K: 4}},
		"ReweightedWakeSleep":   {false, vi.ReweightedWakeSleep{K: 4}},
		"TVO":                   {false, vi.TVO{K: 4}},
		"Evidence":              {false, vi.Evidence{K: 4}},
		"MeasureValued":         {false, vi.ELBO{Config: vi.Config{K: 4, Estimator: vi.MeasureValued{}}}},
		"REBAR":                 {true, vi.ELBO{Config: vi.Config{K: 4, Estimator: vi.REBAR{}}}},
		"Enumerate":             {true, vi.ELBO{Config: vi.Config{K: 4, Enumerate: []string{"z"}}}},
		"IWAE by values":        {true, vi.IWAE{Config: vi.Config{K: 4, Enumerate: []string{"z"}}}},
		"Evidence by values":    {true, vi.Evidence{K: 4, Enumerate: []string{"z"}}},
		"StraightThrough, IWAE": {true, vi.IWAE{Config: vi.Config{K: 4, Estimator: vi.StraightThrough{}}}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := graph.Build(&graph.Params{Dtype: graph.Float64, Seed: 1}, func(s *graph.Scope) {
				w := s.Param("w", graph.Glorot{}, 2+classes, 1)
				q := s.Param("q", graph.Glorot{}, 1+classes, 2)
				d := vi.Data{"x": s.Input("x", 3, 1), "y": s.Input("y", 3, 1)}
				law := func(h *graph.Node) prob.Dist {
					if c.bits {
						return prob.Bernoulli{Logits: h}
					}
					return prob.Normal{Mean: h, LogStd: graph.BroadcastTo(s.Const(-.3), 2)}
				}
				affine := func(joined bool, a, y, w *graph.Node) *graph.Node {
					if joined {
						return graph.MatMul(graph.Concat(-1, a, y), w)
					}
					n := a.Shape()[len(a.Shape())-1]
					return graph.MatMul(a, graph.Slice(w, 0, 0, n)).Add(graph.MatMul(y, graph.Slice(w, 0, n, n+classes)))
				}
				for scope, joined := range map[string]bool{"value": true, "want": false} {
					m := vi.Model{
						Guide: func(t *vi.Trace) {
							t.Draw("z", law(affine(joined, t.Given("x"), graph.Labels(t.Given("y"), classes), q)))
						},
						Joint: func(t *vi.Trace) {
							z := t.Draw("z", law(graph.BroadcastTo(s.Const(0), 2)))
							t.Draw("x", normal1(affine(joined, z, graph.Labels(t.Given("y"), classes), w), s.Const(0)))
						},
					}
					var e *vi.Estimate
					door.Replay(s, func() { e = c.o.Estimate(s.In("m"), m, d) }) // the same noise
					s.Output(scope, e.Value)
					if len(e.Costs) > 0 {
						for i, g := range e.Grad(w, q) {
							s.In(scope).Output([]string{"w", "q"}[i], graph.Sum(g.Square()))
						}
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			graph.Feed(p, "x", []float64{.3, -1, 2})
			graph.Feed(p, "y", []float64{0, 2, 1})
			if err := p.Run(context.Background(), graph.Key{}); err != nil {
				t.Fatal(err)
			}
			for _, of := range []string{"", "/w", "/q"} {
				got, err := p.Value("value" + of)
				want, _ := p.Value("want" + of)
				if err == nil && !(math.Abs(got[0]-want[0]) <= 1e-10*(1+math.Abs(want[0]))) {
					t.Errorf("value%s is %v, want %v", of, got, want)
				}
			}
		})
	}
}
