package graph_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// What is drawn anew in each pass is what as many samples at once are, for noise
// of rows and for noise that all rows share, and Collect has the values of all.
func TestRepeatsCollect(t *testing.T) {
	const passes, rows = 5, 3
	run := func(f func(s *graph.Scope)) *graph.Program {
		t.Helper()
		p, err := graph.Build(&graph.Params{}, f)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{Seed: 3, Row: 7}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	value := func(p *graph.Program, name string) []float64 {
		t.Helper()
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	at := func(s *graph.Scope) *graph.Scope { return s.In("z").RowAxis(1) }
	once := value(run(func(s *graph.Scope) { s.Output("z", at(s).Noise("noise", graph.GaussianNoise, passes, rows, 2)) }), "z")
	parts := run(func(s *graph.Scope) {
		s = door.Repeats(s, passes).(*graph.Scope)
		z := at(s).Noise("noise", graph.GaussianNoise, 1, rows, 2)
		w := s.In("w").RowAxis(-1).Noise("noise", graph.GaussianNoise, 4)
		s.Output("z", door.Collect(s, "draws/z", z))
		s.Output("w", door.Collect(s, "draws/w", w))
		s.Output("last", w)
	})
	if got := value(parts, "z"); !slices.Equal(got, once) {
		t.Errorf("draws of passes %v, at once %v", got, once)
	}
	w := value(parts, "w")
	if got, last := len(w), value(parts, "last"); got != passes*4 || !slices.Equal(w[4*(passes-1):], last) || slices.Equal(w[:4], w[4:8]) {
		t.Errorf("shared draws %v, the last %v", w, last)
	}
	if got := parts.Shape("z"); !slices.Equal(got, []int{passes, 1, rows, 2}) {
		t.Errorf("shape %v", got)
	}
}

// What is collected is whole only after the run, so a graph that computes from it
// is refused.
func TestCollectIsForOutputs(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		s = door.Repeats(s, 2).(*graph.Scope)
		s.Output("mean", graph.Mean(door.Collect(s, "draws", s.Noise("noise", graph.GaussianNoise, 1, 1)), 0))
	})
	if err == nil || !strings.Contains(err.Error(), "draws is collected draw by draw and whole only after the run") {
		t.Errorf("error %v", err)
	}
}

// A model that is only looked at assigns nothing and makes no output, and shares
// its parameters with the run that counts.
func TestProbe(t *testing.T) {
	params := &graph.Params{}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		model := func() {
			w := s.Param("w", graph.Constant(2), 1)
			n := s.State("n", graph.Constant(0), 1)
			s.Assign(n, n.Shift(1))
			s.Output("w", w)
		}
		door.Probe(s.In("probe"), model)
		door.Run(s, model)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Outputs(); !slices.Equal(got, []string{"w"}) {
		t.Errorf("outputs %v", got)
	}
	if got := params.Names(); !slices.Equal(got, []string{"n", "w"}) {
		t.Errorf("parameters %v", got)
	}
}
