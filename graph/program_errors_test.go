package graph_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/graph"
)

// Messages of feeding, running and reading.
func TestProgramErrors(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.Input("x", 2, 3)
		s.Input("unused", 2)
		s.Output("y", graph.Sum(x))
	})
	check := func(err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("error %v,\n want %s", err, want)
		}
	}
	check(graph.Feed(p, "z", []float64{1}), "graph: feed z: no such input, want one of [unused x]")
	check(graph.Feed(p, "x", []float32{1}), "graph: feed x: 1 values, want 6 of shape [2 3]")
	check(p.Run(context.Background(), graph.Key{}), "graph: run: input x has not been fed")
	check(graph.Read(p, "y", make([]float64, 1)), "graph: read y: the program has not run")
	check(p.Commit(), "graph: commit: the program has not run")
	if err := graph.Feed(p, "x", []float64{1, 2, 3, 4, 5, 6}); err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{}) // what is not used need not be fed
	check(graph.Read(p, "z", make([]float64, 1)), "graph: read z: no such output, want one of [y]")
	check(graph.Read(p, "y", make([]float32, 2)), "graph: read y: room for 2 values, want 1 of shape []")
	_, err := p.Value("z")
	check(err, "graph: read z: no such output, want one of [y]")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Run(ctx, graph.Key{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	check(graph.Read(p, "y", make([]float64, 1)), "graph: read y: the program has not run")
}

// Errors that only running can find name the operation.
func TestRunErrors(t *testing.T) {
	for _, c := range []struct {
		f    func(x *node) *node
		x    []float64
		want string
	}{
		{func(x *node) *node { return graph.OneHot(x, 3) }, []float64{0, 3}, "index 3 at position 1, want a whole number in [0,3)"},
		{func(x *node) *node { return graph.OneHot(x, 3) }, []float64{-1, 0}, "index -1 at position 0, want a whole number in [0,3)"},
		{func(x *node) *node { return graph.Gather(x, x) }, []float64{0, .5}, "index 0.5 at position 1, want a whole number in [0,2)"},
		{func(x *node) *node { return graph.Gather(x, x) }, []float64{0, math.NaN()}, "index NaN at position 1, want a whole number in [0,2)"},
		{func(x *node) *node { return graph.ScatterAdd(x, x, 1) }, []float64{0, 1}, "index 1 at position 1, want a whole number in [0,1)"},
		{func(x *node) *node {
			return graph.FromGorgonia(gorgonia.Must(gorgonia.ApplyOp(failing{as: "error"}, x.Gorgonia())))
		}, []float64{0, 1}, "failing error: out of order"},
		{func(x *node) *node {
			return graph.FromGorgonia(gorgonia.Must(gorgonia.ApplyOp(failing{as: "dtype"}, x.Gorgonia())))
		}, []float64{0, 1}, "failing dtype returned float64 [2], want float32 [2]"},
		{func(x *node) *node {
			return graph.FromGorgonia(gorgonia.Must(gorgonia.ApplyOp(failing{as: "shape"}, x.Gorgonia())))
		}, []float64{0, 1}, "failing shape returned float32 [3], want float32 [2]"},
	} {
		p := build(t, &graph.Params{}, func(s *scope) { s.Output("y", c.f(s.Input("x", 2))) })
		if err := graph.Feed(p, "x", c.x); err != nil {
			t.Fatal(err)
		}
		err := p.Run(context.Background(), graph.Key{})
		if err == nil || !strings.HasPrefix(err.Error(), "graph: run: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q in it", err, c.want)
		}
	}
}

func TestSizesThatDoNotFitAreRefused(t *testing.T) {
	big := 1 << 30 // an int may have 32 bits
	for _, c := range []struct {
		name, want string
		limit      int
		f          func(s *scope)
	}{
		{"a product of sizes that overflows", "graph: w: shape [1073741824 1073741824 1073741824] of float64 does not fit into the ", 0,
			func(s *scope) { s.Input("w", big, big, big) }},
		{"a parameter", "graph: w: shape [1048576 1048576] of float64 does not fit into the ", 0,
			func(s *scope) { s.Param("w", graph.Constant(0), 1<<20, 1<<20) }},
		{"an input of 2³¹ elements", "graph: x: shape [2147483647] of float64 does not fit into the ", 0,
			func(s *scope) { s.Output("x", s.Input("x", math.MaxInt32)) }},
		{"noise", "graph: e: shape [200] of float64 does not fit into the 1000 bytes that Params.MaxBytes allows", 1000,
			func(s *scope) { s.Output("e", s.Noise("e", graph.GaussianNoise, 200)) }},
		{"a parameter while its values are drawn", "graph: parameter w: shape [100] needs more than the 1000 bytes that Params.MaxBytes allows while it is initialised", 1000,
			func(s *scope) { s.Param("w", graph.Constant(0), 100) }},
		{"a result", "graph: matmul a·b: shape [20 20] of float64 does not fit into the 1000 bytes", 1000,
			func(s *scope) { graph.MatMul(s.Input("a", 20, 2), s.Input("b", 2, 20)) }},
		{"leaves together", "graph: compile: the inputs, parameters and noise do not fit into the 1000 bytes", 1000,
			func(s *scope) { s.Output("x", s.Input("x", 100).Add(s.Input("y", 100))) }},
		{"results together", "graph: compile: intermediate results and outputs take ", 4000,
			func(s *scope) {
				x := s.Input("x", 100)
				for i := range 5 {
					s.Output(fmt.Sprint(i), x.Shift(float64(i)))
				}
			}},
	} {
		_, err := graph.Build(&graph.Params{Dtype: graph.Float64, MaxBytes: c.limit}, c.f)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s…", c.name, err, c.want)
		}
		if c.limit > 0 {
			_, err = graph.Build(&graph.Params{Dtype: graph.Float64, MaxBytes: 1 << 20}, func(s *scope) { c.f(s); s.Output("nothing", s.Const(0)) })
			if err != nil {
				t.Errorf("%s: error %v with room enough", c.name, err)
			}
		}
	}
	if _, err := graph.Build(&graph.Params{MaxBytes: -1}, func(s *scope) {}); err == nil || err.Error() != "graph: params with MaxBytes -1, want 0 or more" {
		t.Errorf("error %v", err)
	}
}
