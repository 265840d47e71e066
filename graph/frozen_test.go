package graph_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/latentgo/latent/graph"
)

// mlp is an encoder of the given widths, with masked weights at its end and scales
// that are a softplus of parameters.
func mlp(rows int, sizes ...int) func(s *graph.Scope) {
	return func(s *graph.Scope) {
		x := s.Input("x", rows, sizes[0])
		for i := 1; i < len(sizes); i++ {
			in := s.In(fmt.Sprint(i))
			w, b := in.Param("w", graph.Glorot{}, sizes[i-1], sizes[i]), in.Param("b", graph.Gaussian{Std: .1}, sizes[i])
			if i == len(sizes)-1 {
				mask := make([]float64, sizes[i-1]*sizes[i])
				for k := range mask {
					mask[k] = float64(k % 3 % 2)
				}
				w = w.Mul(s.Tensor(mask, sizes[i-1], sizes[i]))
			}
			if x = graph.Linear(x, w, b); i < len(sizes)-1 {
				x = graph.Tanh(x)
			}
		}
		n := sizes[len(sizes)-1]
		std := graph.Softplus(s.Param("rho", graph.Gaussian{Std: 1}, n))
		s.Output("y", x)
		s.Output("z", x.Add(std.Mul(s.In("z").Noise("noise", graph.GaussianNoise, rows, n))))
	}
}

// frozenOf freezes, or fails the test.
func frozenOf(t testing.TB, p *graph.Params, o graph.Freezing) *graph.Frozen {
	t.Helper()
	f, err := graph.Freeze(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// ran feeds x, runs a program and returns its outputs.
func ran(t testing.TB, p *graph.Program, x []float64) (values [][]float64) {
	t.Helper()
	if err := graph.Feed(p, "x", x); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{Seed: 3}); err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

func pixels(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Sin(float64(i))
	}
	return x
}

// Frozen programs of any number of rows give the bits of others, share what is made
// of the parameters, and do not see what happens to these afterwards.
func TestFrozen(t *testing.T) {
	sizes := []int{84, 150, 50, 40}
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		params := &graph.Params{Dtype: dt}
		build(t, params, mlp(1, sizes...))
		f := frozenOf(t, params, graph.Freezing{})
		own := f.Bytes()
		made := 0
		for i, rows := range []int{1, 2, 3, 5, 8, 9, 16, 64} {
			x := pixels(rows * sizes[0])
			want := ran(t, build(t, params, mlp(rows, sizes...)), x)
			p, err := f.Build(mlp(rows, sizes...))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(ran(t, p, x), want, slices.Equal) {
				t.Errorf("%v, %d rows: frozen and not frozen differ", dt, rows)
			}
			if text := p.Explain(); !strings.Contains(text, "2 instructions of parameters alone") {
				t.Errorf("%d rows: the masked weights and the softplus are computed by each run:\n%s", rows, text)
			}
			if i == 0 {
				made = f.Bytes()
			} else if f.Bytes() != made {
				t.Errorf("%d bytes with one program, %d with that of %d rows too", made, f.Bytes(), rows)
			}
		}
		weights := 0
		for i := 1; i < len(sizes); i++ {
			weights += sizes[i-1] * sizes[i] * dt.Size()
		}
		if made < own+weights || made > own+2*weights {
			t.Errorf("%v: %d bytes of parameters and %d packed and folded, of weights of %d", dt, own, made-own, weights)
		}

		p, err := f.Build(mlp(2, sizes...))
		if err != nil {
			t.Fatal(err)
		}
		before := ran(t, p, pixels(2*sizes[0]))
		for _, name := range params.Names() {
			if dt == graph.Float64 {
				double[float64](t, params, name)
			} else {
				double[float32](t, params, name)
			}
		}
		if err := p.Update(func() error { return nil }); err == nil || !strings.Contains(err.Error(), "frozen parameters") {
			t.Errorf("an update of frozen parameters: %v", err)
		}
		if after := ran(t, p, pixels(2*sizes[0])); !slices.EqualFunc(before, after, slices.Equal) {
			t.Error("a frozen program saw its parameters change")
		}
		if q, err := f.Build(mlp(2, sizes...)); err != nil || !slices.EqualFunc(before, ran(t, q, pixels(2*sizes[0])), slices.Equal) {
			t.Error("a program built later saw its parameters change")
		}
		q, err := frozenOf(t, params, graph.Freezing{}).Build(mlp(2, sizes...))
		if err != nil || slices.EqualFunc(before, ran(t, q, pixels(2*sizes[0])), slices.Equal) {
			t.Errorf("frozen again, changed parameters give what they gave: %v", err)
		}
	}
}

func double[T graph.Float](t *testing.T, params *graph.Params, name string) {
	x, err := graph.Memory[T](params, name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x {
		x[i] *= 2
	}
}

// Frozen programs run in several goroutines, and are built in them, while the
// parameters they were made of train.
func TestFrozenTogether(t *testing.T) {
	sizes := []int{20, 60, 30, 8}
	params := &graph.Params{}
	train, err := graph.BuildTraining(params, mlp(4, sizes...))
	if err != nil {
		t.Fatal(err)
	}
	f := frozenOf(t, params, graph.Freezing{})
	want := map[int][][]float64{}
	for rows := 1; rows <= 4; rows++ {
		want[rows] = ran(t, build(t, params, mlp(rows, sizes...)), pixels(rows*20))
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			rows := 1 + i%4
			p, err := f.Build(mlp(rows, sizes...))
			if err != nil {
				t.Error(err)
				return
			}
			for range 20 {
				if got := ran(t, p, pixels(rows*20)); !slices.EqualFunc(got, want[rows], slices.Equal) {
					t.Errorf("%d rows: not what it gives alone", rows)
				}
			}
		})
	}
	for range 20 {
		ran(t, train, pixels(4*20))
		if err := train.Update(func() error { double[float32](t, params, "1/w"); return nil }); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
}

// Frozen programs give the same bits on any number of processors.
func TestFrozenAnyProcessors(t *testing.T) {
	params := &graph.Params{}
	sizes, rows := []int{300, 400, 70}, 128
	x := pixels(rows * sizes[0])
	build(t, params, mlp(1, sizes...))
	for _, o := range []graph.Freezing{{}, {Half: true}} {
		f := frozenOf(t, params, o)
		var first [][]float64
		for _, n := range []int{1, 2, 5} {
			was := runtime.GOMAXPROCS(n)
			p, err := f.Build(mlp(rows, sizes...))
			if err != nil {
				t.Fatal(err)
			}
			got := ran(t, p, x)
			runtime.GOMAXPROCS(was)
			if first == nil {
				first = got
			} else if !slices.EqualFunc(got, first, slices.Equal) {
				t.Errorf("%+v: %d processors give other numbers than 1", o, n)
			}
		}
	}
}

// A parameter that is new when a program of frozen ones is built is made as ever; of
// sealed ones it is an error.
func TestFrozenDeclares(t *testing.T) {
	params := &graph.Params{}
	f := frozenOf(t, params, graph.Freezing{})
	p, err := f.Build(mlp(1, 4, 7, 3))
	if err != nil {
		t.Fatal(err)
	}
	x := pixels(4)
	if want := ran(t, build(t, params, mlp(1, 4, 7, 3)), x); !slices.EqualFunc(ran(t, p, x), want, slices.Equal) {
		t.Error("new parameters differ")
	}
	params.Seal()
	if _, err := frozenOf(t, params, graph.Freezing{}).Build(mlp(1, 4, 7, 9, 3)); err == nil {
		t.Error("sealed parameters grew")
	}
}
