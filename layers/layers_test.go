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

func TestMLPGradient(t *testing.T) {
	gradcheck.Check(t, func(s *graph.Scope, in []*graph.Node) *graph.Node {
		return graph.Sum(layers.NewMLP(s, 3, 4, 2).Apply(in[0]).Square())
	}, gradcheck.At([]int{2, 3}, .1, -.4, .9, 1.2, 0, -2))
}

func TestRefusals(t *testing.T) {
	made := func(c layers.MADEConfig) func(s *graph.Scope) {
		return func(s *graph.Scope) {
			layers.NewMADE(s.In("m"), c).Apply(s.Input("x", 3, max(c.Inputs, 1)), nil)
		}
	}
	for _, c := range []struct {
		want string
		f    func(s *graph.Scope)
	}{
		{"layers: MLP net: widths [3], want an input and an output at least", func(s *graph.Scope) { layers.NewMLP(s.In("net"), 3) }},
		{"layers: dense net/1: widths 4 and 0, want 1 or more", func(s *graph.Scope) { layers.NewMLP(s.In("net"), 3, 4, 0) }},
		{"layers: dense enc/0: input [100 2], want [… 3] with a batch axis", func(s *graph.Scope) {
			layers.NewMLP(s.In("enc"), 3, 4).Apply(s.Input("x", 100, 2))
		}},
		{"layers: dense enc: input [3], want [… 3] with a batch axis", func(s *graph.Scope) {
			layers.NewDense(s.In("enc"), 3, 4).Apply(s.Input("x", 3))
		}},
		{"layers: masked dense m: the mask is nil", func(s *graph.Scope) { layers.NewMaskedDense(s.In("m"), 2, 2, nil) }},
		{"layers: MADE m: Inputs 0, Outputs 1, Context 0, want 1 or more variables and outputs and no negative width", made(layers.MADEConfig{})},
		{"layers: MADE m: width 16777217, want 16777216 at most", made(layers.MADEConfig{Inputs: 1<<24 + 1})},
		{"layers: MADE m: 33554432 outputs, want 16777216 at most", made(layers.MADEConfig{Inputs: 1 << 24, Outputs: 2})},
		{"layers: MADE m: Order [0 2], want every variable from 0 to 1 once", made(layers.MADEConfig{Inputs: 2, Order: []int{0, 2}})},
		{"layers: MADE m: Order [0 1 1], want every variable from 0 to 1 once", made(layers.MADEConfig{Inputs: 2, Order: []int{0, 1, 1}})},
		{"layers: MADE m: hidden layer 1 of width 0, want 1 or more", made(layers.MADEConfig{Inputs: 2, Hidden: []int{3, 0}})},
		{"layers: MADE m: hidden layer 0 of width 2 has no unit for some of the 3 degrees, which cuts dependences; make it wider or set Skip", made(layers.MADEConfig{Inputs: 4, Hidden: []int{2}})},
		{"layers: MADE m: hidden layer 0 of width 3 has no unit for some of the 4 degrees, which cuts dependences; make it wider or set Skip", made(layers.MADEConfig{Inputs: 4, Context: 1, Hidden: []int{3}})},
		{"layers: MADE m: Residual with hidden layers of widths [4 5], want one width", made(layers.MADEConfig{Inputs: 2, Hidden: []int{4, 5}, Residual: true})},
		{"layers: MADE m: Residual with 1 hidden layers, want 2 or more", made(layers.MADEConfig{Inputs: 2, Hidden: []int{4}, Residual: true})},
		{"layers: MADE m: DegreeSeed without a hidden layer", made(layers.MADEConfig{Inputs: 2, DegreeSeed: 1})},
		{"layers: MADE m: Skip without a hidden layer", made(layers.MADEConfig{Inputs: 2, Skip: true})},
		{"layers: MADE without layers; layers.NewMADE declares them", func(s *graph.Scope) { layers.MADE{}.Apply(s.Input("x", 1, 1), nil) }},
		{"layers: MADE m: the context is nil, want [… 2]", made(layers.MADEConfig{Inputs: 2, Context: 2})},
		{"layers: MADE m: a context, and Context is 0", func(s *graph.Scope) {
			x := s.Input("x", 3, 2)
			layers.NewMADE(s.In("m"), layers.MADEConfig{Inputs: 2}).Apply(x, x)
		}},
		{"layers: dense m/0/context: input [3 1], want [… 2] with a batch axis", func(s *graph.Scope) {
			layers.NewMADE(s.In("m"), layers.MADEConfig{Inputs: 2, Context: 2}).Apply(s.Input("x", 3, 2), s.Input("c", 3, 1))
		}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			c.f(s)
			s.Output("none", s.Const(0))
		})
		if err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
