package layers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/layers"
)

// TestEveryOptionHasAnEffect: each field of Config changes an MLP's values, or
// is refused where it could not. A new field fails until it is listed.
func TestEveryOptionHasAnEffect(t *testing.T) {
	base := layers.Config{}
	options := map[string]layers.Config{
		"Config.Activation": {Activation: graph.Relu},
		"Config.Weights":    {Weights: graph.He{}},
		"Config.Biases":     {Biases: graph.Constant(1)},
		"Config.NoBias":     {NoBias: true},
	}
	fields, err := exported.Fields(".")
	if err != nil {
		t.Fatal(err)
	}
	see := func(c layers.Config) (names []string, y []float64) {
		p := &graph.Params{Dtype: graph.Float64}
		y = run(t, p, func(s *graph.Scope, x *graph.Node) *graph.Node { return c.NewMLP(s, 2, 3, 1).Apply(x) }, []float64{.5, -1}, 1, 2)
		return p.Names(), y
	}
	names, y := see(base)
	for _, field := range fields {
		if strings.HasPrefix(field, "Dense.") {
			continue // the weights themselves
		}
		c, ok := options[field]
		if !ok {
			t.Errorf("%s has no change that shows it", field)
			continue
		}
		delete(options, field)
		if n, v := see(c); slices.Equal(n, names) && slices.Equal(v, y) {
			t.Errorf("%s has no effect", field)
		}
	}
	for field := range options {
		t.Errorf("%s is no option", field)
	}
	for want, c := range map[string]layers.Config{
		"layers: dense d: a dense layer has no Activation; put one behind it in a Stack": {Activation: graph.Relu},
		"layers: dense d: NoBias and Biases: choose one":                                 {NoBias: true, Biases: graph.Constant(1)},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { c.NewDense(s.In("d"), 2, 1) })
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
