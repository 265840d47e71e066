package layers_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

// TestFans: what initialises weights sees the fans of one group or gate: uniform
// numbers fill ±√(6/(in+out)), and an orthogonal gate is orthogonal.
func TestFans(t *testing.T) {
	for name, c := range map[string]struct {
		param   string
		in, out int
		f       func(s *graph.Scope)
	}{
		"conv": {"w", 9 * 8, 9 * 24, func(s *graph.Scope) {
			layers.NewConv2D(s, layers.ConvConfig{Inputs: 8, Outputs: 24, Window: []int{3}})
		}},
		"groups": {"w", 9 * 4, 9 * 12, func(s *graph.Scope) {
			layers.NewConv2D(s, layers.ConvConfig{Inputs: 8, Outputs: 24, Window: []int{3}, Groups: 2})
		}},
		"transposed": {"w", 6 * 20, 6 * 4, func(s *graph.Scope) {
			layers.NewConvTranspose2D(s, layers.ConvConfig{Inputs: 20, Outputs: 4, Window: []int{2, 3}})
		}},
		"sequence": {"w", 5 * 20, 5 * 4, func(s *graph.Scope) {
			layers.NewConv1D(s, layers.ConvConfig{Inputs: 20, Outputs: 4, Window: []int{5}})
		}},
		"gru":  {"w", 12, 30, func(s *graph.Scope) { layers.NewGRU(s, layers.CellConfig{Inputs: 12, Width: 30}) }},
		"lstm": {"w", 30, 12, func(s *graph.Scope) { layers.NewLSTM(s, layers.CellConfig{Inputs: 30, Width: 12}) }},
	} {
		p := &graph.Params{Seed: 7}
		if _, err := graph.Build(p, func(s *graph.Scope) { c.f(s); s.Output("none", s.Const(0)) }); err != nil {
			t.Fatal(err)
		}
		limit, most, square := math.Sqrt(6/float64(c.in+c.out)), 0., 0.
		w := param(t, p, c.param)
		for _, v := range w {
			most = max(most, math.Abs(v))
			square += v * v / float64(len(w))
		}
		if most > limit*1.000001 || most < .97*limit || math.Abs(square*3/(limit*limit)-1) > .15 {
			t.Errorf("%s: weights up to %v of variance %v, want uniform numbers up to %v", name, most, square, limit)
		}
	}
	p := &graph.Params{Dtype: graph.Float64}
	if _, err := graph.Build(p, func(s *graph.Scope) {
		layers.NewGRU(s, layers.CellConfig{Inputs: 1, Width: 4})
		s.Output("none", s.Const(0))
	}); err != nil {
		t.Fatal(err)
	}
	u := param(t, p, "u") // [4, 3·4]
	for gate := range 3 {
		for i := range 4 {
			for j := range 4 {
				dot, want := 0., 0.
				if i == j {
					want = 1
				}
				for k := range 4 {
					dot += u[k*12+gate*4+i] * u[k*12+gate*4+j]
				}
				if math.Abs(dot-want) > 1e-12 {
					t.Errorf("gate %d: columns %d and %d have the product %v, want %v", gate, i, j, dot, want)
				}
			}
		}
	}
}

// TestConvFirstBatch: under weight normalisation each channel of a convolution's
// result, plain or transposed, has mean 0 and variance 1 over a first batch.
func TestConvFirstBatch(t *testing.T) {
	c := layers.ConvConfig{Config: layers.Config{WeightNorm: true}, Inputs: 2, Outputs: 6, Window: []int{3}, Stride: []int{2}, Same: true, Groups: 2}
	for name, f := range map[string]func(s *graph.Scope) layers.Conv{
		"conv":       func(s *graph.Scope) layers.Conv { return layers.NewConv2D(s, c) },
		"transposed": func(s *graph.Scope) layers.Conv { return layers.NewConvTranspose2D(s, c) },
	} {
		y := initialise(t, &graph.Params{Dtype: graph.Float64}, map[string][]float64{"x": gradcheck.Between(-3, 9, 4, 5, 6, 2).Values}, func(s *graph.Scope) {
			s.Output("y", f(s).Apply(s.Input("x", 4, 5, 6, 2)))
		})
		for j := range 6 {
			if mean, variance := moments(y[0], 6, j); !(math.Abs(mean) < 1e-9 && math.Abs(variance-1) < 1e-9) {
				t.Errorf("%s: channel %d has mean %v and variance %v", name, j, mean, variance)
			}
		}
		near(t, name+" after", y[1], y[0], graph.Float64)
	}
}

// TestSameSizes: Same makes ⌈n/stride⌉ of n places and back, for every size.
func TestSameSizes(t *testing.T) {
	for n := 1; n < 9; n++ {
		for window := 1; window < 5; window++ {
			for stride := 1; stride < 4; stride++ {
				c := layers.ConvConfig{Inputs: 1, Outputs: 1, Window: []int{window}, Stride: []int{stride}, Same: true}
				_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
					y := layers.NewConv1D(s.In("a"), c).Apply(s.Input("x", 2, n, 1))
					if got, want := y.Shape()[1], (n+stride-1)/stride; got != want {
						t.Errorf("%d places, window %d, stride %d: %d, want %d", n, window, stride, got, want)
					}
					if got := layers.NewConvTranspose1D(s.In("b"), c).Apply(y).Shape()[1]; got != y.Shape()[1]*stride {
						t.Errorf("%d places, window %d, stride %d transposed: %d", y.Shape()[1], window, stride, got)
					}
					c.Size = []int{n}
					if got := layers.NewConvTranspose1D(s.In("c"), c).Apply(y).Shape()[1]; got != n {
						t.Errorf("%d places, window %d, stride %d and back: %d", n, window, stride, got)
					}
					s.Output("y", s.Const(0))
				})
				if err != nil {
					t.Errorf("%d places, window %d, stride %d: %v", n, window, stride, err)
				}
			}
		}
	}
}

func TestNetworkGradients(t *testing.T) {
	for name, f := range map[string]func(s *graph.Scope, x *graph.Node) *graph.Node{
		"normalised block": func(s *graph.Scope, x *graph.Node) *graph.Node {
			return layers.NewConvBlock(s, layers.ConvBlockConfig{Inputs: 2, Outputs: 3, Down: 2, BatchNorm: true}).Apply(x)
		},
		"weight-normalised block": func(s *graph.Scope, x *graph.Node) *graph.Node {
			return layers.NewConvBlock(s, layers.ConvBlockConfig{Config: layers.Config{WeightNorm: true, Activation: graph.Elu}, Inputs: 2, Up: 2}).Apply(x)
		},
		"upsampling": func(_ *graph.Scope, x *graph.Node) *graph.Node {
			return layers.Upsample{By: []int{2}, Linear: true}.Apply(x).Square()
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := func(s *graph.Scope, in []*graph.Node) *graph.Node { return f(s, in[0]) }
			gradcheck.Check(t, g, gradcheck.Between(-1, 1.5, 2, 3, 3, 2))
			gradcheck.CheckTraining(t, g, gradcheck.Between(-1, 1.5, 2, 3, 3, 2))
			gradcheck.CheckSecond(t, g, gradcheck.Between(-1, 1.5, 2, 3, 3, 2))
		})
	}
	mask := func() *graph.Node { return graph.Tensor([]float64{1, 1, 0, 1, 0, 0}, 2, 3) }
	for name, f := range map[string]func(s *graph.Scope, x *graph.Node) *graph.Node{
		"masked lstm": func(s *graph.Scope, x *graph.Node) *graph.Node {
			y, last := layers.Sequence{Cell: layers.NewLSTM(s, layers.CellConfig{Inputs: 2, Width: 2}), Reverse: true}.Run(x, mask(), nil)
			return graph.Concat(-2, y, graph.ExpandDims(last[1], -2))
		},
		"masked attention": func(_ *graph.Scope, x *graph.Node) *graph.Node {
			return layers.Attention(x, x, x, graph.ExpandDims(mask(), -2))
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := func(s *graph.Scope, in []*graph.Node) *graph.Node { return f(s, in[0]) }
			gradcheck.Check(t, g, gradcheck.Between(-1, 1.5, 2, 3, 2))
			gradcheck.CheckSecond(t, g, gradcheck.Between(-1, 1.5, 2, 3, 2))
		})
	}
}

// TestMaskedAttention: a query that may see nothing gets zeros, and no number that a
// mask hides, infinite ones included, reaches a result or a gradient.
func TestMaskedAttention(t *testing.T) {
	for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
		got := run(t, &graph.Params{Dtype: dtype}, func(s *graph.Scope, x *graph.Node) *graph.Node {
			y := layers.Attention(x, x.Scale(1e4), x, s.Tensor([]float64{1, 0, 0, 0, 0, 0, 1, 1, 0}, 3, 3))
			g := graph.Grad(graph.Sum(y), []*graph.Node{x})[0]
			return graph.Concat(-1, y, g)
		}, []float64{1, 2, 3, -4, 5e3, 6e3}, 1, 3, 2)
		for i, v := range got {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%v: element %d is %v", dtype, i, v)
			}
		}
		if fmt.Sprint(got[:2], got[4:6]) != "[1 2] [0 0]" || got[10] != 0 || got[11] != 0 {
			t.Errorf("%v: %v", dtype, got)
		}
	}
}

// TestSequenceInPieces: a sequence run in two pieces, the second from the states of
// the first, has the outputs of the whole.
func TestSequenceInPieces(t *testing.T) {
	for name, cell := range map[string]func(s *graph.Scope, c layers.CellConfig) layers.Cell{
		"rnn":  func(s *graph.Scope, c layers.CellConfig) layers.Cell { return layers.NewRNN(s, c) },
		"gru":  func(s *graph.Scope, c layers.CellConfig) layers.Cell { return layers.NewGRU(s, c) },
		"lstm": func(s *graph.Scope, c layers.CellConfig) layers.Cell { return layers.NewLSTM(s, c) },
	} {
		got := run(t, &graph.Params{Dtype: graph.Float64}, func(s *graph.Scope, x *graph.Node) *graph.Node {
			q := layers.Sequence{Cell: cell(s, layers.CellConfig{Inputs: 2, Width: 3})}
			a, last := q.Run(graph.Slice(x, 1, 0, 2), nil, nil)
			b, _ := q.Run(graph.Slice(x, 1, 2, 5), nil, last)
			return graph.Concat(1, a, b).Sub(q.Apply(x))
		}, gradcheck.Between(-1, 1, 2, 5, 2).Values, 2, 5, 2)
		near(t, name, got, make([]float64, len(got)), graph.Float64)
	}
}
