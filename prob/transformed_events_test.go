package prob_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// A law of several event axes may pass a bijector: exp of independent normal rows
// is independent log-normal rows, scored and drawn, in and outside of the support.
func TestTransformedOfSeveralEventAxes(t *testing.T) {
	const batch, rows, d = 3, 3, 3 // equal, so that a wrong axis would fit
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		loc, scale := s.Tensor([]float64{.1, -.5, 2}, d), s.Tensor([]float64{0, -1, .3}, d)
		a := prob.Transformed{Base: prob.Independent(prob.Normal{Mean: loc, LogStd: scale}, rows).(prob.Pathwise), Bijector: prob.Exp{}}
		b := prob.Independent(prob.LogNormal{Loc: loc, LogScale: scale}, rows)
		y := s.Input("y", batch, rows, d)
		s.Output("transformed", a.LogProb(y))
		s.Output("direct", b.LogProb(y))
		z, logp := a.SampleScore(s.In("z"), batch)
		s.Output("drawn", logp)
		s.Output("scored", b.LogProb(z))
	})
	if err != nil {
		t.Fatal(err)
	}
	y := make([]float64, batch*rows*d)
	for i := range y {
		y[i] = .2 + .3*float64(i)
	}
	y[13] = -1 // in the second datum
	if err := graph.Feed(p, "y", y); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{Seed: 1}); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{"transformed", "direct"}, {"drawn", "scored"}} {
		got, _ := p.Value(pair[0])
		want, _ := p.Value(pair[1])
		if len(got) != batch || len(want) != batch {
			t.Fatalf("%s: %d and %d scores, want one a datum", pair[0], len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] && !(math.Abs(got[i]-want[i]) < 1e-9*math.Abs(want[i])) {
				t.Errorf("%s: datum %d: %v, want %v", pair[0], i, got[i], want[i])
			}
		}
	}
}
