package vi

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
)

// TestLogMeanOthers compares VIMCO's sums with the K sums written out, with draws
// that are equal, that outweigh all others, and of no weight.
func TestLogMeanOthers(t *testing.T) {
	inf := math.Inf(1)
	rows := [][]float64{
		{-1, .5, -2, .25}, {3, 3, 3, 3}, {800, -800, 2, -1e-3}, {0, 50, 50, 0},
		{-inf, 1, 2, 3}, {-inf, -inf, 1, 2}, {-inf, -inf, -inf, 7}, {-inf, -inf, -inf, -inf}, {1e4, 1e4 - 40, -1e4, -inf},
	}
	const k = 4
	flat := make([]float64, k*len(rows))
	for b, row := range rows {
		for i, v := range row {
			flat[i*len(rows)+b] = v
		}
	}
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		s.Output("y", logMeanOthers(s.Input("x", k, len(rows))))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(p, "x", flat); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	got, err := p.Value("y")
	if err != nil {
		t.Fatal(err)
	}
	for b, row := range rows {
		for i := range row {
			var terms []float64
			mean := 0.
			for j, v := range row {
				if j != i {
					terms, mean = append(terms, v), mean+v/(k-1)
				}
			}
			terms = append(terms, mean)
			top := math.Inf(-1)
			for _, v := range terms {
				top = math.Max(top, v)
			}
			want := top
			if !math.IsInf(top, -1) {
				sum := 0.
				for _, v := range terms {
					sum += math.Exp(v - top)
				}
				want = top + math.Log(sum)
			}
			if g := got[i*len(rows)+b]; g != want && !(math.Abs(g-want) <= 1e-12*math.Max(1, math.Abs(want))) {
				t.Errorf("%v without draw %d: %v, want %v", row, i, g, want)
			}
		}
	}
}
