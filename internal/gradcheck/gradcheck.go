// Package gradcheck compares symbolic gradients with finite differences, for
// the tests of whatever is built from nodes.
package gradcheck

import (
	"context"
	"math"
	"strconv"
	"testing"

	"github.com/latentgo/latent/graph"
)

// Func builds the function under test. It may declare anything in s, and its
// result may have any shape.
type Func func(s *graph.Scope, in []*graph.Node) *graph.Node

// Input is a point of differentiation: values in row-major order.
type Input struct {
	Shape  []int
	Values []float64
}

// At is an Input of the given values.
func At(shape []int, values ...float64) Input { return Input{shape, values} }

// Between is an Input of fixed, irregular values in (lo,hi).
func Between(lo, hi float64, shape ...int) Input {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return Input{shape, irregular(n, lo, hi)}
}

// irregular spreads n values by multiples of the golden ratio.
func irregular(n int, lo, hi float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		_, u := math.Modf(float64(i+1)*math.Phi + 0.1)
		v[i] = lo + (hi-lo)*u
	}
	return v
}

// Check fails t unless the gradient of Σ wᵢ·f(inputs)ᵢ, with fixed weights w,
// by each input agrees with central differences of fourth order in float64:
//
//	f′(x) ≈ (8(f(x+h)−f(x−h)) − (f(x+2h)−f(x−2h))) / 12h,  h = 10⁻³·max(1,|x|)
//
// within 10⁻⁷ of 1 + |f′|. Points must stay 2h away from kinks and poles.
func Check(t testing.TB, f Func, inputs ...Input) {
	t.Helper()
	check(t, graph.Build, "gradient", weighted(f), inputs)
}

// CheckTraining is Check in a program that trains, for layers that do something
// else there.
func CheckTraining(t testing.TB, f Func, inputs ...Input) {
	t.Helper()
	check(t, graph.BuildTraining, "gradient in training", weighted(f), inputs)
}

// CheckSecond is Check for the gradient of Σ wᵢ·∇ᵢ, where ∇ is the gradient of
// Check: a second derivative against differences of the first.
func CheckSecond(t testing.TB, f Func, inputs ...Input) {
	t.Helper()
	check(t, graph.Build, "second derivative", func(s *graph.Scope, in []*graph.Node) *graph.Node {
		sum := s.Const(0)
		for _, g := range graph.Grad(weighted(f)(s, in), in) {
			sum = sum.Add(weigh(s, g))
		}
		return sum
	}, inputs)
}

func weighted(f Func) Func {
	return func(s *graph.Scope, in []*graph.Node) *graph.Node { return weigh(s, f(s, in)) }
}

func weigh(s *graph.Scope, y *graph.Node) *graph.Node {
	return graph.Sum(y.Mul(s.Tensor(irregular(graph.Size(y.Shape()), -1, 2), y.Shape()...)))
}

func check(t testing.TB, build func(*graph.Params, func(*graph.Scope)) (*graph.Program, error), what string, cost Func, inputs []Input) {
	t.Helper()
	p, err := build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		in := make([]*graph.Node, len(inputs))
		for i, x := range inputs {
			in[i] = s.Input(strconv.Itoa(i), x.Shape...)
		}
		c := cost(s.In("f"), in)
		s.Output("cost", c)
		for i, g := range graph.Grad(c, in) {
			s.Output("grad"+strconv.Itoa(i), g)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	run := func(output string) []float64 {
		t.Helper()
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		v, err := p.Value(output)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	feed := func(i int, values []float64) {
		t.Helper()
		if err := graph.Feed(p, strconv.Itoa(i), values); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range inputs {
		feed(i, x.Values)
	}
	for i, x := range inputs {
		moved := append([]float64(nil), x.Values...)
		for j, got := range run("grad" + strconv.Itoa(i)) {
			h := 1e-3 * math.Max(1, math.Abs(x.Values[j]))
			at := func(steps float64) float64 {
				t.Helper()
				moved[j] = x.Values[j] + steps*h
				feed(i, moved)
				return run("cost")[0]
			}
			want := (8*(at(1)-at(-1)) - (at(2) - at(-2))) / (12 * h)
			moved[j] = x.Values[j]
			if !(math.Abs(got-want) <= 1e-7*(1+math.Abs(want))) {
				t.Errorf("%s by element %d of input %d of shape %v at %v: %v, differences give %v",
					what, j, i, x.Shape, x.Values[j], got, want)
			}
		}
		feed(i, x.Values)
	}
}
