package flow_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/latentgo/latent/graph"
)

// TestReferenceValues compares the flows with the same ones written in PyTorch
// (internal/ref/flows), at random weights and in context.
func TestReferenceValues(t *testing.T) {
	text, err := os.ReadFile("testdata/flows.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]struct {
		Weights               map[string][]float64
		X, Context, Y, LogDet []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, f := range flows {
		want, ok := cases[f.name]
		delete(cases, f.name)
		if !ok {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			const d, c = 3, 2
			rows := len(want.X) / d
			conf := f.config
			conf.Context = c
			if conf.Hidden != nil && want.Weights["1/w"] != nil {
				conf.Hidden = []int{len(want.Weights["0/b"])}
			} else {
				conf.Hidden = nil
			}
			params := &graph.Params{Dtype: graph.Float64}
			p := build(t, params, func(s scope) {
				b := f.new(s.In("f"), d, conf, s.Input("c", rows, c))
				x := s.Input("x", rows, d)
				s.Output("y", b.Forward(x))
				s.Output("logdet", b.LogDet(x))
			})
			if got := params.Names(); len(got) != len(want.Weights) {
				t.Fatalf("parameters %v, %d in the reference", got, len(want.Weights))
			}
			for name, v := range want.Weights {
				set(t, params, "f/"+name, v)
			}
			out := run(t, p, map[string][]float64{"x": want.X, "c": want.Context})
			near(t, "y", out["y"], want.Y, 1e-11)
			near(t, "log determinant", out["logdet"], want.LogDet, 1e-11)
		})
	}
	for name := range cases {
		t.Errorf("the reference has %s, which is no flow of the tests", name)
	}
}

func build(t *testing.T, p *graph.Params, f func(s scope)) *graph.Program {
	t.Helper()
	prog, err := graph.Build(p, f)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

// set writes a parameter.
func set(t *testing.T, p *graph.Params, name string, v []float64) {
	t.Helper()
	m, err := graph.Memory[float64](p, name)
	if err != nil || len(m) != len(v) {
		t.Fatalf("%s: %d numbers for %d: %v", name, len(v), len(m), err)
	}
	copy(m, v)
}

// run feeds, runs and reads everything.
func run(t *testing.T, p *graph.Program, in map[string][]float64) map[string][]float64 {
	t.Helper()
	for name, v := range in {
		if err := graph.Feed(p, name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{Stream: graph.EvaluationStream}); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = v
	}
	return out
}

func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, v := range got {
		if !(math.Abs(v-want[i]) <= tol*(1+math.Abs(want[i]))) {
			t.Errorf("%s: number %d is %v, want %v", what, i, v, want[i])
		}
	}
}
