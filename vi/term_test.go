package vi_test

import (
	"context"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// A Term is raised: its gradient is that of the negative value, and Times weighs
// it.
func TestTerm(t *testing.T) {
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		w := s.Param("w", graph.Constant(3))
		e := vi.Term("square", w.Square()).Times(s.Const(.5))
		s.Output("value", e.Value)
		s.Output("term", e.Terms["square"])
		s.Output("grad", e.Grad(w)[0])
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"value": 4.5, "term": 9, "grad": -3} {
		if v, err := p.Value(name); err != nil || v[0] != want {
			t.Errorf("%s is %v (%v), want %v", name, v, err, want)
		}
	}
	_, err = graph.Build(&graph.Params{}, func(s *graph.Scope) { vi.Term("rows", s.Input("x", 3)) })
	if err == nil || !strings.Contains(err.Error(), "the term rows is no scalar") {
		t.Error(err)
	}
}
