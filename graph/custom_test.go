package graph_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// horner is a polynomial, element by element, with coefficients from the
// lowest.
type horner struct{ c [3]float64 }

func (h horner) Shape(in [][]int) ([]int, error) {
	if len(in) != 1 {
		return nil, fmt.Errorf("%d operands, want 1", len(in))
	}
	return in[0], nil
}

func (h horner) Eval(out graph.Array, in []graph.Array) error {
	for i := range out.Len() {
		x := in[0].At(i)
		if math.IsNaN(x) {
			return fmt.Errorf("a polynomial of NaN at %d", i)
		}
		out.Set(i, h.c[0]+x*(h.c[1]+x*h.c[2]))
	}
	return nil
}

func (h horner) Diff(in []*graph.Node, _, grad *graph.Node, _ []bool) []*graph.Node {
	slope := horner{[3]float64{h.c[1], 2 * h.c[2]}}
	return []*graph.Node{grad.Mul(graph.Apply(slope, in[0]))}
}

// counted returns n derivatives of its one operand.
type counted struct{ n int }

func (counted) Shape(in [][]int) ([]int, error)             { return in[0], nil }
func (counted) Eval(out graph.Array, _ []graph.Array) error { return nil }
func (c counted) Diff(_ []*graph.Node, _, grad *graph.Node, _ []bool) []*graph.Node {
	return slices.Repeat([]*graph.Node{grad}, c.n)
}

// beyond reads an operand that it does not have.
type beyond struct{ counted }

func (beyond) Eval(out graph.Array, in []graph.Array) error {
	out.Set(0, in[len(in)].At(0))
	return nil
}

// A panic of an operation of one's own says which it is.
func TestPanicOfAnOperationNamesIt(t *testing.T) {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { s.Output("y", graph.Apply(beyond{}, s.Input("x", 2))) })
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(p, "x", []float32{0, 1}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if got, want := fmt.Sprint(recover()), "graph: operation beyond{{0}}: runtime error: index out of range [1] with length 1"; got != want {
			t.Errorf("panic %s, want %s", got, want)
		}
	}()
	t.Error(p.Run(context.Background(), graph.Key{}))
}

// holder is a rule of which only a run tells whether it compares.
type holder struct {
	horner
	of any
}

// An operation of one's own has a shape, an evaluation and a gradient.
func ExampleApply() {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Input("x", 3)
		y := graph.Apply(horner{[3]float64{1, 0, 2}}, x) // 1 + 2x²
		s.Output("y", y)
		s.Output("slope", graph.Grad(graph.Sum(y), []*graph.Node{x})[0])
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	graph.Feed(p, "x", []float32{0, 1, 2})
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		fmt.Println(err)
		return
	}
	y, _ := p.Value("y")
	slope, _ := p.Value("slope")
	fmt.Println(y, slope)
	// Output: [1 3 9] [0 4 8]
}

func TestApply(t *testing.T) {
	gradcheck.Check(t, func(_ *scope, in []*node) *node {
		return graph.Apply(horner{[3]float64{.5, -1, 2}}, in[0])
	}, gradcheck.Between(-2, 2, 3, 2))
	gradcheck.CheckSecond(t, func(_ *scope, in []*node) *node {
		return graph.Apply(horner{[3]float64{.5, -1, 2}}, in[0])
	}, gradcheck.Between(-2, 2, 3, 2))
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.Input("x", 1)
		if once, again := graph.Apply(horner{}, x), graph.Apply(horner{}, x); once != again {
			t.Error("the same operation of the same node is two nodes")
		}
		minus := horner{[3]float64{math.Copysign(0, -1)}}
		for name, r := range map[string]graph.Rule{
			"−0": minus, "a number": holder{of: 1.5}, "a slice": holder{of: []int{1, 2}}, "a map": holder{of: map[string]int{"a": 1}},
		} {
			if once, again := graph.Apply(r, x), graph.Apply(r, x); once != again {
				t.Errorf("the same operation of %s is two nodes", name)
			}
			if of := graph.Apply(r, x); of == graph.Apply(horner{}, x) || of == graph.Apply(holder{}, x) {
				t.Errorf("operations of %s and of none are one node", name)
			}
		}
		s.Output("y", graph.Apply(horner{}, x))
	})
	graph.Feed(p, "x", []float64{math.NaN()})
	if err := p.Run(context.Background(), graph.Key{}); err == nil || !strings.Contains(err.Error(), "a polynomial of NaN at 0") {
		t.Errorf("error %v", err)
	}
	for want, f := range map[string]func(x *node){
		"the operation is nil":                 func(x *node) { graph.Apply(nil, x) },
		"horner{[0 0 0]}: 2 operands, want 1":  func(x *node) { graph.Apply(horner{}, x, x) },
		"horner{[0 0 0]}: operand 0 is nil":    func(*node) { graph.Apply(horner{}, nil) },
		"a custom gradient without a function": func(x *node) { graph.CustomGrad(x, nil, nil) },
		"custom gradient by x[1]: node is nil": func(x *node) { graph.CustomGrad(x, []*node{x, nil}, func(*node) []*node { return nil }) },
		"a custom gradient of 0 derivatives, want 1": func(x *node) {
			graph.Grad(graph.Sum(graph.CustomGrad(x, []*node{x}, func(*node) []*node { return nil })), []*node{x})
		},
		"grad through counted{0}: 0 derivatives, want one for each of 1 operands": func(x *node) {
			graph.Grad(graph.Sum(graph.Apply(counted{n: 0}, x)), []*node{x})
		},
		"grad through counted{2}: 2 derivatives, want one for each of 1 operands": func(x *node) {
			graph.Grad(graph.Sum(graph.Apply(counted{n: 2}, x)), []*node{x})
		},
		"do not broadcast": func(x *node) {
			graph.Grad(graph.Sum(graph.CustomGrad(x, []*node{x}, func(*node) []*node { return []*node{graph.Tensor(make([]float64, 5), 5)} })), []*node{x})
		},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) { f(s.Input("x", 2)) })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A custom gradient replaces the derivative and costs nothing: the value is the
// node's, the slope what diff says, here with an operand that only diff knows.
func TestCustomGrad(t *testing.T) {
	var plain string
	for _, custom := range []bool{false, true} {
		p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
			x, w := s.Input("x", 3), s.Input("w")
			y := graph.Tanh(x.Mul(x))
			if custom {
				y = graph.CustomGrad(y, []*node{x, w}, func(g *node) []*node { return []*node{g.Mul(w), g.Scale(7)} })
				d := graph.Grad(graph.Sum(y.Scale(3)), []*node{x, w})
				s.Output("dx", d[0])
				s.Output("dw", d[1])
			} else {
				s.Output("dx", graph.BroadcastTo(w, 3).Scale(3))
				s.Output("dw", s.Const(63))
			}
			s.Output("y", y)
		})
		graph.Feed(p, "x", []float64{-1, 0, 2})
		graph.Feed(p, "w", []float64{5})
		run(t, p, graph.Key{})
		if y := output(t, p, "y"); !slices.Equal(y, []float64{math.Tanh(1), 0, math.Tanh(4)}) {
			t.Errorf("y = %v", y)
		}
		if dx, dw := output(t, p, "dx"), output(t, p, "dw"); !slices.Equal(dx, []float64{15, 15, 15}) || !slices.Equal(dw, []float64{63}) {
			t.Errorf("derivatives %v and %v", dx, dw)
		}
		_, text, _ := strings.Cut(p.Explain(), "\n")
		if plain == "" {
			plain = text
		} else if strings.Contains(text, "custom") {
			t.Errorf("the program computes something for it:\n%s\nwithout it\n%s", text, plain)
		}
	}
}
