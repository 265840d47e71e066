package lanes_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/lanes"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// twice is an operation of one's own, of which nothing is known.
type twice struct{}

func (twice) Shape(in [][]int) ([]int, error) { return in[0], nil }
func (twice) Eval(out graph.Array, in []graph.Array) error {
	for i := range out.Len() {
		out.Set(i, 2*in[0].At(i))
	}
	return nil
}
func (twice) Diff(_ []*graph.Node, _, g *graph.Node, _ []bool) []*graph.Node {
	return []*graph.Node{g.Scale(2)}
}

// functions of x [2, 3], positive and below 1.
var functions = map[string]func(s *graph.Scope, x *graph.Node) *graph.Node{
	"constant":     func(s *graph.Scope, x *graph.Node) *graph.Node { return s.Tensor([]float64{1, 2}, 2) },
	"element-wise": func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Exp(x).Div(x.Shift(1)).Pow(x) },
	"lower rank":   func(s *graph.Scope, x *graph.Node) *graph.Node { return x.Mul(s.Tensor([]float64{1, 2, 3}, 3)) },
	"scalar":       func(s *graph.Scope, x *graph.Node) *graph.Node { return x.Sub(graph.Sum(x)) },
	"a row of its own": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return x.Mul(graph.Sum(x, 0)).Add(graph.ExpandDims(graph.Sum(x, 1), 1))
	},
	"stretched by what is shared": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.Reshape(graph.Sum(x, 1), 1, 2, 1).Mul(s.Tensor(ramp(12), 3, 2, 2))
	},
	"attention with a mask": func(s *graph.Scope, x *graph.Node) *graph.Node {
		seen := s.Tensor([]float64{1, 0, 1, 1}, 2, 2)
		two := graph.Reshape(graph.Concat(0, x, x.Square()), 2, 2, 3)
		y := graph.MaskedAttention(two, x, x, seen, 1)
		each := graph.MaskedAttention(two, two, x, graph.Reshape(s.Tensor([]float64{1, 1, 0, 1}, 4), 2, 1, 2), 3)
		own := graph.MaskedAttention(two, x, two, graph.Reshape(graph.Sum(x, 1), 1, 2).Gt(graph.Const(1.2)), 1)
		return y.Add(each).Add(own)
	},
	"where": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.Where(x.Gt(graph.Const(.5)), x, x.Neg()) },
	"density": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return prob.Gamma{LogConcentration: x, LogRate: graph.Const(0)}.LogProb(x)
	},
	"special": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.Lgamma(x).Add(graph.NormalCDF(x)) },
	"cdf": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return prob.Gamma{LogConcentration: x, LogRate: graph.Const(0)}.CDF(x)
	},
	"term": func(s *graph.Scope, x *graph.Node) *graph.Node { return prob.Bernoulli{Logits: x}.Entropy() },
	"between": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return op.Apply(op.Between{}, s.Tensor(ramp(3), 3).Mul(x), x, graph.Const(1))
	},
	"moved by lanes": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return op.Apply(op.Between{}, s.Tensor(ramp(6), 2, 3), graph.Sum(x), graph.Const(9))
	},
	"sums": func(_ *graph.Scope, x *graph.Node) *graph.Node {
		return graph.Concat(0, graph.Sum(x, 0), graph.Sum(x, 0))
	},
	"extremes": func(_ *graph.Scope, x *graph.Node) *graph.Node {
		return graph.MaxOver(x, 0).Add(graph.LogSumExp(x, 0)).Add(graph.MinOver(x, 0))
	},
	"softmax":                   func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Softmax(x) },
	"cumsum":                    func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.CumSum(x, 0) },
	"slice, pad":                func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Pad(graph.Slice(x, 1, 1, 3), 0, 1, 2) },
	"concat":                    func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.Concat(1, x, s.Tensor(ramp(4), 2, 2)) },
	"take":                      func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Take(x, 1, []int{2, 2, 0}) },
	"transpose":                 func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Transpose(x, 1, 0) },
	"reshape":                   func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Reshape(x, 3, 1, 2) },
	"broadcast":                 func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.BroadcastTo(x, 4, 2, 3) },
	"sum to":                    func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.SumTo(x, 3) },
	"product of two":            func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.MatMulT(x, graph.Exp(x)) },
	"product, shared behind":    func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.MatMul(x, s.Tensor(ramp(12), 3, 4)) },
	"product, shared behind, ᵀ": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.MatMulT(x, s.Tensor(ramp(12), 4, 3)) },
	"product, ᵀ, shared behind": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.TMatMul(x, s.Tensor(ramp(8), 2, 4)) },
	"product, shared in front":  func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.MatMul(s.Tensor(ramp(8), 4, 2), x) },
	"product, shared in front, ᵀ": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.MatMulT(s.Tensor(ramp(12), 4, 3), x)
	},
	"product, ᵀ, shared in front": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.TMatMul(s.Tensor(ramp(8), 2, 4), x) },
	"product with a column": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.MatMul(s.Tensor(ramp(8), 4, 2), graph.Slice(x, 1, 0, 1))
	},
	"product of many": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.MatMul(s.Tensor(ramp(16), 2, 4, 2), x) },
	"diagonals":       func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.DiagPart(graph.Tril(graph.Diag(x), 0)) },
	"cholesky, solve": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.SolveLower(graph.Cholesky(spd(s, x)), x) },
	"solve what is shared": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.SolveLowerT(graph.Cholesky(spd(s, x)), s.Tensor(ramp(2), 2, 1))
	},
	"solve by what is shared": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.SolveLower(s.Tensor([]float64{2, 0, 1, 3}, 1, 2, 2), graph.Reshape(x, 1, 2, 3))
	},
	"solve a column by what is shared, ᵀ": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.SolveLowerT(s.Tensor([]float64{2, 0, 1, 3}, 2, 2), graph.ExpandDims(graph.Sum(x, 1), 1))
	},
	"product of one with many": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.MatMul(s.Tensor(ramp(8), 1, 4, 2), graph.Reshape(x, 1, 2, 3))
	},
	"ridge": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return prob.LowRankNormal{Mean: graph.Const(0), LogStd: s.Tensor([]float64{0, 0, 0}, 3), Factor: graph.Transpose(x, 1, 0)}.LogProb(graph.Sum(x, 0))
	},
	"gather": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.Gather(x, s.Tensor([]float64{1, 0, 1}, 3))
	},
	"gather, scalar": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.Gather(x, s.Const(1)) },
	"gather what is shared": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.Gather(s.Tensor(ramp(6), 2, 3), graph.ArgMax(x, 1).Scale(0).Shift(1))
	},
	"gather by lanes": func(s *graph.Scope, x *graph.Node) *graph.Node { return graph.Gather(x, x.Gt(graph.Const(.5))) },
	"one-hot":         func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.OneHot(graph.ArgMax(x, 1), 3).Mul(x) },
	"scatter": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.ScatterAdd(x, s.Tensor([]float64{1, 1}, 2), 4)
	},
	"custom": func(_ *graph.Scope, x *graph.Node) *graph.Node {
		y := graph.Exp(x)
		return graph.CustomGrad(y, []*graph.Node{x}, func(g *graph.Node) []*graph.Node { return []*graph.Node{g.Mul(y).Scale(3)} })
	},
	"convolution": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.Conv1D(x, s.Tensor(ramp(12), 2, 3, 2), 1, graph.Slide{Before: 1})
	},
	"transposed convolution": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.ConvTranspose1D(x, s.Tensor(ramp(12), 2, 3, 2), 1, 0, graph.Slide{Stride: 2})
	},
	"convolution by lanes": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return graph.Conv1D(s.Tensor(ramp(8), 4, 2), graph.ExpandDims(x, 0), 1, graph.Slide{})
	},
	"pooling": func(_ *graph.Scope, x *graph.Node) *graph.Node {
		y := graph.ExpandDims(x, -1)
		return graph.MaxPool2D(y, 2, 2, graph.Slide{}, graph.Slide{}).Add(graph.AvgPool2D(y, 2, 2, graph.Slide{}, graph.Slide{}))
	},
	"unknown": func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.Apply(twice{}, x.Square()) },
	"stopped": func(_ *graph.Scope, x *graph.Node) *graph.Node { return graph.StopGrad(x).Mul(x) },
	"network": func(s *graph.Scope, x *graph.Node) *graph.Node {
		return flow.NewMAF(s.In("flow"), 3, flow.Config{Hidden: []int{5}}).Forward(x)
	},
	"simplex": func(_ *graph.Scope, x *graph.Node) *graph.Node { return prob.StickBreaking{}.Forward(x) },
}

// spd is a positive definite matrix of x.
func spd(s *graph.Scope, x *graph.Node) *graph.Node {
	return graph.MatMulT(x, x).Add(s.Tensor([]float64{1, 0, 0, 1}, 2, 2))
}

func ramp(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = .3*float64(i) - .7
	}
	return v
}

// A function of lanes, and its gradient, are in each lane what they are alone.
func TestOver(t *testing.T) {
	const k, size = 3, 6
	x := make([]float64, k*size)
	kernel.Uniform(x, kernel.Noise{Key: 1}, 0, 0, 0)
	for name, f := range functions {
		t.Run(name, func(t *testing.T) {
			params := &graph.Params{Dtype: graph.Float64}
			both := func(s *graph.Scope) (x *graph.Node, outs []*graph.Node) {
				x = s.Input("x", 2, 3)
				y := f(s, x)
				weights := make([]float64, graph.Size(y.Shape()))
				for i := range weights {
					weights[i] = math.Sin(float64(i + 1))
				}
				cost := graph.Sum(y.Mul(s.Tensor(weights, y.Shape()...)))
				return x, append([]*graph.Node{y}, graph.Grad(cost, []*graph.Node{x})...)
			}
			one, err := graph.Build(params, func(s *graph.Scope) {
				_, outs := both(s)
				s.Output("y", outs[0])
				s.Output("g", outs[1])
			})
			if err != nil {
				t.Fatal(err)
			}
			all, err := graph.Build(params, func(s *graph.Scope) {
				x, outs := both(s)
				outs = lanes.Over(k, outs, map[*graph.Node]*graph.Node{x: s.Input("all", k, 2, 3)})
				s.Output("y", outs[0])
				s.Output("g", outs[1])
			})
			if err != nil {
				t.Fatal(err)
			}
			run := func(p *graph.Program, input string, x []float64) (y, g []float64) {
				t.Helper()
				err := graph.Feed(p, input, x)
				if err == nil {
					err = p.Run(context.Background(), graph.Key{})
				}
				if err == nil {
					y, err = p.Value("y")
				}
				if err == nil {
					g, err = p.Value("g")
				}
				if err != nil {
					t.Fatal(err)
				}
				return y, g
			}
			y, g := run(all, "all", x)
			for lane := range k {
				wantY, wantG := run(one, "x", x[lane*size:(lane+1)*size])
				close(t, "value", y[lane*len(wantY):(lane+1)*len(wantY)], wantY)
				close(t, "gradient", g[lane*len(wantG):(lane+1)*len(wantG)], wantG)
			}
		})
	}
}

func close(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-12*(1+math.Abs(want[i]))) {
			t.Fatalf("%s %v, want %v", what, got, want)
		}
	}
}

// A NaN stays in its lane.
func TestLanesAreApart(t *testing.T) {
	x := make([]float64, 12)
	for i := range x {
		x[i] = .1 * float64(i+1)
	}
	x[4] = math.NaN()
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *graph.Scope) {
		x := s.Input("x", 2, 3)
		y := graph.Sum(graph.Exp(graph.MatMul(x, s.Tensor(ramp(12), 3, 4))))
		outs := lanes.Over(2, append(graph.Grad(y, []*graph.Node{x}), y), map[*graph.Node]*graph.Node{x: s.Input("all", 2, 2, 3)})
		s.Output("g", outs[0])
		s.Output("y", outs[1])
	})
	if err == nil {
		err = graph.Feed(p, "all", x)
	}
	if err == nil {
		err = p.Run(context.Background(), graph.Key{})
	}
	if err != nil {
		t.Fatal(err)
	}
	y, _ := p.Value("y")
	g, _ := p.Value("g")
	if !math.IsNaN(y[0]) || math.IsNaN(y[1]) || math.IsNaN(g[6]+g[7]+g[8]+g[9]+g[10]+g[11]) {
		t.Errorf("values %v, gradients %v", y, g)
	}
}

func TestOverRefuses(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Input("x", 2)
		s.Output("y", lanes.Over(3, []*graph.Node{x}, map[*graph.Node]*graph.Node{x: s.Input("all", 2, 2)})[0])
	})
	if err == nil || !strings.Contains(err.Error(), "lanes: all of shape [2 2] for one of shape [2], want [3 2]") {
		t.Errorf("error %v", err)
	}
}
