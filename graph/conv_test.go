package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// slides are ways to move along an axis of 5 or 6 places with a window of 2 or 3.
var slides = []graph.Slide{{}, {Stride: 2, Before: 1}, {Stride: 3, Dilation: 2, Before: 2, After: 1}, {Stride: 2, After: 2}}

// Derivatives of first and second order: those of the convolution, of its
// transposed form and so of both their gradients.
func TestConvGradients(t *testing.T) {
	for i, down := range slides {
		for j, across := range slides {
			for _, groups := range []int{1, 2} {
				if (i+2*j)%3 != 0 && groups == 2 {
					continue
				}
				t.Run(fmt.Sprint(down, across, groups), func(t *testing.T) {
					w := gradcheck.Between(-1, 1, 3, 2, 4/groups, 2)
					conv := func(_ *scope, in []*node) *node { return graph.Conv2D(in[0], in[1], groups, down, across) }
					gradcheck.Check(t, conv, gradcheck.Between(-1, 2, 2, 5, 6, 4), w)
					gradcheck.CheckSecond(t, conv, gradcheck.Between(-1, 2, 5, 6, 4), w)
					back := func(_ *scope, in []*node) *node {
						return graph.ConvTranspose2D(in[0], in[1], groups, 0, 0, down, across)
					}
					gradcheck.Check(t, back, gradcheck.Between(-1, 2, 2, 3, 4, 4), w)
					gradcheck.CheckSecond(t, back, gradcheck.Between(-1, 2, 3, 4, 4), w)
				})
			}
		}
	}
}

// The gradient of a function of the gradient by the weights goes through the third
// of the products, and once more through all.
func TestConvThirdOrder(t *testing.T) {
	f := func(_ *scope, in []*node) *node {
		y := graph.Tanh(graph.Conv1D(in[0], in[1], 1, graph.Slide{Stride: 2, Before: 1}))
		return graph.Grad(graph.Sum(y), in)[1]
	}
	in := []gradcheck.Input{gradcheck.Between(-1, 1, 2, 5, 2), gradcheck.Between(-1, 1, 3, 2, 2)}
	gradcheck.Check(t, f, in...)
	gradcheck.CheckSecond(t, f, in...)
}

func TestPoolGradients(t *testing.T) {
	for _, down := range slides {
		across := graph.Slide{Stride: 2, Before: 1}
		for name, f := range map[string]func(x *node) *node{
			"avg": func(x *node) *node { return graph.AvgPool2D(x, 3, 2, down, across) },
			"max": func(x *node) *node { return graph.MaxPool2D(x, 3, 2, down, across) },
		} {
			t.Run(fmt.Sprint(name, down), func(t *testing.T) {
				square := func(_ *scope, in []*node) *node { return f(in[0]).Square() }
				gradcheck.Check(t, square, gradcheck.Between(-1, 2, 2, 6, 5, 2))
				gradcheck.CheckSecond(t, square, gradcheck.Between(-1, 2, 6, 5, 2))
			})
		}
	}
}

// A convolution by its definition, and the transposed one as its adjoint:
// Σ conv(x, w)·y = Σ x·transpose(y, w), with inputs and outputs of w exchanged.
func TestConvTransposeIsAdjoint(t *testing.T) {
	for _, down := range slides {
		for _, across := range slides {
			x, w := gradcheck.Between(-1, 2, 2, 6, 5, 3), gradcheck.Between(-2, 1, 3, 2, 3, 4)
			_, v := compute(t, graph.Float64, func(_ *scope, in []*node) *node {
				y := graph.Conv2D(in[0], in[1], 1, down, across)
				z := graph.Tanh(y)
				back := graph.ConvTranspose2D(z, graph.Transpose(in[1], 0, 1, 3, 2), 1, 6, 5, down, across)
				return graph.Sum(y.Mul(z)).Div(graph.Sum(in[0].Mul(back)))
			}, x, w)
			if !(v[0] > 1-1e-12 && v[0] < 1+1e-12) {
				t.Errorf("%v, %v: ratio %v", down, across, v[0])
			}
		}
	}
}

func TestSplit(t *testing.T) {
	in := gradcheck.Between(-1, 2, 2, 5)
	shape, v := compute(t, graph.Float64, func(_ *scope, x []*node) *node {
		p := graph.Split(x[0], -1, 2, 0, 3)
		return graph.Concat(1, p[2], p[1], p[0])
	}, in)
	for i, want := range []int{2, 3, 4, 0, 1, 7, 8, 9, 5, 6} {
		if shape[1] != 5 || v[i] != in.Values[want] {
			t.Errorf("%v of shape %v at %d", v[i], shape, i)
		}
	}
}

func TestConvRefuses(t *testing.T) {
	for _, c := range []struct {
		want string
		f    func(s *scope)
	}{
		{"graph: Conv2D: shape [3 4], want [… height width channels]", func(s *scope) {
			graph.Conv2D(s.Input("x", 3, 4), s.Input("w", 1, 1, 4, 1), 1, graph.Slide{}, graph.Slide{})
		}},
		{"graph: Conv2D: weights [3 4], want [height width in out]", func(s *scope) {
			graph.Conv2D(s.Input("x", 3, 4, 1), s.Input("w", 3, 4), 1, graph.Slide{}, graph.Slide{})
		}},
		{"convolution 2×2: weights [2 2 3 5] in 1 groups of an input with 4 channels", func(s *scope) {
			graph.Conv2D(s.Input("x", 3, 4, 4), s.Input("w", 2, 2, 3, 5), 1, graph.Slide{}, graph.Slide{})
		}},
		{"convolution 2×2: weights [2 2 2 5] in 2 groups", func(s *scope) {
			graph.Conv2D(s.Input("x", 3, 4, 4), s.Input("w", 2, 2, 2, 5), 2, graph.Slide{}, graph.Slide{})
		}},
		{"convolution 5×1: rows: a window over 5 places of 4", func(s *scope) {
			graph.Conv2D(s.Input("x", 3, 1, 4), s.Input("w", 5, 1, 4, 5), 1, graph.Slide{Before: 1}, graph.Slide{})
		}},
		{"graph: convolution 1×2: columns: stride -2, want 1 to 16777216", func(s *scope) {
			graph.Conv1D(s.Input("x", 3, 4), s.Input("w", 2, 4, 1), 1, graph.Slide{Stride: -2})
		}},
		{"convolution's input 1×2 stride 1×3: result [1 3 4], want [… 1 2 channels]", func(s *scope) {
			graph.ConvTranspose1D(s.Input("x", 3, 4), s.Input("w", 2, 4, 1), 1, 7, graph.Slide{Stride: 3})
		}},
		{"graph: ConvTranspose1D: weights [1 2 4 1] in 2 groups", func(s *scope) {
			graph.ConvTranspose1D(s.Input("x", 3, 4), s.Input("w", 2, 4, 1), 2, 0, graph.Slide{})
		}},
		{"window max 2×2 stride 2×1: rows: window 1 covers nothing but padding", func(s *scope) {
			graph.MaxPool2D(s.Input("x", 2, 3, 4), 2, 2, graph.Slide{Stride: 2, After: 2}, graph.Slide{})
		}},
		{"graph: split of axis 1 of shape [3 4] into [2 3]", func(s *scope) { graph.Split(s.Input("x", 3, 4), 1, 2, 3) }},
		{"graph: split of axis 1 of shape [3 4] into [2 1]", func(s *scope) { graph.Split(s.Input("x", 3, 4), 1, 2, 1) }},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			c.f(s)
			s.Output("y", s.Const(1))
		})
		if err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
