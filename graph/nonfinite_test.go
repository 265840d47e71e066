package graph_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// The origin of a number that is not finite is the operation that made it, not
// a constant −Inf beside it, whatever stands between: sums, products, branches,
// permutations.
func TestNonFiniteFindsTheOrigin(t *testing.T) {
	inf := math.Inf(-1)
	for _, c := range []struct {
		name string
		f    func(x *node) *node // x is 0, 1, 2, −1 in rows of two
		want string
	}{
		{"log of 0", func(x *node) *node { return graph.Log(graph.Abs(x)) }, "log of 0 is -Inf in place (log(abs(…)), element [0 0] of [2 2])"},
		{"log of a negative number", func(x *node) *node { return graph.Log(graph.Take(graph.Reshape(x, 4), 0, []int{1, 3})) },
			"log of -1 is NaN in place (log(take{0 [1 3]}(…)), element [1] of [2])"},
		{"beside a mask", func(x *node) *node {
			mask := graph.Tensor([]float64{inf, inf, 0, 0}, 2, 2)
			return graph.LogSumExp(mask.Add(x), 0).Add(graph.Slice(graph.Sqrt(x), 0, 1, 2))
		}, "sqrt of -1 is NaN in place (sqrt(x), element [1 1] of [2 2])"},
		{"through a product", func(x *node) *node { return graph.MatMul(graph.Recip(x), graph.Tensor([]float64{1, 0, 0, 1}, 2, 2)) },
			"recip of 0 is +Inf in place (recip(x), element [0 0] of [2 2])"},
		{"in a product", func(x *node) *node {
			big := graph.Tensor([]float64{1, 1, 1, 1}, 2, 2).Scale(1e308)
			return graph.MatMul(x.Shift(2).Scale(10), big)
		}, "matmul a·b of finite numbers is +Inf in place (matmul a·b(scale{10}(…), scale{1e+308}(…)), element [0 0] of [2 2])"},
		{"∞ − ∞", func(x *node) *node { y := graph.Log(graph.Relu(x)); return y.Sub(y) },
			"log of 0 is -Inf in place (log(relu(…)), element [0 0] of [2 2])"},
		{"0·∞", func(x *node) *node { return x.Mul(graph.Log(x)) }, "log of 0 is -Inf in place (log(x), element [0 0] of [2 2])"},
		{"constants that meet", func(x *node) *node { return graph.Const(inf).Add(graph.Const(-inf)).Add(x) },
			"add of -Inf and +Inf is NaN in place (add(-Inf, +Inf), a scalar)"},
		{"a constant NaN", func(x *node) *node { return graph.Const(math.NaN()).Add(x) }, "constant NaN holds NaN: a scalar"},
		{"a branch that was not taken", func(x *node) *node {
			return graph.Where(x.Gt(graph.Const(0)), graph.Log(x), graph.Const(0)).Add(graph.Exp(x.Scale(1e3)))
		}, "exp of 1000 is +Inf in place (exp(scale{1000}(…)), element [0 1] of [2 2])"},
		{"a branch on purpose", func(x *node) *node { return graph.Where(x.Lt(graph.Const(0)), graph.Const(inf), x) },
			"where chooses -Inf in place (where(lt(…), -Inf, x), element [1 1] of [2 2])"},
		{"all masked", func(x *node) *node {
			return graph.Softmax(x.Add(graph.Tensor([]float64{inf, inf, 0, 0}, 2, 2)))
		}, "add of 0 and -Inf is -Inf in place (add(x, constant [2 2]), element [0 0] of [2 2])"},
		{"permuted", func(x *node) *node { return graph.Transpose(graph.Pad(graph.Log(x.Shift(.5)), 1, 1, 0), 1, 0) },
			"log of -0.5 is NaN in place (log(shift{0.5}(…)), element [1 1] of [2 2])"},
		{"a derivative", func(x *node) *node { return graph.Grad(graph.Sum(graph.Sqrt(graph.Abs(x))), []*node{x})[0] },
			"div of 0.5 and 0 is +Inf in place, in the derivative of sqrt(abs(…)) in place (div(scale{0.5}(…), sqrt(…)), element [0 0] of [2 2])"},
		{"within a scan", func(x *node) *node {
			last, _ := graph.Scan(graph.Loop{Steps: 5}, []*node{x}, nil, func(s, _ []*node) (next, outs []*node) {
				return []*node{graph.Log(s[0].Shift(.5))}, nil
			})
			return last[0]
		}, "log of -0.193147 is NaN in place (log(shift{0.5}(…)) at step 1 of a scan, element [0 0] of [2 2])"},
		{"a scan of what is not", func(x *node) *node {
			_, all := graph.Scan(graph.Loop{}, nil, []*node{graph.Log(x)}, func(_, x []*node) (next, outs []*node) { return nil, []*node{x[0].Scale(2)} })
			return all[0]
		}, "log of -1 is NaN in place (log(x), element [1 1] of [2 2])"},
		{"finite", func(x *node) *node { return graph.Exp(x) }, "<nil>"},
	} {
		for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
			if c.name == "in a product" && dt == graph.Float32 {
				continue // 1e308 is infinite there
			}
			p := build(t, &graph.Params{Dtype: dt}, func(s *scope) {
				defer graph.Enter("place")()
				s.Output("y", graph.Sum(c.f(s.Input("x", 2, 2))))
			})
			if err := graph.Feed(p, "x", []float64{0, 1, 2, -1}); err != nil {
				t.Fatal(err)
			}
			run(t, p, graph.Key{})
			err := p.NonFinite("y")
			if got := fmt.Sprint(err); got != c.want {
				t.Errorf("%s, %v:\n got %s\nwant %s", c.name, dt, got, c.want)
			}
			var e *graph.NonFinite
			if err != nil && (!errors.As(err, &e) || e.Output != "y" || e.Node == nil || !(math.IsNaN(e.Value) || math.IsInf(e.Value, 0))) {
				t.Errorf("%s: %+v", c.name, e)
			}
		}
	}
}

// Looking into a run changes nothing for those after it, also where it reaches
// inputs and noise that no output needs; that noise is of the run's own Key.
func TestAgainOfWhatWasNotRun(t *testing.T) {
	var more *node
	p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
		s.Output("y", s.Noise("a", graph.GaussianNoise, 1, 2).Scale(1))
		more = s.Input("x", 2).Add(s.Noise("b", graph.GaussianNoise, 1, 2))
	})
	q := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) { s.Output("b", s.Noise("b", graph.GaussianNoise, 1, 2).Scale(1)) })
	for step := range uint32(2) {
		run(t, p, graph.Key{Step: step})
		run(t, q, graph.Key{Step: step})
		before := output(t, p, "y")
		v, err := p.Again(more)
		if err != nil || fmt.Sprint(v[0]) != fmt.Sprint(output(t, q, "b")) || fmt.Sprint(before) != fmt.Sprint(output(t, p, "y")) {
			t.Errorf("step %d: %v, %v", step, v, err)
		}
	}
}

// Again computes what is no output, from the same inputs, noise and parameters.
func TestAgain(t *testing.T) {
	var square, noise *node
	p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
		x, w := s.Input("x", 2), s.Param("w", graph.Constant(3), 2)
		noise = s.Noise("e", graph.GaussianNoise, 1, 2)
		square = x.Square().Mul(w)
		s.Output("y", graph.Sum(noise.Add(square)))
		s.Output("e", noise.Scale(1))
		door.Note(s, "a note")
	})
	if _, err := p.Again(square); err == nil || err.Error() != "graph: the program has not run" {
		t.Error(err)
	}
	if err := graph.Feed(p, "x", []float64{1, 2}); err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{Step: 5})
	v, err := p.Again(square, noise)
	if err != nil || fmt.Sprint(v[0]) != "[3 12]" || fmt.Sprint(v[1]) != fmt.Sprint(output(t, p, "e")) {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := p.Again(nil); err == nil {
		t.Error("no error of a nil node")
	}
	if fmt.Sprint(door.Notes(p)) != "[a note]" {
		t.Error(door.Notes(p))
	}
}

// Looking into a run leaves the program as it was: a Run needs the same inputs
// and draws the same noise, whatever was looked at.
func TestAgainLeavesTheProgram(t *testing.T) {
	for _, names := range [][]string{{"b"}, {"b", "d"}, {"b", "d", "f"}, {"b", "d", "f", "h"}, {"b", "d", "f", "h", "j"}} {
		var others []*node
		p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
			for _, n := range names {
				s.Output("of_"+n, s.Input(n, 1).Shift(1))
			}
			for _, n := range []string{"a", "c", "e", "z"} {
				others = append(others, s.Input(n, 1))
			}
			others = append(others, s.RowAxis(-1).Noise("noise", graph.GaussianNoise, 2))
		})
		for _, n := range names {
			if err := graph.Feed(p, n, []float64{1}); err != nil {
				t.Fatal(err)
			}
		}
		run(t, p, graph.Key{})
		var drawn [][]float64
		for range 2 {
			v, err := p.Again(others...)
			if err != nil {
				t.Fatal(err)
			}
			drawn = append(drawn, v[len(v)-1])
			if err := p.Run(context.Background(), graph.Key{}); err != nil {
				t.Errorf("inputs %v: %v", names, err)
			}
			if n := door.SharedNoise(p); len(n) > 0 {
				t.Errorf("a run draws %v, which no output needs", n)
			}
		}
		if drawn[0][0] == 0 || !slices.Equal(drawn[0], drawn[1]) {
			t.Errorf("noise %v, then %v", drawn[0], drawn[1])
		}
	}
}

func TestNonFinite(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.Input("x", 2)
		y := graph.FromGorgonia(gorgonia.Must(gorgonia.Sqrt(x.Scale(2).Sub(s.Const(1)).Gorgonia())))
		s.Output("y", graph.Sum(graph.Log(x).Mul(x)).Add(graph.Sum(y)))
	})
	for _, c := range []struct {
		x    []float64
		want string
	}{
		{[]float64{1, 2}, "<nil>"},
		{[]float64{1, 0}, "log of 0 is -Inf (log(x), element [1] of [2])"},
		{[]float64{.25, .25}, "sqrt of finite numbers is NaN (sqrt(sub(…)), element [0] of [2])"},
		{[]float64{math.NaN(), 0}, "input x holds NaN: element [0] of [2]"},
	} {
		if err := graph.Feed(p, "x", c.x); err != nil {
			t.Fatal(err)
		}
		run(t, p, graph.Key{})
		if got := fmt.Sprint(p.NonFinite(p.Outputs()[0])); got != c.want {
			t.Errorf("%v: %s, want %s", c.x, got, c.want)
		}
	}
}

// Clamp and Elu put no infinite constants into the graph.
func TestNonFiniteBlamesNoConstant(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.Input("x", 2)
		y := graph.Sum(graph.Elu(x)).Add(graph.LogSumExp(x).Add(graph.Sum(graph.LogAddExp(x, x))))
		g := graph.Grad(y, []*node{x})[0]
		s.Output("g", g)
		s.Output("gg", graph.Grad(graph.Sum(g), []*node{x})[0])
	})
	if err := graph.Feed(p, "x", []float64{1, -2}); err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{})
	if err := p.NonFinite(p.Outputs()[0]); err != nil {
		t.Error(err)
	}
}

// The origin of a NaN is sought back from the output that has it: the infinity
// that a Where throws away is none.
func TestNonFiniteIgnoresBranchesNotTaken(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.Input("x", 2)
		safe := graph.Where(x.Gt(s.Const(0)), graph.Log(x), s.Const(0))
		s.Output("y", graph.Sum(safe).Add(graph.Sum(graph.Sqrt(x.Shift(-1)))))
	})
	if err := graph.Feed(p, "x", []float64{0, 1}); err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{})
	if got, want := fmt.Sprint(p.NonFinite("y")), "sqrt of -1 is NaN (sqrt(shift{-1}(…)), element [0] of [2])"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
