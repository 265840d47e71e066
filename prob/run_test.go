package prob_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
)

// values builds and runs f in float64 and returns its result.
func values(t testing.TB, f func(s *graph.Scope) *graph.Node) []float64 {
	t.Helper()
	p := build(t, f)
	if err := p.Run(context.Background(), graph.Key{Seed: 7}); err != nil {
		t.Fatal(err)
	}
	v, err := p.Value("y")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func build(t testing.TB, f func(s *graph.Scope) *graph.Node) *graph.Program {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) { s.Output("y", f(s)) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// refuses fails t unless building f is an error that contains the text.
func refuses(t testing.TB, text string, f func(s *graph.Scope) *graph.Node) {
	t.Helper()
	_, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) { s.Output("y", f(s)) })
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want one that says %q", err, text)
	}
}

// near fails t unless got is want within a tolerance, relative or absolute.
func near(t testing.TB, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
		return
	}
	for i := range got {
		same := got[i] == want[i] || math.IsNaN(got[i]) && math.IsNaN(want[i])
		if !same && !(math.Abs(got[i]-want[i]) <= tolerance*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: element %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// nums is a constant vector.
func nums(v ...float64) *graph.Node { return graph.Tensor(v, len(v)) }
