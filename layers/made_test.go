package layers_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

// mades are the networks that the tests go through.
var mades = map[string]layers.MADEConfig{
	"affine":            {Inputs: 5, Outputs: 2},
	"affine in context": {Inputs: 4, Context: 2, Order: []int{2, 0, 3, 1}},
	"one layer":         {Inputs: 5, Hidden: []int{9}},
	"narrowest":         {Inputs: 5, Hidden: []int{4, 4}},
	"reversed":          {Inputs: 5, Outputs: 3, Hidden: []int{7, 11}, Order: layers.ReversedOrder(5)},
	"shuffled":          {Inputs: 6, Outputs: 2, Hidden: []int{8, 8, 8}, Order: layers.RandomOrder(6, 3)},
	"random degrees":    {Inputs: 5, Hidden: []int{17, 13}, DegreeSeed: 7},
	"context":           {Inputs: 4, Outputs: 2, Context: 3, Hidden: []int{9, 9}, Order: []int{3, 1, 0, 2}},
	"random in context": {Inputs: 4, Context: 2, Hidden: []int{12, 12}, DegreeSeed: 4},
	"narrow with skip":  {Inputs: 7, Outputs: 2, Hidden: []int{3, 2}, Skip: true},
	"residual":          {Inputs: 5, Outputs: 2, Context: 1, Hidden: []int{10, 10, 10}, Residual: true, Skip: true},
	"weight norm": {Inputs: 4, Outputs: 2, Context: 2, Hidden: []int{8, 8, 8}, Residual: true, Skip: true, Order: []int{1, 3, 0, 2},
		Config: layers.Config{WeightNorm: true}},
	"weight norm, flat": {Inputs: 4, Hidden: []int{5}, Config: layers.Config{WeightNorm: true}},
	"one variable":      {Inputs: 1, Outputs: 2, Hidden: []int{3}},
	"one in context":    {Inputs: 1, Context: 2, Hidden: []int{3, 3}, Residual: true},
}

// jacobian returns ∂yⱼ/∂xᵢ and ∂yⱼ/∂cᵢ of a network at an irregular point, by
// automatic differentiation.
func jacobian(t *testing.T, c layers.MADEConfig) (byX, byC [][]float64) {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64, Seed: 1}, func(s *graph.Scope) {
		x, in := s.Input("x", 1, c.Inputs), []*graph.Node(nil)
		in = append(in, x)
		var ctx *graph.Node
		if c.Context > 0 {
			ctx = s.Input("c", 1, c.Context)
			in = append(in, ctx)
		}
		y := layers.NewMADE(s, c).Apply(x, ctx)
		for j := range y.Shape()[1] {
			for i, g := range graph.Grad(graph.Sum(graph.Cols(y, j, j+1)), in) {
				s.Output(fmt.Sprintf("%d/%d", i, j), g)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]int{"x": c.Inputs, "c": c.Context} {
		if d > 0 {
			if err := graph.Feed(p, name, gradcheck.Between(-1, 1, d).Values); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for j := range c.Inputs * max(c.Outputs, 1) {
		v, err := p.Value(fmt.Sprint("0/", j))
		if err != nil {
			t.Fatal(err)
		}
		byX = append(byX, v)
		if c.Context > 0 {
			v, _ := p.Value(fmt.Sprint("1/", j))
			byC = append(byC, v)
		}
	}
	return byX, byC
}

// TestMADEDependences: the outputs of a variable depend on those before it in
// the order, on each of them and on nothing else, and on all of the context.
func TestMADEDependences(t *testing.T) {
	for name, c := range mades {
		order := c.Order
		if order == nil {
			for i := range c.Inputs {
				order = append(order, i)
			}
		}
		byX, byC := jacobian(t, c)
		for j, row := range byX {
			for i, d := range row {
				before := slices.Index(order, i) < slices.Index(order, j%c.Inputs)
				if before != (d != 0) {
					t.Errorf("%s: the derivative of output %d by variable %d is %v", name, j, i, d)
				}
			}
		}
		for j, row := range byC {
			for i, d := range row {
				if d == 0 {
					t.Errorf("%s: output %d does not depend on context %d", name, j, i)
				}
			}
		}
	}
}

// TestMADEValues: a network against loops over its parameters, in both dtypes
// and with leading axes that broadcast.
func TestMADEValues(t *testing.T) {
	for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
		for name, c := range mades {
			c.Config = layers.Config{Activation: graph.Relu, Weights: graph.Gaussian{Std: .7}, Biases: graph.Gaussian{Std: .3}, WeightNorm: c.WeightNorm}
			params := &graph.Params{Dtype: dtype, Seed: 2}
			x, ctx := gradcheck.Between(-1, 2, 2, 3, c.Inputs), gradcheck.Between(-2, 1, 1, 3, c.Context)
			net := func(s *graph.Scope, x *graph.Node) *graph.Node {
				var context *graph.Node
				if c.Context > 0 {
					context = s.Tensor(ctx.Values, ctx.Shape...)
				}
				return layers.NewMADE(s.In("m"), c).Apply(x, context)
			}
			run(t, params, net, x.Values, x.Shape...)
			for _, name := range params.Names() {
				if strings.HasSuffix(name, "/g") { // else 1 everywhere
					set(t, params, name, gradcheck.Between(.5, 2, len(param(t, params, name))).Values)
				}
			}
			got := run(t, params, net, x.Values, x.Shape...)
			var want []float64
			for r := range 6 {
				row := c.Context * (r % 3)
				want = append(want, madeLoops(t, params, c, x.Values[r*c.Inputs:(r+1)*c.Inputs], ctx.Values[row:row+c.Context])...)
			}
			near(t, fmt.Sprint(dtype, " ", name), got, want, dtype)
		}
	}
}

// madeLoops computes a MADE with rectifiers of one row. Masked weights are
// zero, so it needs no masks.
func madeLoops(t *testing.T, params *graph.Params, c layers.MADEConfig, x, ctx []float64) []float64 {
	add := func(a, b []float64) []float64 {
		for i := range a {
			a[i] += b[i]
		}
		return a
	}
	// affine returns x·w + more + b, or (x·v/‖v‖ + more)·g + b.
	affine := func(at string, x []float64, more ...[]float64) []float64 {
		w, g := []float64(nil), []float64(nil)
		if slices.Contains(params.Names(), at+"/v") {
			w, g = param(t, params, at+"/v"), param(t, params, at+"/g")
		} else {
			w = param(t, params, at+"/w")
		}
		y := make([]float64, len(w)/len(x))
		for j := range y {
			length := 0.
			for i, v := range x {
				y[j] += v * w[i*len(y)+j]
				length = math.Hypot(length, w[i*len(y)+j])
			}
			if g != nil && length > 0 {
				y[j] /= length
			}
			for _, m := range more {
				y[j] += m[j]
			}
			if g != nil {
				y[j] *= g[j]
			}
		}
		if slices.Contains(params.Names(), at+"/b") {
			add(y, param(t, params, at+"/b"))
		}
		return y
	}
	relu := func(x []float64) []float64 {
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = max(v, 0)
		}
		return y
	}
	h := x
	for l := range len(c.Hidden) + 1 {
		at, in := fmt.Sprint("m/", l), h
		if l > 0 {
			in = relu(h)
		}
		var more [][]float64
		if c.Context > 0 {
			more = append(more, affine(at+"/context", ctx))
		}
		if c.Skip && l == len(c.Hidden) {
			more = append(more, affine("m/skip", x))
		}
		y := affine(at, in, more...)
		if c.Residual && l > 0 && l < len(c.Hidden) {
			y = add(affine(at+"/close", relu(y)), h)
		}
		h = y
	}
	return h
}

// TestMaskedWeightsStayZero: what a mask hides starts at zero and has no
// gradient, whatever initialises the rest.
func TestMaskedWeightsStayZero(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	g := run(t, params, func(s *graph.Scope, x *graph.Node) *graph.Node {
		d := layers.Config{Weights: graph.Constant(3)}.NewMaskedDense(s, 2, 3, func(i, j int) bool { return j > i })
		return graph.Grad(graph.Sum(d.Apply(x)), s.Trainable())[0]
	}, []float64{5, 7}, 1, 2)
	if want := []float64{0, 5, 5, 0, 0, 7}; !slices.Equal(g, want) {
		t.Errorf("gradient %v, want %v", g, want)
	}
	if w, want := param(t, params, "w"), []float64{0, 3, 3, 0, 0, 3}; !slices.Equal(w, want) {
		t.Errorf("weights %v, want %v", w, want)
	}
}

func TestMADEGradient(t *testing.T) {
	for _, name := range []string{"context", "residual", "narrow with skip"} {
		c := mades[name]
		in := []gradcheck.Input{gradcheck.Between(-1, 1, 2, c.Inputs)}
		if c.Context > 0 {
			in = append(in, gradcheck.Between(-1, 1, 2, c.Context))
		}
		gradcheck.Check(t, func(s *graph.Scope, in []*graph.Node) *graph.Node {
			return layers.NewMADE(s, c).Apply(in[0], append(in, nil)[1])
		}, in...)
	}
}

func TestOrders(t *testing.T) {
	if got := layers.ReversedOrder(4); !slices.Equal(got, []int{3, 2, 1, 0}) {
		t.Errorf("reversed %v", got)
	}
	// A fitted flow depends on it: it is the same in every version.
	if got := layers.RandomOrder(8, 1); !slices.Equal(got, []int{4, 7, 6, 0, 5, 2, 1, 3}) {
		t.Errorf("random %v", got)
	}
	if slices.Equal(layers.RandomOrder(8, 1), layers.RandomOrder(8, 2)) {
		t.Error("two seeds, one order")
	}
}
