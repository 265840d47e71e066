package layers_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

func TestDenseIsAffineOnTheLastAxis(t *testing.T) {
	c := layers.Config{Weights: matrix{1, 2, 3, 4, 5, 6}, Biases: matrix{.5, -.5, 0}}
	x := []float64{1, 0, 0, 1, 2, -1, 3, 3}
	want := []float64{1.5, 1.5, 3, 4.5, 4.5, 6, -1.5, -1.5, 0, 15.5, 20.5, 27}
	for _, shape := range [][]int{{4, 2}, {2, 2, 2}, {1, 4, 1, 2}} {
		y := run(t, &graph.Params{Dtype: graph.Float64}, func(s *graph.Scope, x *graph.Node) *graph.Node {
			return c.NewDense(s, 2, 3).Apply(x)
		}, x, shape...)
		for i := range want {
			if math.Abs(y[i]-want[i]) > 1e-12 {
				t.Errorf("shape %v: element %d is %v, want %v", shape, i, y[i], want[i])
			}
		}
	}
}

func TestMLPStacksLayersAndActivations(t *testing.T) {
	c := layers.Config{Weights: graph.Constant(.5), NoBias: true}
	for _, a := range []struct {
		name string
		act  layers.Func
		f    func(float64) float64
	}{
		{"tanh by default", nil, math.Tanh},
		{"relu", graph.Relu, func(x float64) float64 { return max(x, 0) }},
	} {
		c.Activation = a.act
		params := &graph.Params{Dtype: graph.Float64}
		y := run(t, params, func(s *graph.Scope, x *graph.Node) *graph.Node {
			return c.NewMLP(s.In("net"), 2, 3, 1).Apply(x)
		}, []float64{.2, -1}, 1, 2)
		if want := 1.5 * a.f(.5*.2-.5); math.Abs(y[0]-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", a.name, y[0], want)
		}
		if got := params.Names(); len(got) != 2 || got[0] != "net/0/w" || got[1] != "net/1/w" {
			t.Errorf("%s: parameters %v", a.name, got)
		}
	}
}

// TestDenseTakesOtherWeights: a layer computes with the nodes that its fields
// hold, whatever it was made with.
func TestDenseTakesOtherWeights(t *testing.T) {
	y := run(t, &graph.Params{}, func(s *graph.Scope, x *graph.Node) *graph.Node {
		d := layers.Config{WeightNorm: true}.NewDense(s, 2, 2)
		d.W, d.B = s.Tensor([]float64{1, 2, 3, 4}, 2, 2), nil
		return d.Apply(x)
	}, []float64{1, 10}, 1, 2)
	near(t, "result", y, []float64{31, 42}, graph.Float32)
	y = run(t, &graph.Params{}, func(s *graph.Scope, x *graph.Node) *graph.Node {
		d := layers.Config{WeightNorm: true}.NewDense(s, 2, 2)
		return d.Apply(x).Sub(graph.Linear(x, d.W, d.B))
	}, []float64{1, 10}, 1, 2)
	near(t, "W is not what the layer multiplies by: the difference", y, []float64{0, 0}, graph.Float32)
}

func TestMLPGradient(t *testing.T) {
	gradcheck.Check(t, func(s *graph.Scope, in []*graph.Node) *graph.Node {
		return graph.Sum(layers.NewMLP(s, 3, 4, 2).Apply(in[0]).Square())
	}, gradcheck.At([]int{2, 3}, .1, -.4, .9, 1.2, 0, -2))
}
