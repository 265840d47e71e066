package layers_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

// initialise gives the parameters of a model of x, and of what else is fed, their
// values from data, and returns its output y in that program and in one of
// evaluation.
func initialise(t *testing.T, params *graph.Params, feed map[string][]float64, model func(s *graph.Scope)) (y [2][]float64) {
	t.Helper()
	for i, build := range []func(*graph.Params, func(*graph.Scope)) (*graph.Program, error){graph.BuildInitialising, graph.Build} {
		p, err := build(params, model)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range feed {
			if err := graph.Feed(p, name, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		if y[i], err = p.Value("y"); err != nil {
			t.Fatal(err)
		}
	}
	return y
}

// TestInitialisationAgainstPyTorch: g and b of two layers from their first
// batch, in one run; what follows is then the initialised network.
func TestInitialisationAgainstPyTorch(t *testing.T) {
	want := torch(t, "layers.csv")["data"]
	for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
		params := &graph.Params{Dtype: dtype}
		model := func(s *graph.Scope) {
			s.Output("y", layers.Config{WeightNorm: true}.NewMLP(s, 3, 4, 2).Apply(s.Input("x", 6, 3)))
		}
		if _, err := graph.Build(params, model); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"0/v", "1/v"} {
			set(t, params, name, want[name])
		}
		y := initialise(t, params, map[string][]float64{"x": want["x"]}, model)
		near(t, "initialising", y[0], want["y"], dtype)
		near(t, "then", y[1], want["y"], dtype)
		for _, name := range []string{"0/g", "0/b", "1/g", "1/b"} {
			near(t, name, param(t, params, name), want["after "+name], dtype)
		}
	}
}

// moments returns mean and variance of column j of rows.
func moments(v []float64, cols, j int) (mean, variance float64) {
	n := float64(len(v) / cols)
	for i := j; i < len(v); i += cols {
		mean += v[i] / n
	}
	for i := j; i < len(v); i += cols {
		variance += (v[i] - mean) * (v[i] - mean) / n
	}
	return mean, variance
}

// TestInitialisedPreActivations: under weight normalisation every network's
// outputs have mean 0 and variance 1 over a first batch, context and direct
// connections included, in both dtypes and far from zero.
func TestInitialisedPreActivations(t *testing.T) {
	c := layers.Config{WeightNorm: true, Activation: graph.Relu}
	for name, net := range map[string]struct {
		net  func(s *graph.Scope) layers.Conditional
		cols int
	}{
		"MADE": {func(s *graph.Scope) layers.Conditional {
			return layers.NewMADE(s, layers.MADEConfig{Config: c, Inputs: 3, Outputs: 2, Context: 2, Hidden: []int{8, 9}, Skip: true})
		}, 6},
		"residual MADE": {func(s *graph.Scope) layers.Conditional {
			return layers.NewMADE(s, layers.MADEConfig{Config: c, Inputs: 3, Context: 2, Hidden: []int{8, 8, 8}, Residual: true})
		}, 3},
		"ResNet": {func(s *graph.Scope) layers.Conditional {
			return layers.NewResNet(s, layers.ResNetConfig{Config: c, Inputs: 3, Outputs: 4, Context: 2, Width: 7})
		}, 4},
		"gated ResNet with normalisation": {func(s *graph.Scope) layers.Conditional {
			return layers.NewResNet(s, layers.ResNetConfig{Config: c, Inputs: 3, Outputs: 4, Context: 2, Width: 7, Gated: true, BatchNorm: true, Dropout: .3})
		}, 4},
	} {
		for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
			params := &graph.Params{Dtype: dtype, Seed: 4}
			y := initialise(t, params, map[string][]float64{
				"x": gradcheck.Between(90, 101, 2, 20, 3).Values, "c": gradcheck.Between(-3, 1, 1, 20, 2).Values,
			}, func(s *graph.Scope) {
				s.Output("y", net.net(s).Apply(s.Input("x", 2, 20, 3), s.Input("c", 1, 20, 2)))
			})
			tol := 1e-9
			if dtype == graph.Float32 {
				tol = 1e-4
			}
			for j := range net.cols {
				if mean, variance := moments(y[0], net.cols, j); !(math.Abs(mean) < tol && math.Abs(variance-1) < tol) {
					t.Errorf("%s, %v: output %d has mean %v and variance %v", name, dtype, j, mean, variance)
				}
			}
			if name != "gated ResNet with normalisation" { // whose averages have not moved yet
				near(t, fmt.Sprint(name, " after"), y[1], y[0], dtype)
			}
		}
	}
}

// TestStandardiseConstants: an element that does not vary keeps scale 1, without
// a bias the mean stays, and a scale stands alone.
func TestStandardiseConstants(t *testing.T) {
	for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
		params := &graph.Params{Dtype: dtype}
		y := initialise(t, params, map[string][]float64{"x": {.1, 0, 1, .1, 0, 3, .1, 0, 5}}, func(s *graph.Scope) {
			x := s.Input("x", 3, 3)
			a := layers.Standardise(s, x, s.Param("a", graph.Constant(7), 3), s.Param("b", graph.Constant(7), 3))
			s.Output("y", layers.Standardise(s, a.Shift(2), s.Param("only", graph.Constant(7), 3), nil))
		})
		r := math.Sqrt(3. / 8)
		near(t, "scale", param(t, params, "a"), []float64{1, 1, r}, dtype)
		near(t, "shift", param(t, params, "b"), []float64{-.1, 0, -3 * r}, dtype)
		near(t, "scale alone", param(t, params, "only"), []float64{1, 1, 1}, dtype)
		near(t, "result", y[0], []float64{2, 2, 2 - 2*r, 2, 2, 2, 2, 2, 2 + 2*r}, dtype)
		near(t, "later", y[1], y[0], dtype)
	}
}

// TestStandardiseBesideFrozenParameters: what is frozen stays, whatever scope
// Standardise is given, and a shift that is not takes out the mean beside it.
func TestStandardiseBesideFrozenParameters(t *testing.T) {
	in := func(s *graph.Scope, frozen bool) *graph.Scope {
		if frozen {
			return s.Frozen()
		}
		return s
	}
	for i := range 8 {
		of, scale, shift := i&1 > 0, i&2 > 0, i&4 > 0
		params := &graph.Params{Dtype: graph.Float64}
		y := initialise(t, params, map[string][]float64{"x": {1, 3, 3, 7}}, func(s *graph.Scope) {
			a, b := in(s, scale).Param("a", graph.Constant(5), 2), in(s, shift).Param("b", graph.Constant(4), 2)
			s.Output("y", layers.Standardise(in(s, of), s.Input("x", 2, 2), a, b))
		})
		a, b := []float64{1, .5}, []float64{-2, -2.5}
		if scale {
			a, b = []float64{5, 5}, []float64{-10, -25}
		}
		if shift {
			b = []float64{4, 4}
		}
		what := fmt.Sprint("frozen scope, scale, shift ", of, scale, shift)
		near(t, what, param(t, params, "a"), a, graph.Float64)
		near(t, what, param(t, params, "b"), b, graph.Float64)
		near(t, what, y[0], []float64{a[0] + b[0], 3*a[1] + b[1], 3*a[0] + b[0], 7*a[1] + b[1]}, graph.Float64)
		near(t, what, y[1], y[0], graph.Float64)
	}
}

// TestOutputWeightsStartAtZero: a flow that is to start at the identity keeps its
// zeros under weight normalisation, also when data initialise the rest.
func TestOutputWeightsStartAtZero(t *testing.T) {
	c := layers.Config{WeightNorm: true}
	for name, net := range map[string]func(s *graph.Scope) layers.Conditional{
		"MADE": func(s *graph.Scope) layers.Conditional {
			return layers.NewMADE(s, layers.MADEConfig{Config: c, Inputs: 3, Hidden: []int{8}, Skip: true, Context: 1, OutputWeights: graph.Constant(0)})
		},
		"ResNet": func(s *graph.Scope) layers.Conditional {
			return layers.NewResNet(s, layers.ResNetConfig{Config: c, Inputs: 3, Outputs: 3, Width: 4, Context: 1, OutputWeights: graph.Constant(0)})
		},
	} {
		y := initialise(t, &graph.Params{}, map[string][]float64{"x": gradcheck.Between(0, 1, 5, 3).Values}, func(s *graph.Scope) {
			s.Output("y", net(s).Apply(s.Input("x", 5, 3), s.Tensor([]float64{1, 2, 3, 4, 5}, 5, 1)))
		})
		for i := range y {
			for _, v := range y[i] {
				if v != 0 {
					t.Fatalf("%s: %v, want zeros", name, y[i])
				}
			}
		}
	}
}
