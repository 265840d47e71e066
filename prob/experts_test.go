package prob_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// The log density of the product differs from the sum of the experts' by the
// same number everywhere, also where a precision overflows.
func TestProductOfExperts(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, c := range [][4]float64{{0, 0, 0, 0}, {1, -.5, -2, .3}, {1, -3, 5, 4}, {2, -60, 1, 0}, {2, 0, 1, -60}, {2, 60, 1, 60}, {-1, -60, 1, -60}} {
			p, err := graph.Build(&graph.Params{Dtype: dt}, func(s *graph.Scope) {
				in := func(name string) *graph.Node { return s.Input(name, 1) }
				q := prob.ProductOfExperts(prob.Normal{Mean: in("m1"), LogStd: in("s1")}, prob.Normal{Mean: in("m2"), LogStd: in("s2")})
				s.Output("mean", q.Mean)
				s.Output("log_std", q.LogStd)
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range []string{"m1", "s1", "m2", "s2"} {
				if err := graph.Feed(p, name, c[i:i+1]); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Run(context.Background(), graph.Key{}); err != nil {
				t.Fatal(err)
			}
			mean, _ := p.Value("mean")
			logStd, _ := p.Value("log_std")
			// With the precisions relative to the larger one.
			top := max(-2*c[1], -2*c[3])
			w1, w2 := math.Exp(-2*c[1]-top), math.Exp(-2*c[3]-top)
			wantMean, wantStd := (w1*c[0]+w2*c[2])/(w1+w2), -.5*(top+math.Log(w1+w2))
			tol := map[graph.Dtype]float64{graph.Float32: 2e-6, graph.Float64: 1e-14}[dt]
			if math.Abs(mean[0]-wantMean) > tol*(1+math.Abs(wantMean)) || math.Abs(logStd[0]-wantStd) > tol*(1+math.Abs(wantStd)) {
				t.Errorf("%v %v: mean %v, log std %v, want %v and %v", dt, c, mean[0], logStd[0], wantMean, wantStd)
			}
		}
	}
}

// A forgotten field is named.
func TestProductOfExpertsWantsBoth(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Const(0)
		prob.ProductOfExperts(prob.Normal{Mean: x, LogStd: x}, prob.Normal{Mean: x})
	})
	if err == nil {
		t.Error("no error")
	}
}
