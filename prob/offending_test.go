package prob

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/latentgo/latent/graph"
)

// Offending says of numbers what the mask of a support says in a graph.
func TestOffendingAgreesWithTheMask(t *testing.T) {
	inf := math.Inf(1)
	sets := []Support{
		{}, {Kind: Interval, Hi: 1}, {Kind: Interval, Hi: inf}, {Kind: Interval, Lo: -inf, Hi: 2}, {Kind: Integers, Hi: 1},
		{Kind: Integers, Lo: -1, Hi: inf}, {Kind: Integers, Hi: 3}, {Kind: Simplex}, {Kind: LogSimplex}, {Kind: OneHotRows},
		{Kind: Counts, Hi: 3}, {Kind: Counts, Hi: inf}, {Kind: Ordered}, {Kind: CholeskyRow},
	}
	r := rand.New(rand.NewPCG(1, 2))
	pool := []float64{0, 1, 2, 3, -1, .5, .25, -.5, 1.5, inf, -inf, 0, 1, 0, 1}
	events := [][]float64{{1. / 3, 1. / 3, 1. / 3}, {math.Log(.5), math.Log(.25), math.Log(.25)}, {0, 0, 1}, {1, 1, 1}, {1, 2, 3}, {.5, .25, .25}}
	for range 3000 {
		events = append(events, []float64{pool[r.IntN(len(pool))], pool[r.IntN(len(pool))], pool[r.IntN(len(pool))]})
	}
	flat := []float64{}
	for _, e := range events {
		flat = append(flat, e...)
	}
	for _, s := range sets {
		p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(scope *graph.Scope) {
			scope.Output("out", graph.MaxOver(s.outside(scope.Input("x", len(events), 3)), -1))
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
		out, err := p.Value("out")
		if err != nil {
			t.Fatal(err)
		}
		inside := 0
		for i, e := range events {
			at := s.Offending(e)
			if at < 0 {
				inside++
			}
			if (at >= 0) != (out[i] == 1) && !math.IsNaN(out[i]) {
				t.Errorf("%v: Offending(%v) is %d, the mask %v", s, e, at, out[i])
			}
		}
		if inside == 0 || inside == len(events) {
			t.Errorf("%v: %d of %d events are inside", s, inside, len(events))
		}
	}
}

// The element named is the one that is farthest outside, so that grey values
// beside a pixel of 255 are not blamed.
func TestOffendingNamesTheFarthest(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		s     Support
		event []float64
		want  int
	}{
		{Support{Kind: Integers, Hi: 1}, []float64{.5, .5, 255, 2}, 2},
		{Support{Kind: Integers, Hi: 1}, []float64{.5, 1, 0}, 0},
		{Support{Kind: Integers, Hi: 1}, []float64{255, nan, 0}, 1},
		{Support{}, []float64{1, nan}, 1},
		{Support{Kind: Simplex}, []float64{.5, 2, .25}, 1},
		{Support{Kind: Counts, Hi: 2}, []float64{1, 0, 5}, 2},
		{Support{Kind: OneHotRows}, []float64{1, 0, 1}, 0},
		{Support{Kind: Ordered}, []float64{1, 2, 0}, 2},
		{Support{Kind: CholeskyRow}, []float64{1, -3, 0}, 2},
		{Support{Kind: Integers, Hi: 1}, nil, -1},
	} {
		if got := c.s.Offending(c.event); got != c.want {
			t.Errorf("%s of %v: element %d, want %d", fmt.Sprint(c.s), c.event, got, c.want)
		}
	}
}
