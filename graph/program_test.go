package graph_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/graph"
)

func build(t testing.TB, p *graph.Params, f func(s *scope)) *graph.Program {
	t.Helper()
	prog, err := graph.Build(p, f)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

func run(t testing.TB, p *graph.Program, d graph.Key) {
	t.Helper()
	if err := p.Run(context.Background(), d); err != nil {
		t.Fatal(err)
	}
}

func output(t testing.TB, p *graph.Program, name string) []float64 {
	t.Helper()
	v, err := p.Value(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestProgramNamesAndShapes(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.In("b").Input("x", 2, 3)
		s.Input("a")
		s.Output("z", graph.Sum(x, 1))
		s.In("c").Output("y", x)
	})
	if got := fmt.Sprint(p.Inputs(), p.Outputs(), p.Shape("b/x"), p.Shape("z"), p.Shape("c/y"), p.Shape("no") == nil); got != "[a b/x] [z c/y] [2 3] [2] [2 3] true" {
		t.Error(got)
	}
}

// Messages of feeding, running and reading.
func TestProgramErrors(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		x := s.Input("x", 2, 3)
		s.Input("unused", 2)
		s.Output("y", graph.Sum(x))
	})
	check := func(err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("error %v,\n want %s", err, want)
		}
	}
	check(graph.Feed(p, "z", []float64{1}), "graph: feed z: no such input, want one of [unused x]")
	check(graph.Feed(p, "x", []float32{1}), "graph: feed x: 1 values, want 6 of shape [2 3]")
	check(p.Run(context.Background(), graph.Key{}), "graph: run: input x has not been fed")
	check(graph.Read(p, "y", make([]float64, 1)), "graph: read y: the program has not run")
	check(p.Commit(), "graph: commit: the program has not run")
	if err := graph.Feed(p, "x", []float64{1, 2, 3, 4, 5, 6}); err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{}) // what is not used need not be fed
	check(graph.Read(p, "z", make([]float64, 1)), "graph: read z: no such output, want one of [y]")
	check(graph.Read(p, "y", make([]float32, 2)), "graph: read y: room for 2 values, want 1 of shape []")
	_, err := p.Value("z")
	check(err, "graph: read z: no such output, want one of [y]")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Run(ctx, graph.Key{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	check(graph.Read(p, "y", make([]float64, 1)), "graph: read y: the program has not run")
}

// Errors that only running can find name the operation.
func TestRunErrors(t *testing.T) {
	for _, c := range []struct {
		f    func(x *node) *node
		x    []float64
		want string
	}{
		{func(x *node) *node { return graph.OneHot(x, 3) }, []float64{0, 3}, "index 3 at position 1, want a whole number in [0,3)"},
		{func(x *node) *node { return graph.OneHot(x, 3) }, []float64{-1, 0}, "index -1 at position 0, want a whole number in [0,3)"},
		{func(x *node) *node { return graph.Gather(x, x) }, []float64{0, .5}, "index 0.5 at position 1, want a whole number in [0,2)"},
		{func(x *node) *node { return graph.Gather(x, x) }, []float64{0, math.NaN()}, "index NaN at position 1, want a whole number in [0,2)"},
		{func(x *node) *node { return graph.ScatterAdd(x, x, 1) }, []float64{0, 1}, "index 1 at position 1, want a whole number in [0,1)"},
		{func(x *node) *node {
			return graph.FromGorgonia(gorgonia.Must(gorgonia.ApplyOp(failing{as: "error"}, x.Gorgonia())))
		}, []float64{0, 1}, "failing error: out of order"},
		{func(x *node) *node {
			return graph.FromGorgonia(gorgonia.Must(gorgonia.ApplyOp(failing{as: "dtype"}, x.Gorgonia())))
		}, []float64{0, 1}, "failing dtype returned float64 [2], want float32 [2]"},
		{func(x *node) *node {
			return graph.FromGorgonia(gorgonia.Must(gorgonia.ApplyOp(failing{as: "shape"}, x.Gorgonia())))
		}, []float64{0, 1}, "failing shape returned float32 [3], want float32 [2]"},
	} {
		p := build(t, &graph.Params{}, func(s *scope) { s.Output("y", c.f(s.Input("x", 2))) })
		if err := graph.Feed(p, "x", c.x); err != nil {
			t.Fatal(err)
		}
		err := p.Run(context.Background(), graph.Key{})
		if err == nil || !strings.HasPrefix(err.Error(), "graph: run: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q in it", err, c.want)
		}
	}
}

// Numbers are converted to and from the dtype of the graph.
func TestDtypeConversion(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		p := build(t, &graph.Params{Dtype: dt}, func(s *scope) { s.Output("y", s.Input("x", 2).Scale(2)) })
		for range 2 {
			if err := graph.Feed(p, "x", []float32{.5, 1}); err != nil {
				t.Fatal(err)
			}
			run(t, p, graph.Key{})
			narrow, wide := make([]float32, 2), make([]float64, 2)
			if err := errors.Join(graph.Read(p, "y", narrow), graph.Read(p, "y", wide)); err != nil {
				t.Fatal(err)
			}
			if narrow[1] != 2 || wide[0] != 1 {
				t.Errorf("%v: %v and %v, want [1 2]", dt, narrow, wide)
			}
		}
		if err := graph.Feed(p, "x", []float64{.1, 0}); err != nil {
			t.Fatal(err)
		}
		run(t, p, graph.Key{})
		want := .2
		if dt == graph.Float32 {
			want = float64(2 * float32(.1))
		}
		if v := output(t, p, "y"); v[0] != want {
			t.Errorf("%v: %v, want %v", dt, v[0], want)
		}
	}
	p := build(t, &graph.Params{}, func(s *scope) { s.Output("y", s.Tensor([]float64{3}, 1)) })
	if _, err := graph.View[float32](p, "y"); err == nil || err.Error() != "graph: view y: the program has not run" {
		t.Errorf("error %v", err)
	}
	run(t, p, graph.Key{})
	if v, err := graph.View[float32](p, "y"); err != nil || v[0] != 3 {
		t.Errorf("view %v, error %v", v, err)
	}
	if _, err := graph.View[float64](p, "y"); err == nil || err.Error() != "graph: view y: elements are []float32, not []float64" {
		t.Errorf("error %v", err)
	}
	if _, err := graph.View[float32](p, "z"); err == nil || err.Error() != "graph: view z: no such output, want one of [y]" {
		t.Errorf("error %v", err)
	}
}

// A training program computes the new state, and Commit alone writes it.
func TestState(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	model := func(s *scope) {
		m, n := s.State("mean", graph.Constant(1), 2), s.State("count", graph.Constant(0))
		x := s.Input("x", 2)
		s.Assign(m, m.Add(x.Sub(m).Scale(.5)))
		s.Assign(n, n.Add(graph.Sum(m)))                   // the old mean
		s.Assign(s.State("last", graph.Constant(0), 2), x) // never read
		s.Output("y", x.Sub(m))
		s.Output("training", s.Const(truth(s.Training())))
	}
	train, err := graph.BuildTraining(params, model)
	if err != nil {
		t.Fatal(err)
	}
	eval := build(t, params, model)
	want := [][]float64{{2, 2}, {2.5, 2.5}}
	for step := range 2 {
		for _, p := range []*graph.Program{train, eval} {
			if err := graph.Feed(p, "x", []float64{3, 3}); err != nil {
				t.Fatal(err)
			}
			before := slices.Clone(values(t, params, "mean"))
			run(t, p, graph.Key{})
			run(t, p, graph.Key{})
			if !slices.Equal(values(t, params, "mean"), before) {
				t.Error("Run wrote the state")
			}
			if err := p.Commit(); err != nil {
				t.Fatal(err)
			}
			if v := output(t, p, "training")[0]; v != truth(p == train) {
				t.Errorf("training is %v", v)
			}
		}
		if v := values(t, params, "mean"); !slices.Equal(v, want[step]) {
			t.Errorf("step %d: mean %v, want %v", step, v, want[step])
		}
	}
	if n := values(t, params, "count"); n[0] != 2+4 {
		t.Errorf("count %v, want 6", n)
	}
	if v := values(t, params, "last"); v[0] != 3 {
		t.Errorf("last %v, want 3", v)
	}
	run(t, eval, graph.Key{})
	if y := output(t, eval, "y"); y[0] != .5 {
		t.Errorf("y %v, want 0.5", y)
	}
}

// States exchanged by assignments get each other's old values.
func TestStatesExchanged(t *testing.T) {
	params := &graph.Params{}
	p, err := graph.BuildTraining(params, func(s *scope) {
		a, b := s.State("a", graph.Constant(1), 2), s.State("b", graph.Constant(2), 2)
		s.Assign(a, b)
		s.Assign(b, a)
		s.Output("y", a.Add(b))
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{})
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	if a, b := values(t, params, "a"), values(t, params, "b"); a[0] != 2 || b[0] != 1 {
		t.Errorf("a = %v, b = %v", a, b)
	}
}

// drawn returns the noise of a name, law and shape.
func drawn(t testing.TB, dt graph.Dtype, name string, law graph.Noise, d graph.Key, shape ...int) []float64 {
	t.Helper()
	p := build(t, &graph.Params{Dtype: dt}, func(s *scope) { s.Output("e", s.Noise(name, law, shape...)) })
	run(t, p, d)
	return output(t, p, "e")
}

func TestNoise(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, law := range []graph.Noise{graph.GaussianNoise, graph.UniformNoise} {
			at := graph.Key{Seed: 9, Step: 3}
			five, fifty := drawn(t, dt, "z", law, at, 5, 4, 3), drawn(t, dt, "z", law, at, 50, 4, 3)
			if !slices.Equal(five, fifty[:len(five)]) {
				t.Errorf("law %d: 5 samples are not the first of 50", law)
			}
			for row := range 4 { // a batch in parts
				part := at
				part.Row = row
				one := drawn(t, dt, "z", law, part, 5, 1, 3)
				for k := range 5 {
					if !slices.Equal(one[k*3:k*3+3], five[(k*4+row)*3:(k*4+row)*3+3]) {
						t.Errorf("law %d: sample %d of row %d differs when drawn alone", law, k, row)
					}
				}
			}
			if narrow := drawn(t, dt, "z", law, at, 4, 2); !slices.Equal(narrow[:2], five[:2]) {
				t.Errorf("law %d: a narrower event is not a part of the wider", law)
			}
			seen := map[string]string{fmt.Sprint(five): "first"}
			for what, v := range map[string][]float64{
				"name": drawn(t, dt, "y", law, at, 5, 4, 3), "seed": drawn(t, dt, "z", law, graph.Key{Seed: 8, Step: 3}, 5, 4, 3),
				"step":   drawn(t, dt, "z", law, graph.Key{Seed: 9, Step: 4}, 5, 4, 3),
				"stream": drawn(t, dt, "z", law, graph.Key{Seed: 9, Step: 3, Stream: graph.EvaluationStream}, 5, 4, 3),
				"row":    drawn(t, dt, "z", law, graph.Key{Seed: 9, Step: 3, Row: 100}, 5, 4, 3),
			} {
				if other := seen[fmt.Sprint(v)]; other != "" {
					t.Errorf("law %d: another %s gives the noise of %s", law, what, other)
				}
				seen[fmt.Sprint(v)] = what
			}
		}
		for _, shape := range [][]int{{}, {4}, {0, 3}, {2, 0}} {
			drawn(t, dt, "z", graph.GaussianNoise, graph.Key{}, shape...)
		}
	}
	const n = 40_000
	var m1, m2, u1, u2 float64
	for _, z := range drawn(t, graph.Float32, "z", graph.GaussianNoise, graph.Key{}, 200, 200) {
		m1, m2 = m1+z/n, m2+z*z/n
	}
	for _, u := range drawn(t, graph.Float32, "u", graph.UniformNoise, graph.Key{}, 200, 200) {
		u1, u2 = u1+u/n, u2+u*u/n
		if !(u > 0 && u < 1) {
			t.Fatalf("uniform number %v", u)
		}
	}
	if math.Abs(m1) > 5/math.Sqrt(n) || math.Abs(m2-1) > 5*math.Sqrt(2./n) || math.Abs(u1-.5) > 5*math.Sqrt(1./12/n) || math.Abs(u2-1./3) > 5*math.Sqrt(4./45/n) {
		t.Errorf("moments: normal %v, %v, uniform %v, %v", m1, m2, u1, u2)
	}
}

// Noise is drawn anew by every run, once for all its uses.
func TestNoiseIsSharedWithinARun(t *testing.T) {
	p := build(t, &graph.Params{}, func(s *scope) {
		e := s.Noise("e", graph.GaussianNoise, 3)
		s.Output("zero", e.Square().Sub(e.Mul(e)))
		s.Output("e", e)
	})
	run(t, p, graph.Key{Step: 1})
	first := output(t, p, "e")
	run(t, p, graph.Key{Step: 2})
	if slices.Equal(first, output(t, p, "e")) {
		t.Error("two steps have the same noise")
	}
	run(t, p, graph.Key{Step: 1})
	if !slices.Equal(first, output(t, p, "e")) || !slices.Equal(output(t, p, "zero"), []float64{0, 0, 0}) {
		t.Error("a step does not repeat its noise")
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

// A leaf that is an output, or is assigned, counts as it was in the Run.
func TestLeavesAreReadAsOfTheRun(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		cur, prev := s.State("cur", graph.Constant(0)), s.State("prev", graph.Constant(-1))
		s.Assign(cur, cur.Shift(1))
		s.Assign(prev, cur)
		s.Output("cur", cur)
		s.Output("next", cur.Shift(1))
	})
	if err != nil {
		t.Fatal(err)
	}
	for step := range 3 {
		run(t, p, graph.Key{})
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		if v, err := p.Value("cur"); err != nil || v[0] != float64(step) {
			t.Errorf("step %d: output %v (%v), want %d", step, v, err, step)
		}
		cur, _ := graph.Values[float64](params, "cur")
		prev, _ := graph.Values[float64](params, "prev")
		if cur[0] != float64(step+1) || prev[0] != float64(step) {
			t.Errorf("step %d: states %v and %v, want %d and %d", step, cur, prev, step+1, step)
		}
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

func TestSizesThatDoNotFitAreRefused(t *testing.T) {
	big := 1 << 30 // an int may have 32 bits
	for _, c := range []struct {
		name, want string
		limit      int
		f          func(s *scope)
	}{
		{"a product of sizes that overflows", "graph: w: shape [1073741824 1073741824 1073741824] of float64 does not fit into the ", 0,
			func(s *scope) { s.Input("w", big, big, big) }},
		{"a parameter", "graph: w: shape [1048576 1048576] of float64 does not fit into the ", 0,
			func(s *scope) { s.Param("w", graph.Constant(0), 1<<20, 1<<20) }},
		{"an input of 2³¹ elements", "graph: x: shape [2147483647] of float64 does not fit into the ", 0,
			func(s *scope) { s.Output("x", s.Input("x", math.MaxInt32)) }},
		{"noise", "graph: e: shape [200] of float64 does not fit into the 1000 bytes that Params.MaxBytes allows", 1000,
			func(s *scope) { s.Output("e", s.Noise("e", graph.GaussianNoise, 200)) }},
		{"a parameter while its values are drawn", "graph: parameter w: shape [100] needs more than the 1000 bytes that Params.MaxBytes allows while it is initialised", 1000,
			func(s *scope) { s.Param("w", graph.Constant(0), 100) }},
		{"a result", "graph: matmul a·b: shape [20 20] of float64 does not fit into the 1000 bytes", 1000,
			func(s *scope) { graph.MatMul(s.Input("a", 20, 2), s.Input("b", 2, 20)) }},
		{"leaves together", "graph: compile: the inputs, parameters and noise do not fit into the 1000 bytes", 1000,
			func(s *scope) { s.Output("x", s.Input("x", 100).Add(s.Input("y", 100))) }},
		{"results together", "graph: compile: intermediate results and outputs take ", 4000,
			func(s *scope) {
				x := s.Input("x", 100)
				for i := range 5 {
					s.Output(fmt.Sprint(i), x.Shift(float64(i)))
				}
			}},
	} {
		_, err := graph.Build(&graph.Params{Dtype: graph.Float64, MaxBytes: c.limit}, c.f)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s…", c.name, err, c.want)
		}
		if c.limit > 0 {
			_, err = graph.Build(&graph.Params{Dtype: graph.Float64, MaxBytes: 1 << 20}, func(s *scope) { c.f(s); s.Output("nothing", s.Const(0)) })
			if err != nil {
				t.Errorf("%s: error %v with room enough", c.name, err)
			}
		}
	}
	if _, err := graph.Build(&graph.Params{MaxBytes: -1}, func(s *scope) {}); err == nil || err.Error() != "graph: params with MaxBytes -1, want 0 or more" {
		t.Errorf("error %v", err)
	}
}

// With the row axis named, an event may have several axes and a batch is still
// split without changing a number.
func TestRowAxisOfNoise(t *testing.T) {
	draw := func(rows, from int, shape ...int) []float64 {
		p := build(t, &graph.Params{Dtype: graph.Float64}, func(s *scope) {
			s.Output("e", s.RowAxis(1).Noise("e", graph.GaussianNoise, append([]int{2, rows}, shape...)...).Shift(0))
		})
		run(t, p, graph.Key{Row: from})
		v, err := p.Value("e")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	whole := draw(3, 0, 2, 2) // [sample 2, row 3, event 2×2]
	part := draw(1, 2, 2, 2)  // row 2 of both samples
	for i, v := range part {
		if want := whole[i/4*12+8+i%4]; v != want {
			t.Errorf("element %d of the part is %v, of the whole %v", i, v, want)
		}
	}
	if flat := draw(3, 0, 4); !slices.Equal(flat, whole) {
		t.Error("the axes of an event do not count together")
	}
}
