package vi_test

import (
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// A joint whose states the guide has drawn is computed at all steps at once, forwards
// and backwards: nothing but the guide's loop and its gradient is left, with the bound
// and the gradient of a loop of the joint's own, which Recompute asks for.
func TestScanAtOnce(t *testing.T) {
	for _, reverse := range []bool{false, true} {
		var got [2]float64
		var loops [2]int
		for i, recompute := range []bool{true, false} {
			p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
				w, v := s.Param("w", graph.Constant(.3), 1), s.Param("v", graph.Constant(.7), 1)
				x := s.Tensor([]float64{.3, 1.1, -.4, .8, 2, -1, -1, 0, .2, .1, -.7, -2}, 2, 6, 1)
				e := vi.ELBO{Config: vi.Config{K: 2}}.Estimate(s, vi.Model{
					Guide: func(t *vi.Trace) {
						t.Scan(graph.Loop{Reverse: reverse}, zero(), nodes{t.Given("x")}, func(t *vi.Trace, z, x nodes) (next, outs nodes) {
							return nodes{t.Draw("z", gaussianOf(z[0].Mul(w).Add(x[0]), .5))}, nil
						})
					},
					Joint: func(t *vi.Trace) {
						last, z := t.Scan(graph.Loop{Steps: 6, Reverse: reverse, Recompute: recompute}, zero(), nil, func(t *vi.Trace, z, _ nodes) (next, outs nodes) {
							now := t.Draw("z", gaussianOf(graph.Tanh(z[0].Mul(v)), .6))
							t.Draw("x", gaussianOf(now, .5))
							return nodes{now}, nodes{now.Mul(v)}
						})
						t.Draw("y", gaussianOf(last[0].Add(graph.Sum(z[0], -2)), 1))
					},
				}, vi.Data{"x": x, "y": s.Tensor([]float64{1, -1}, 2, 1)})
				g := e.Grad(w, v)
				s.Output("sum", e.Value.Add(graph.Sum(g[0]).Scale(3)).Add(graph.Sum(g[1]).Scale(5)))
			})
			if err != nil {
				t.Fatal(err)
			}
			got[i], loops[i] = numbers(t, p, "sum")[0], strings.Count(p.Explain(), "scan of 6 steps")
		}
		if math.Abs(got[0]-got[1]) > 1e-11*math.Abs(got[0]) || loops[1] != 2 || loops[0] <= 2 {
			t.Errorf("reverse %v: %v and %v at once, %v loops", reverse, got[0], got[1], loops)
		}
	}
}
