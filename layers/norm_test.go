package layers_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
)

// TestBatchNormValues: training steps against loops, over all leading axes, the
// running averages through several steps, and an evaluation by these.
func TestBatchNormValues(t *testing.T) {
	const eps, momentum = 1e-3, .25
	for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, shape := range [][]int{{6, 3}, {2, 4, 3}, {2, 1, 2, 3}} {
			params := &graph.Params{Dtype: dtype}
			model := func(s *graph.Scope) {
				n := layers.NormConfig{Epsilon: eps, Momentum: momentum}.NewBatchNorm(s, 3)
				s.Output("y", n.Apply(s.Input("x", shape...)))
			}
			p, err := graph.BuildTraining(params, model)
			if err != nil {
				t.Fatal(err)
			}
			scale, shift := []float64{2, -1, .5}, []float64{0, 1, -3}
			set(t, params, "scale", scale)
			set(t, params, "shift", shift)
			avg, vari := []float64{0, 0, 0}, []float64{1, 1, 1}
			want := func(x, mean, variance []float64) (y []float64) {
				for i, v := range x {
					j := i % 3
					y = append(y, (v-mean[j])/math.Sqrt(variance[j]+eps)*scale[j]+shift[j])
				}
				return y
			}
			var x []float64
			for step := range 3 {
				x = gradcheck.Between(float64(-step), 5, shape...).Values
				n := float64(len(x) / 3)
				var mean, variance [3]float64
				for j := range mean {
					mean[j], variance[j] = moments(x, 3, j)
					avg[j] += momentum * (mean[j] - avg[j])
					vari[j] += momentum * (variance[j]*n/(n-1) - vari[j])
				}
				if err := graph.Feed(p, "x", x); err != nil {
					t.Fatal(err)
				}
				if err := p.Run(context.Background(), graph.Key{}); err != nil {
					t.Fatal(err)
				}
				y, _ := p.Value("y")
				near(t, "training", y, want(x, mean[:], variance[:]), dtype)
				if err := p.Commit(); err != nil {
					t.Fatal(err)
				}
				near(t, "mean", param(t, params, "mean"), avg, dtype)
				near(t, "variance", param(t, params, "variance"), vari, dtype)
			}
			y := run(t, params, func(s *graph.Scope, x *graph.Node) *graph.Node {
				return layers.NormConfig{Epsilon: eps, Momentum: momentum}.NewBatchNorm(s, 3).Apply(x)
			}, x, shape...)
			near(t, "evaluation", y, want(x, avg, vari), dtype)
		}
	}
}

// TestNormFarFromZero: float32 resolves differences where the mean is ten
// thousand times them, in training as in evaluation.
func TestNormFarFromZero(t *testing.T) {
	const rows, far = 4096, 10000
	x := make([]float64, 2*rows)
	for i := range x {
		x[i] = far + float64(i%64)/32 // exact in float32
	}
	params := &graph.Params{}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		x := s.Input("x", rows, 2)
		s.Output("batch", layers.NormConfig{Momentum: 1}.NewBatchNorm(s.In("b"), 2).Apply(x))
		s.Output("layer", layers.NewLayerNorm(s.In("l"), rows).Apply(graph.Transpose(x, 1, 0)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(p, "x", x); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	later := run(t, params, func(s *graph.Scope, x *graph.Node) *graph.Node {
		return layers.NormConfig{Momentum: 1}.NewBatchNorm(s.In("b"), 2).Apply(x)
	}, x, rows, 2)
	batch, _ := p.Value("batch")
	layer, _ := p.Value("layer")
	for i := range x {
		mean, variance := moments(x, 2, i%2)
		want := (x[i] - mean) / math.Sqrt(variance+1e-5)
		for name, got := range map[string]float64{"batch": batch[i], "layer": layer[i%2*rows+i/2], "later": later[i]} {
			if !(math.Abs(got-want) < 2e-3) { // of a mean that is rounded to 1/1000
				t.Fatalf("%s norm of element %d is %v, want %v", name, i, got, want)
			}
		}
	}
}

// TestFrozenLayers: in a training program a frozen network is what it is in
// evaluation, and its averages stay.
func TestFrozenLayers(t *testing.T) {
	x := []float64{1, 2, 5, -3, 0, 4}
	for _, build := range []func(*graph.Params, func(*graph.Scope)) (*graph.Program, error){graph.BuildTraining, graph.BuildInitialising} {
		params := &graph.Params{Dtype: graph.Float64}
		p, err := build(params, func(s *graph.Scope) {
			s = s.Frozen()
			y := layers.Stack{layers.NewBatchNorm(s, 2), layers.NewDropout(s, layers.DropoutConfig{Rate: .5})}.Apply(s.Input("x", 3, 2))
			s.Output("y", layers.Standardise(s, y, s.Param("a", graph.Constant(1), 2), nil))
		})
		if err != nil {
			t.Fatal(err)
		}
		set(t, params, "mean", []float64{1, 2})
		set(t, params, "variance", []float64{4, 9})
		if err := graph.Feed(p, "x", x); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		var want []float64
		for i, v := range x {
			want = append(want, (v-[]float64{1, 2}[i%2])/math.Sqrt([]float64{4, 9}[i%2]+1e-5))
		}
		y, _ := p.Value("y")
		near(t, "y", y, want, graph.Float64)
		near(t, "mean", param(t, params, "mean"), []float64{1, 2}, graph.Float64)
		near(t, "variance", param(t, params, "variance"), []float64{4, 9}, graph.Float64)
		near(t, "scale", param(t, params, "a"), []float64{1, 1}, graph.Float64)
	}
}

func TestLayerNormValues(t *testing.T) {
	x := []float64{1, 2, 6, -1, -1, -1, 4, 0, 8}
	var want []float64
	for r := range 3 {
		mean, variance := moments(x[3*r:3*r+3], 1, 0)
		for _, v := range x[3*r : 3*r+3] {
			want = append(want, (v-mean)/math.Sqrt(variance+.5))
		}
	}
	for _, shape := range [][]int{{3, 3}, {3, 1, 3}, {1, 3, 1, 3}} {
		for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
			y := run(t, &graph.Params{Dtype: dtype}, func(s *graph.Scope, x *graph.Node) *graph.Node {
				return layers.NormConfig{Epsilon: .5}.NewLayerNorm(s, 3).Apply(x)
			}, x, shape...)
			near(t, "layer norm", y, want, dtype)
		}
	}
}

// TestGradients: every layer against finite differences, by input and context,
// in evaluation and in training.
func TestGradients(t *testing.T) {
	wn := layers.Config{WeightNorm: true, Biases: graph.Gaussian{Std: 1}}
	for name, f := range map[string]func(s *graph.Scope, x, c *graph.Node) *graph.Node{
		"MLP":         func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewMLP(s, 4, 5, 2).Apply(x) },
		"weight norm": func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return wn.NewMLP(s, 4, 5, 2).Apply(x) },
		"batch norm":  func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewBatchNorm(s, 4).Apply(x) },
		"layer norm":  func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewLayerNorm(s, 4).Apply(x) },
		"dropout": func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.NewDropout(s, layers.DropoutConfig{Rate: .4}).Apply(x).Square()
		},
		"Gaussian dropout": func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.NewDropout(s, layers.DropoutConfig{Alpha: .4}).Apply(x).Square()
		},
		"GLU": func(_ *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.GLU(x) },
		"residual": func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.Residual{Inner: layers.NewMLP(s, 4, 3, 4)}.Apply(x)
		},
		"one-hot": func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.NewEmbedding(s, 4, 2).ApplyOneHot(graph.Softmax(x))
		},
		"standardise": func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.Standardise(s, x, s.Param("scale", graph.Constant(3), 4), s.Param("shift", graph.Constant(2), 4)).Square()
		},
		"MADE": func(s *graph.Scope, x, c *graph.Node) *graph.Node {
			return layers.NewMADE(s, layers.MADEConfig{Config: wn, Inputs: 4, Outputs: 2, Context: 2, Hidden: []int{5, 5}, Residual: true, Skip: true}).Apply(x, c)
		},
		"ResNet": func(s *graph.Scope, x, c *graph.Node) *graph.Node {
			return layers.NewResNet(s, layers.ResNetConfig{Config: wn, Inputs: 4, Outputs: 2, Context: 2, Width: 3, BatchNorm: true, Dropout: .3, Gated: true}).Apply(x, c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := func(s *graph.Scope, in []*graph.Node) *graph.Node { return f(s, in[0], in[1]) }
			in := []gradcheck.Input{gradcheck.Between(-1, 2, 2, 3, 4), gradcheck.Between(-2, 1, 1, 3, 2)}
			gradcheck.Check(t, g, in...)
			gradcheck.CheckTraining(t, g, in...)
		})
	}
}
