package graph_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
)

// roundHalf rounds to the nearest number of 11 bits that F16 has.
func roundHalf(x float64) float64 {
	unit := math.Exp2(max(math.Floor(math.Log2(math.Abs(x))), -14) - 10)
	return math.RoundToEven(x/unit) * unit
}

// With F16 weights a program is, bit for bit, that of the weights rounded.
func TestFrozenHalf(t *testing.T) {
	sizes := []int{84, 150, 50, 40}
	params, rounded := &graph.Params{}, &graph.Params{}
	build(t, params, mlp(1, sizes...))
	build(t, rounded, mlp(1, sizes...))
	for i := 1; i < len(sizes); i++ {
		w, err := graph.Memory[float32](rounded, fmt.Sprint(i, "/w"))
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range w {
			w[k] = float32(roundHalf(float64(v)))
		}
	}
	half, full := frozenOf(t, params, graph.Freezing{Half: true}), frozenOf(t, params, graph.Freezing{})
	for _, rows := range []int{1, 2, 3, 6, 8, 9, 16, 64} {
		x := pixels(rows * sizes[0])
		p, err := half.Build(mlp(rows, sizes...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = full.Build(mlp(rows, sizes...)); err != nil {
			t.Fatal(err)
		}
		exact := ran(t, build(t, params, mlp(rows, sizes...)), x)
		want := ran(t, build(t, rounded, mlp(rows, sizes...)), x)
		got := ran(t, p, x)
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%d rows: F16 and rounded weights differ", rows)
		}
		if slices.EqualFunc(got, exact, slices.Equal) {
			t.Errorf("%d rows: nothing was rounded", rows)
		}
	}
	if h, f := half.Bytes(), full.Bytes(); h >= f {
		t.Errorf("%d bytes with F16, %d without", h, f)
	}
	if _, err := graph.Freeze(&graph.Params{Dtype: graph.Float64}, graph.Freezing{Half: true}); err == nil || !strings.Contains(err.Error(), "Half is for float32") {
		t.Errorf("F16 in float64: %v", err)
	}
}

// A matrix with a weight that F16 has no room for stays as it is.
func TestFrozenHalfOverflow(t *testing.T) {
	params := &graph.Params{}
	model := func(s *graph.Scope) {
		s.Output("y", graph.MatMul(s.Input("x", 1, 2), s.Param("w", graph.Constant(1), 2, 6)))
	}
	build(t, params, model)
	w, err := graph.Memory[float32](params, "w")
	if err != nil {
		t.Fatal(err)
	}
	w[0], w[1] = 70000, 1+1e-5
	p, err := frozenOf(t, params, graph.Freezing{Half: true}).Build(model)
	if err != nil {
		t.Fatal(err)
	}
	if y := ran(t, p, []float64{1, 0})[0]; y[0] != 70000 || float32(y[1]) != w[1] {
		t.Errorf("y = %v", y)
	}
}

func BenchmarkFrozen(b *testing.B) {
	params := &graph.Params{}
	for _, rows := range []int{1, 8, 32, 128} {
		model := mlp(rows, 784, 500, 500, 40)
		plain, err := graph.Build(params, model)
		if err != nil {
			b.Fatal(err)
		}
		x := make([]float32, rows*784)
		for i, v := range pixels(len(x)) {
			x[i] = float32(v)
		}
		time := func(name string, p *graph.Program) {
			b.Run(fmt.Sprint(name, "/", rows), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := graph.Feed(p, "x", x); err != nil {
						b.Fatal(err)
					}
					if err := p.Run(context.Background(), graph.Key{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		time("plain", plain)
		for _, o := range []graph.Freezing{{}, {Half: true}} {
			p, err := frozenOf(b, params, o).Build(model)
			if err != nil {
				b.Fatal(err)
			}
			time(fmt.Sprintf("%+v", o), p)
		}
	}
}
