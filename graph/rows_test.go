package graph_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// TestRowKeys gives the rows of a run noise of their own: each draws what it
// draws alone, and a noise without rows draws by the first seed.
func TestRowKeys(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, law := range []graph.Noise{graph.GaussianNoise, graph.UniformNoise} {
			p := build(t, &graph.Params{Dtype: dt}, func(s *scope) {
				s.Output("z", s.Noise("z", law, 5, 3, 4))
				s.Output("one", s.Noise("one", law, 1, 3, 4)) // the same for all samples
				s.Output("w", s.RowAxis(-1).Noise("w", law, 2, 4))
			})
			keys := []door.RowKey{{Seed: 7, Row: 9}, {Seed: 7, Row: 10, Sample: 2}, {Seed: 8}}
			if err := door.Rows(p, keys); err != nil {
				t.Fatal(err)
			}
			at := graph.Key{Seed: 99, Step: 3, Row: 50, Stream: graph.EvaluationStream}
			run(t, p, at)
			z, one, w := output(t, p, "z"), output(t, p, "one"), output(t, p, "w")
			for i, k := range keys {
				alone := graph.Key{Seed: k.Seed, Row: k.Row, Step: 3, Stream: graph.EvaluationStream}
				want := drawn(t, dt, "z", law, alone, 9, 1, 4)[k.Sample*4:]
				for s := range 5 {
					if got := z[(s*3+i)*4:][:4]; !slices.Equal(got, want[s*4:][:4]) {
						t.Errorf("law %d, row %d, sample %d: %v, alone %v", law, i, s, got, want[s*4:][:4])
					}
				}
				if want := drawn(t, dt, "one", law, alone, 1, 1, 4); !slices.Equal(one[i*4:][:4], want) {
					t.Errorf("law %d, row %d, one sample: %v, alone %v", law, i, one[i*4:][:4], want)
				}
			}
			shared := build(t, &graph.Params{Dtype: dt}, func(s *scope) { s.Output("w", s.RowAxis(-1).Noise("w", law, 2, 4)) })
			run(t, shared, graph.Key{Seed: 7, Step: 3, Stream: graph.EvaluationStream})
			if want := output(t, shared, "w"); !slices.Equal(w, want) {
				t.Errorf("law %d, without rows: %v, want %v", law, w, want)
			}
			keys[2].Seed = 7 // keys may be changed between runs
			run(t, p, at)
			if got, want := output(t, p, "z")[8:12], drawn(t, dt, "z", law, graph.Key{Seed: 7, Step: 3, Stream: graph.EvaluationStream}, 1, 1, 4); !slices.Equal(got, want) {
				t.Errorf("law %d, another key: %v, want %v", law, got, want)
			}
			if err := door.Rows(p, nil); err != nil {
				t.Fatal(err)
			}
			run(t, p, at)
			if got, want := output(t, p, "z"), drawn(t, dt, "z", law, at, 5, 3, 4); !slices.Equal(got, want) {
				t.Errorf("law %d, without keys: %v, want %v", law, got, want)
			}
			if err := door.Rows(p, keys[:2]); err == nil || !strings.Contains(err.Error(), "noise z has 3 rows, there are keys of 2") {
				t.Errorf("keys of two rows: %v", err)
			}
		}
	}
}

// TestWorkers bounds the workers of a program and ends them; what it computes
// stays the same.
func TestWorkers(t *testing.T) {
	values := func(most int, end bool) []float64 {
		p := build(t, &graph.Params{}, func(s *scope) {
			door.Workers(s, most)
			x := s.Noise("x", graph.GaussianNoise, 64, 200)
			s.Output("y", graph.Tanh(graph.MatMul(x, graph.Transpose(x, 1, 0))))
		})
		if end {
			door.Close(p)
		}
		if err := p.Run(context.Background(), graph.Key{Seed: 1}); err != nil {
			t.Fatal(err)
		}
		return output(t, p, "y")
	}
	want := values(0, false)
	for _, most := range []int{1, 2, 3} {
		for _, end := range []bool{false, true} {
			if got := values(most, end); !slices.Equal(got, want) {
				t.Errorf("%d workers, ended %v: other values", most, end)
			}
		}
	}
}
