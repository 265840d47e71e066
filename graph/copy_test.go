package graph_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
)

// A copy has the parameters, states and dtype of its origin, in memory of its own,
// and does not change with it.
func TestCopyOfParams(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		model := func(s *scope) {
			s.Param("w", graph.Gaussian{Std: 1}, 2, 3)
			s.State("n", graph.Constant(4))
		}
		p := &graph.Params{Seed: 3, Dtype: dt}
		if err := declare(t, p, model); err != nil {
			t.Fatal(err)
		}
		built := &graph.Params{Seed: 8, Dtype: dt}
		if err := declare(t, built, model); err != nil {
			t.Fatal(err)
		}
		want := values(t, p, "w")
		for _, c := range []*graph.Params{{}, {Dtype: dt}, built, p} {
			if err := c.Copy(p); err != nil {
				t.Fatal(err)
			}
			if got := values(t, c, "w"); !slices.Equal(got, want) || values(t, c, "n")[0] != 4 || c.Dtype != dt {
				t.Errorf("%v: a copy with w %v, want %v", c.Dtype, got, want)
			}
			if err := declare(t, c, func(s *scope) { s.Param("more", graph.Constant(0), 1) }); (err == nil) != (c == p) {
				t.Errorf("a copy is not sealed as what is loaded: error %v", err)
			}
			if c != p {
				set(t, c, "w", 7)
			}
		}
		if got := values(t, p, "w"); !slices.Equal(got, want) {
			t.Errorf("a copy changed its origin to %v", got)
		}
	}
}

// set changes the first element of a parameter.
func set(t *testing.T, p *graph.Params, name string, v float64) {
	t.Helper()
	if p.Dtype == graph.Float64 {
		x, err := graph.Memory[float64](p, name)
		if err != nil {
			t.Fatal(err)
		}
		x[0] = v
		return
	}
	x, err := graph.Memory[float32](p, name)
	if err != nil {
		t.Fatal(err)
	}
	x[0] = float32(v)
}

func TestCopyErrors(t *testing.T) {
	one := func(name string, v float64, shape ...int) *graph.Params {
		p := &graph.Params{}
		if err := declare(t, p, func(s *scope) { s.Param(name, graph.Constant(v), shape...) }); err != nil {
			t.Fatal(err)
		}
		return p
	}
	changed := one("w", 1, 2)
	changed.Seed = 5
	for _, c := range []struct {
		to, from *graph.Params
		want     string
	}{
		{one("v", 1, 2), one("w", 1, 2), "graph: copy, as Save and Load do: parameter v is missing from the file"},
		{one("w", 1, 3), one("w", 1, 2), "graph: copy, as Save and Load do: parameter w has shape [2]"},
		{one("w", 1, 2), one("w", math.Inf(1), 2), "graph: copy, as Save and Load do: parameter w: element 0 is +Inf"},
		{one("w", 1, 2), changed, "graph: copy, as Save and Load do: graph: params of seed 0 and float32 were changed"},
		{changed, one("w", 1, 2), "graph: copy, as Save and Load do: graph: params of seed 0 and float32 were changed"},
		{&graph.Params{Dtype: graph.Float64}, one("w", 1, 2), "graph: copy, as Save and Load do: parameter w: dtype F32, want float64"},
	} {
		if err := c.to.Copy(c.from); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
