package layers_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
)

// run builds f on an input of the shape and returns its values there.
func run(t *testing.T, p *graph.Params, f func(s *graph.Scope, x *graph.Node) *graph.Node, x []float64, shape ...int) []float64 {
	t.Helper()
	prog, err := graph.Build(p, func(s *graph.Scope) { s.Output("y", f(s, s.Input("x", shape...))) })
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(prog, "x", x); err != nil {
		t.Fatal(err)
	}
	if err := prog.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	y, err := prog.Value("y")
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// param returns a parameter's values.
func param(t *testing.T, p *graph.Params, name string) []float64 {
	t.Helper()
	x := p.Tensor(name)
	if x == nil {
		t.Fatalf("no parameter %s among %v", name, p.Names())
	}
	if v, ok := x.Data().([]float64); ok {
		return v
	}
	var out []float64
	for _, v := range x.Data().([]float32) {
		out = append(out, float64(v))
	}
	return out
}

// near compares values up to the rounding of a dtype.
func near(t *testing.T, what string, got, want []float64, dtype graph.Dtype) {
	t.Helper()
	tol := 1e-12
	if dtype == graph.Float32 {
		tol = 1e-5
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tol*(1+math.Abs(want[i]))) {
			t.Errorf("%s: element %d is %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

// matrix is an initialiser with given values.
type matrix []float64

func (m matrix) Fill(dst []float64, _ graph.Shape, _ graph.Random) error {
	copy(dst, m)
	return nil
}
