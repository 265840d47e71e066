package graph_test

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// theirs is a node of Gorgonia's.
type theirs = gorgonia.Node

func foreign(f func(x *theirs) (*theirs, error)) gradcheck.Func {
	return func(_ *scope, in []*node) *node { return graph.FromGorgonia(gorgonia.Must(f(in[0].Gorgonia()))) }
}

func foreign2(f func(a, b *theirs) (*theirs, error)) gradcheck.Func {
	return func(_ *scope, in []*node) *node {
		return graph.FromGorgonia(gorgonia.Must(f(in[0].Gorgonia(), in[1].Gorgonia())))
	}
}

// Gorgonia's operations whose gradients are right may be mixed in.
func TestForeignOperations(t *testing.T) {
	in := gradcheck.Between
	m := []gradcheck.Input{in(.2, 2, 2, 3)}
	pair := []gradcheck.Input{in(.2, 2, 2, 3), in(2.5, .3, 2, 3)}
	image := []gradcheck.Input{in(.2, 2, 1, 1, 4, 4)}
	for _, c := range []struct {
		name  string
		f     gradcheck.Func
		in    []gradcheck.Input
		twice bool // Gorgonia has the second derivative too
	}{
		{"Tanh", foreign(gorgonia.Tanh), m, true}, {"Sigmoid", foreign(gorgonia.Sigmoid), m, true}, {"Exp", foreign(gorgonia.Exp), m, true},
		{"Log", foreign(gorgonia.Log), m, true}, {"Sqrt", foreign(gorgonia.Sqrt), m, true}, {"Abs", foreign(gorgonia.Abs), m, true},
		{"Softplus", foreign(gorgonia.Softplus), m, true}, {"Rectify", foreign(gorgonia.Rectify), m, true}, {"Sign", foreign(gorgonia.Sign), m, true},
		{"SoftMax", foreign(func(x *theirs) (*theirs, error) { return gorgonia.SoftMax(x) }), m, false},
		{"Sparsemax", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Sparsemax(x) }), m, false},
		{"Sum", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Sum(x, 1) }), m, true},
		{"Mean", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Mean(x) }), m, true},
		{"Transpose", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Transpose(x, 1, 0) }), m, true},
		{"Reshape", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Reshape(x, tensor.Shape{3, 2}) }), m, true},
		{"Slice", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Slice(x, nil, gorgonia.S(1, 3)) }), m, false},
		{"Add", foreign2(gorgonia.Add), pair, true}, {"Sub", foreign2(gorgonia.Sub), pair, true}, {"Pow", foreign2(gorgonia.Pow), pair, true},
		{"HadamardProd", foreign2(gorgonia.HadamardProd), pair, true}, {"HadamardDiv", foreign2(gorgonia.HadamardDiv), pair, true},
		{"Div by a scalar", foreign2(gorgonia.Div), []gradcheck.Input{m[0], in(1, 2)}, true},
		{"Mul of matrices", foreign2(gorgonia.Mul), []gradcheck.Input{m[0], in(-1, 1, 3, 2)}, true},
		{"BatchedMatMul", foreign2(func(a, b *theirs) (*theirs, error) { return gorgonia.BatchedMatMul(a, b) }), []gradcheck.Input{in(-1, 1, 2, 2, 3), in(-1, 1, 2, 3, 2)}, true},
		{"BroadcastAdd", foreign2(func(a, b *theirs) (*theirs, error) { return gorgonia.BroadcastAdd(a, b, nil, []byte{0}) }), []gradcheck.Input{m[0], in(.3, 3, 1, 3)}, true},
		{"Concat", foreign2(func(a, b *theirs) (*theirs, error) { return gorgonia.Concat(1, a, b) }), pair, false},
		{"MaxBetween", foreign2(gorgonia.MaxBetween), pair, true},
		{"MaxPool2D", foreign(func(x *theirs) (*theirs, error) {
			return gorgonia.MaxPool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
		}), image, false},
		{"Conv2d", foreign2(func(x, w *theirs) (*theirs, error) {
			return gorgonia.Conv2d(x, w, tensor.Shape{2, 2}, []int{0, 0}, []int{1, 1}, []int{1, 1})
		}), []gradcheck.Input{image[0], in(-1, 1, 1, 1, 2, 2)}, false},
		{"a mixture", func(s *scope, in []*node) *node {
			h := graph.Sigmoid(foreign2(gorgonia.Add)(nil, []*node{in[0], in[1].Square()}))
			return graph.MatMul(foreign(gorgonia.Tanh)(nil, []*node{h}), graph.Transpose(h, 1, 0))
		}, pair, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			gradcheck.Check(t, c.f, c.in...)
			if c.twice {
				gradcheck.CheckSecond(t, c.f, c.in...)
			}
		})
	}
	_, y := compute(t, graph.Float32, foreign2(gorgonia.Mul), gradcheck.At([]int{1, 2}, 1, 2), gradcheck.At([]int{2, 1}, 3, 4))
	if y[0] != 11 {
		t.Errorf("[1 2]·[3 4]ᵀ = %v", y)
	}
}

// Gorgonia's operations whose gradients are wrong are refused by name.
func TestForeignGradientsRefused(t *testing.T) {
	vector := gradcheck.Between(.2, 2, 3)
	for want, c := range map[string]struct {
		f  gradcheck.Func
		in []gradcheck.Input
	}{
		"log2":        {foreign(gorgonia.Log2), []gradcheck.Input{vector}},
		"invSqrt":     {foreign(gorgonia.InverseSqrt), []gradcheck.Input{vector}},
		"a ⊗ b":       {foreign2(gorgonia.OuterProd), []gradcheck.Input{vector, vector}},
		"MaxAlong[0]": {foreign(func(x *theirs) (*theirs, error) { return gorgonia.Max(x, 0) }), []gradcheck.Input{vector}},
		"MaxAlong[1]": {foreign(func(x *theirs) (*theirs, error) { return gorgonia.Max(x, 1) }), []gradcheck.Input{gradcheck.Between(0, 1, 2, 3)}},
		"AvgPool{1, 1, 4, 4}": {foreign(func(x *theirs) (*theirs, error) {
			return gorgonia.AveragePool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
		}), []gradcheck.Input{gradcheck.Between(0, 1, 1, 1, 4, 4)}},
		"T[0:1:0...]+=...": {func(_ *scope, in []*node) *node {
			y := graph.FromGorgonia(gorgonia.Must(gorgonia.Slice(in[0].Gorgonia(), gorgonia.S(0, 1))))
			return in[0].Mul(graph.Grad(graph.Sum(y.Square()), in)[0])
		}, []gradcheck.Input{gradcheck.Between(0, 1, 2, 3)}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			var in []*node
			for i, x := range c.in {
				in = append(in, s.Input(fmt.Sprint(i), x.Shape...))
			}
			s.Output("g", graph.Grad(graph.Sum(c.f(s, in)), in)[0])
		})
		if err == nil || !regexp.MustCompile(`grad through Gorgonia's `+regexp.QuoteMeta(want)).MatchString(err.Error()) {
			t.Errorf("%s: error %v", want, err)
		}
	}
	// Of operations without a derivative the error is Gorgonia's or ours.
	for name, f := range map[string]func(x *theirs) (*theirs, error){
		"At([0])":                        func(x *theirs) (*theirs, error) { return gorgonia.At(x, 0) },
		"has no symbolic derivative":     func(x *theirs) (*theirs, error) { return gorgonia.ApplyOp(plain{}, x) },
		"derivatives of 1 operands":      func(x *theirs) (*theirs, error) { return gorgonia.ApplyOp(wrongCount{}, x) },
		"derivative of shape [] by an o": func(x *theirs) (*theirs, error) { return gorgonia.ApplyOp(wrongShape{}, x) },
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			x := s.Input("x", 3)
			s.Output("g", graph.Grad(graph.Sum(graph.FromGorgonia(gorgonia.Must(f(x.Gorgonia())))), []*node{x})[0])
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want %q in it", err, name)
		}
	}
}

// A program runs Gorgonia's operations on copies: what they do in place stays
// with them.
func TestForeignOperationsDoNotOverwrite(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.Build(params, func(s *scope) {
		x, w := s.Input("x", 2, 2), s.Param("w", graph.Constant(2), 2, 2)
		flat := gorgonia.Must(gorgonia.Reshape(x.Gorgonia(), tensor.Shape{4}))
		one := gorgonia.Must(gorgonia.Concat(0, w.Gorgonia()))
		s.Output("a", graph.FromGorgonia(gorgonia.Must(gorgonia.Neg(gorgonia.Must(gorgonia.Exp(flat))))))
		s.Output("b", graph.FromGorgonia(gorgonia.Must(gorgonia.Neg(gorgonia.Must(gorgonia.Square(one))))))
		s.Output("c", graph.Exp(graph.Reshape(w, 4)))
		s.Output("x", x.Scale(1))
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", []float64{1, 2, 3, 4})
	for range 3 {
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string][]float64{
			"a": {-math.E, -math.Exp(2), -math.Exp(3), -math.Exp(4)}, "b": {-4, -4, -4, -4},
			"c": {math.Exp(2), math.Exp(2), math.Exp(2), math.Exp(2)}, "x": {1, 2, 3, 4},
		} {
			if got, _ := p.Value(name); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		if w := params.Tensor("w").Data().([]float64); fmt.Sprint(w) != "[2 2 2 2]" {
			t.Errorf("w became %v", w)
		}
	}
}
