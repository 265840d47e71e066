package graph_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/internal/op"
)

type (
	node  = graph.Node
	scope = graph.Scope
)

// compute builds f of inputs, runs it once and returns the result.
func compute(t testing.TB, dt graph.Dtype, f gradcheck.Func, inputs ...gradcheck.Input) (graph.Shape, []float64) {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: dt}, func(s *scope) {
		var in []*node
		for i, x := range inputs {
			in = append(in, s.Input(strconv.Itoa(i), x.Shape...))
		}
		s.Output("y", f(s, in))
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range inputs {
		if err := graph.Feed(p, strconv.Itoa(i), x.Values); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	y, err := p.Value("y")
	if err != nil {
		t.Fatal(err)
	}
	return p.Shape("y"), y
}

// at reads element pos of input i.
type at func(i int, pos ...int) float64

// structural lists functions of nodes with their definition by coordinates:
// the value at pos of a result of the given shape.
var structural = []struct {
	name  string
	in    []gradcheck.Input
	f     func(x []*node) *node
	shape graph.Shape
	want  func(x at, p []int) float64
}{
	{"BroadcastTo", arrays([]int{2, 1}), func(x []*node) *node { return graph.BroadcastTo(x[0], 3, 2, 4) }, graph.Shape{3, 2, 4},
		func(x at, p []int) float64 { return x(0, p[1], 0) }},
	{"BroadcastTo from rank 0", arrays([]int{}), func(x []*node) *node { return graph.BroadcastTo(x[0], 2, 2) }, graph.Shape{2, 2},
		func(x at, p []int) float64 { return x(0) }},
	{"BroadcastTo empty", arrays([]int{1, 3}), func(x []*node) *node { return graph.BroadcastTo(x[0], 0, 3) }, graph.Shape{0, 3}, nil},
	{"SumTo", arrays([]int{3, 2, 4}), func(x []*node) *node { return graph.SumTo(x[0], 2, 1) }, graph.Shape{2, 1},
		func(x at, p []int) float64 {
			return sum(3, func(i int) float64 { return sum(4, func(j int) float64 { return x(0, i, p[0], j) }) })
		}},
	{"SumTo rank 0", arrays([]int{5}), func(x []*node) *node { return graph.SumTo(x[0]) }, graph.Shape{},
		func(x at, p []int) float64 { return sum(5, func(i int) float64 { return x(0, i) }) }},
	{"SumTo of nothing", arrays([]int{0, 2}), func(x []*node) *node { return graph.SumTo(x[0], 2) }, graph.Shape{2},
		func(at, []int) float64 { return 0 }},
	{"Sum over all", arrays([]int{2, 3}), func(x []*node) *node { return graph.Sum(x[0]) }, graph.Shape{},
		func(x at, p []int) float64 {
			return sum(2, func(i int) float64 { return sum(3, func(j int) float64 { return x(0, i, j) }) })
		}},
	{"Sum over first and last", arrays([]int{2, 3, 4}), func(x []*node) *node { return graph.Sum(x[0], -1, 0) }, graph.Shape{3},
		func(x at, p []int) float64 {
			return sum(2, func(i int) float64 { return sum(4, func(j int) float64 { return x(0, i, p[0], j) }) })
		}},
	{"Sum of rank 0", arrays([]int{}), func(x []*node) *node { return graph.Sum(x[0]) }, graph.Shape{},
		func(x at, p []int) float64 { return x(0) }},
	{"Mean", arrays([]int{2, 3}), func(x []*node) *node { return graph.Mean(x[0], 1) }, graph.Shape{2},
		func(x at, p []int) float64 { return sum(3, func(j int) float64 { return x(0, p[0], j) / 3 }) }},
	{"Mean over all", arrays([]int{2, 2}), func(x []*node) *node { return graph.Mean(x[0]) }, graph.Shape{},
		func(x at, p []int) float64 { return (x(0, 0, 0) + x(0, 0, 1) + x(0, 1, 0) + x(0, 1, 1)) / 4 }},
	{"Mean of empty rows", arrays([]int{0, 3}), func(x []*node) *node { return graph.Mean(x[0], 1) }, graph.Shape{0}, nil},
	{"Mean of nothing", arrays([]int{2, 0}), func(x []*node) *node { return graph.Mean(x[0], 1) }, graph.Shape{2},
		func(at, []int) float64 { return math.NaN() }},
	{"MaxOver", arrays([]int{2, 3}), func(x []*node) *node { return graph.MaxOver(x[0], 0) }, graph.Shape{3},
		func(x at, p []int) float64 { return max(x(0, 0, p[0]), x(0, 1, p[0])) }},
	{"MinOver", arrays([]int{2, 3}), func(x []*node) *node { return graph.MinOver(x[0], 0) }, graph.Shape{3},
		func(x at, p []int) float64 { return min(x(0, 0, p[0]), x(0, 1, p[0])) }},
	{"LogSumExp", arrays([]int{2, 3}), func(x []*node) *node { return graph.LogSumExp(x[0], 1) }, graph.Shape{2},
		func(x at, p []int) float64 {
			return math.Log(sum(3, func(j int) float64 { return math.Exp(x(0, p[0], j)) }))
		}},
	{"ArgMax", []gradcheck.Input{gradcheck.At([]int{2, 3}, 1, 5, 5, 7, 2, -1)}, func(x []*node) *node { return graph.ArgMax(x[0], -1) }, graph.Shape{2},
		func(x at, p []int) float64 { return []float64{1, 0}[p[0]] }},
	{"CumSum", arrays([]int{2, 3, 2}), func(x []*node) *node { return graph.CumSum(x[0], 1) }, graph.Shape{2, 3, 2},
		func(x at, p []int) float64 { return sum(p[1]+1, func(k int) float64 { return x(0, p[0], k, p[2]) }) }},
	{"CumSum from the end", arrays([]int{4}), func(x []*node) *node { return op.Apply(op.CumSum{Axis: 0, Reverse: true}, x[0]) }, graph.Shape{4},
		func(x at, p []int) float64 { return sum(4-p[0], func(k int) float64 { return x(0, 3-k) }) }},
	{"Softmax", arrays([]int{2, 3}), func(x []*node) *node { return graph.Softmax(x[0]) }, graph.Shape{2, 3},
		func(x at, p []int) float64 {
			return math.Exp(x(0, p...)) / sum(3, func(j int) float64 { return math.Exp(x(0, p[0], j)) })
		}},
	{"LogSoftmax", arrays([]int{3}), func(x []*node) *node { return graph.LogSoftmax(x[0]) }, graph.Shape{3},
		func(x at, p []int) float64 {
			return x(0, p...) - math.Log(sum(3, func(j int) float64 { return math.Exp(x(0, j)) }))
		}},
	{"Reshape with -1", arrays([]int{2, 3, 2}), func(x []*node) *node { return graph.Reshape(x[0], 3, -1) }, graph.Shape{3, 4},
		func(x at, p []int) float64 { i := p[0]*4 + p[1]; return x(0, i/6, i/2%3, i%2) }},
	{"Reshape to rank 0", arrays([]int{1, 1}), func(x []*node) *node { return graph.Reshape(x[0]) }, graph.Shape{},
		func(x at, p []int) float64 { return x(0, 0, 0) }},
	{"Reshape of nothing", arrays([]int{0, 3}), func(x []*node) *node { return graph.Reshape(x[0], -1, 3, 1) }, graph.Shape{0, 3, 1}, nil},
	{"ExpandDims first", arrays([]int{2, 3}), func(x []*node) *node { return graph.ExpandDims(x[0], 0) }, graph.Shape{1, 2, 3},
		func(x at, p []int) float64 { return x(0, p[1], p[2]) }},
	{"ExpandDims middle", arrays([]int{2, 3}), func(x []*node) *node { return graph.ExpandDims(x[0], 1) }, graph.Shape{2, 1, 3},
		func(x at, p []int) float64 { return x(0, p[0], p[2]) }},
	{"ExpandDims last", arrays([]int{2, 3}), func(x []*node) *node { return graph.ExpandDims(x[0], -1) }, graph.Shape{2, 3, 1},
		func(x at, p []int) float64 { return x(0, p[0], p[1]) }},
	{"Transpose", arrays([]int{2, 3, 4, 1}), func(x []*node) *node { return graph.Transpose(x[0], 2, 0, 3, 1) }, graph.Shape{4, 2, 1, 3},
		func(x at, p []int) float64 { return x(0, p[1], p[3], p[0], p[2]) }},
	{"Slice", arrays([]int{2, 5, 2}), func(x []*node) *node { return graph.Slice(x[0], 1, 1, 4) }, graph.Shape{2, 3, 2},
		func(x at, p []int) float64 { return x(0, p[0], p[1]+1, p[2]) }},
	{"Slice of nothing", arrays([]int{2, 3}), func(x []*node) *node { return graph.Slice(x[0], 0, 1, 1) }, graph.Shape{0, 3}, nil},
	{"Cols", arrays([]int{2, 5}), func(x []*node) *node { return graph.Cols(x[0], 3, 5) }, graph.Shape{2, 2},
		func(x at, p []int) float64 { return x(0, p[0], p[1]+3) }},
	{"Pad", arrays([]int{2, 2, 2}), func(x []*node) *node { return graph.Pad(x[0], 1, 1, 2) }, graph.Shape{2, 5, 2},
		func(x at, p []int) float64 {
			if p[1] < 1 || p[1] > 2 {
				return 0
			}
			return x(0, p[0], p[1]-1, p[2])
		}},
	{"Concat", arrays([]int{2, 1, 2}, []int{2, 3, 2}, []int{2, 0, 2}), func(x []*node) *node { return graph.Concat(-2, x...) }, graph.Shape{2, 4, 2},
		func(x at, p []int) float64 {
			if p[1] == 0 {
				return x(0, p...)
			}
			return x(1, p[0], p[1]-1, p[2])
		}},
	{"Concat of broadcast axes", arrays([]int{2, 1, 3, 2}, []int{1, 4, 1, 1}, []int{1, 1, 3, 2}), func(x []*node) *node { return graph.Concat(-1, x...) }, graph.Shape{2, 4, 3, 5},
		func(x at, p []int) float64 {
			switch {
			case p[3] < 2:
				return x(0, p[0], 0, p[2], p[3])
			case p[3] == 2:
				return x(1, 0, p[1], 0, 0)
			}
			return x(2, 0, 0, p[2], p[3]-3)
		}},
	{"Concat along an axis of 1", arrays([]int{1, 2}, []int{1, 1}), func(x []*node) *node { return graph.Concat(0, x...) }, graph.Shape{2, 2},
		func(x at, p []int) float64 { return x(p[0], 0, p[1]*(1-p[0])) }},
	{"Squeeze", arrays([]int{1, 2, 1, 1, 3}), func(x []*node) *node { return graph.Squeeze(x[0], 0, -2) }, graph.Shape{2, 1, 3},
		func(x at, p []int) float64 { return x(0, 0, p[0], 0, 0, p[2]) }},
	{"Concat of one", arrays([]int{2, 2}), func(x []*node) *node { return graph.Concat(0, x[0]) }, graph.Shape{2, 2},
		func(x at, p []int) float64 { return x(0, p...) }},
	{"Concat with itself", arrays([]int{2, 2}), func(x []*node) *node { return graph.Concat(0, x[0], x[0]) }, graph.Shape{4, 2},
		func(x at, p []int) float64 { return x(0, p[0]%2, p[1]) }},
	{"Repeat", arrays([]int{2, 3, 2}), func(x []*node) *node { return graph.Repeat(x[0], 1, 2) }, graph.Shape{2, 6, 2},
		func(x at, p []int) float64 { return x(0, p[0], p[1]/2, p[2]) }},
	{"Repeat no times", arrays([]int{2}), func(x []*node) *node { return graph.Repeat(x[0], 0, 0) }, graph.Shape{0}, nil},
	{"Take", arrays([]int{2, 3, 2}), func(x []*node) *node { return graph.Take(x[0], 1, []int{2, 0, 2, 1}) }, graph.Shape{2, 4, 2},
		func(x at, p []int) float64 { return x(0, p[0], []int{2, 0, 2, 1}[p[1]], p[2]) }},
	{"Put", arrays([]int{2, 3, 2}), func(x []*node) *node { return op.Apply(op.Put{Axis: 1, Index: []int{3, 0, 3}, N: 4}, x[0]) }, graph.Shape{2, 4, 2},
		func(x at, p []int) float64 {
			switch p[1] {
			case 0:
				return x(0, p[0], 1, p[2])
			case 3:
				return x(0, p[0], 0, p[2]) + x(0, p[0], 2, p[2])
			}
			return 0
		}},
	{"Reverse", arrays([]int{2, 3}), func(x []*node) *node { return graph.Reverse(x[0], -1) }, graph.Shape{2, 3},
		func(x at, p []int) float64 { return x(0, p[0], 2-p[1]) }},
	{"Gather", append(arrays([]int{4, 2}), gradcheck.At([]int{3, 2}, 3, 0, 1, 1, 2, 0)), func(x []*node) *node { return graph.Gather(x[0], x[1]) }, graph.Shape{3, 2, 2},
		func(x at, p []int) float64 { return x(0, int(x(1, p[0], p[1])), p[2]) }},
	{"Gather one number", append(arrays([]int{4}), gradcheck.At(nil, 2)), func(x []*node) *node { return graph.Gather(x[0], x[1]) }, graph.Shape{},
		func(x at, p []int) float64 { return x(0, 2) }},
	{"ScatterAdd", append(arrays([]int{3, 2}), gradcheck.At([]int{3}, 3, 0, 3)), func(x []*node) *node { return graph.ScatterAdd(x[0], x[1], 4) }, graph.Shape{4, 2},
		func(x at, p []int) float64 {
			return sum(3, func(i int) float64 {
				if int(x(1, i)) == p[0] {
					return x(0, i, p[1])
				}
				return 0
			})
		}},
	{"Labels", []gradcheck.Input{gradcheck.At([]int{1, 2, 1}, 0, 2)}, func(x []*node) *node { return graph.Labels(x[0], 3) }, graph.Shape{1, 2, 3},
		func(x at, p []int) float64 { return truth(int(x(0, 0, p[1], 0)) == p[2]) }},
	{"OneHot", []gradcheck.Input{gradcheck.At([]int{2, 2}, 0, 2, 1, 1)}, func(x []*node) *node { return graph.OneHot(x[0], 3) }, graph.Shape{2, 2, 3},
		func(x at, p []int) float64 { return truth(int(x(0, p[0], p[1])) == p[2]) }},
	{"Diag", arrays([]int{2, 3}), func(x []*node) *node { return graph.Diag(x[0]) }, graph.Shape{2, 3, 3},
		func(x at, p []int) float64 { return truth(p[1] == p[2]) * x(0, p[0], p[1]) }},
	{"DiagPart", arrays([]int{2, 3, 3}), func(x []*node) *node { return graph.DiagPart(x[0]) }, graph.Shape{2, 3},
		func(x at, p []int) float64 { return x(0, p[0], p[1], p[1]) }},
	{"Tril", arrays([]int{2, 3, 4}), func(x []*node) *node { return graph.Tril(x[0], 0) }, graph.Shape{2, 3, 4},
		func(x at, p []int) float64 { return truth(p[2] <= p[1]) * x(0, p...) }},
	{"Tril below", arrays([]int{4, 3}), func(x []*node) *node { return graph.Tril(x[0], -1) }, graph.Shape{4, 3},
		func(x at, p []int) float64 { return truth(p[1] < p[0]) * x(0, p...) }},
	{"Tril above", arrays([]int{3, 3}), func(x []*node) *node { return graph.Tril(x[0], 1) }, graph.Shape{3, 3},
		func(x at, p []int) float64 { return truth(p[1] <= p[0]+1) * x(0, p...) }},
	{"MatMul", arrays([]int{2, 3}, []int{3, 4}), func(x []*node) *node { return graph.MatMul(x[0], x[1]) }, graph.Shape{2, 4},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[0], k) * x(1, k, p[1]) })
		}},
	{"MatMul of many rows", arrays([]int{2, 2, 3}, []int{3, 4}), func(x []*node) *node { return graph.MatMul(x[0], x[1]) }, graph.Shape{2, 2, 4},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[0], p[1], k) * x(1, k, p[2]) })
		}},
	{"MatMul of broadcast batches", arrays([]int{2, 1, 1, 3}, []int{4, 3, 2}), func(x []*node) *node { return graph.MatMul(x[0], x[1]) }, graph.Shape{2, 4, 1, 2},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[0], 0, p[2], k) * x(1, p[1], k, p[3]) })
		}},
	{"MatMul of one left matrix", arrays([]int{2, 3}, []int{4, 3, 2}), func(x []*node) *node { return graph.MatMul(x[0], x[1]) }, graph.Shape{4, 2, 2},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[1], k) * x(1, p[0], k, p[2]) })
		}},
	{"MatMul over nothing", arrays([]int{2, 0}, []int{0, 3}), func(x []*node) *node { return graph.MatMul(x[0], x[1]) }, graph.Shape{2, 3},
		func(at, []int) float64 { return 0 }},
	{"MatMul of no rows", arrays([]int{0, 2, 2}, []int{2, 3}), func(x []*node) *node { return graph.MatMul(x[0], x[1]) }, graph.Shape{0, 2, 3}, nil},
	{"MatMulT", arrays([]int{2, 2, 3}, []int{4, 3}), func(x []*node) *node { return graph.MatMulT(x[0], x[1]) }, graph.Shape{2, 2, 4},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[0], p[1], k) * x(1, p[2], k) })
		}},
	{"TMatMul", arrays([]int{2, 3, 2}, []int{3, 4}), func(x []*node) *node { return graph.TMatMul(x[0], x[1]) }, graph.Shape{2, 2, 4},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[0], k, p[1]) * x(1, k, p[2]) })
		}},
	{"MatMul both transposed", arrays([]int{2, 3, 2}, []int{2, 4, 3}), func(x []*node) *node { return op.Apply(op.MatMul{TransA: true, TransB: true}, x...) }, graph.Shape{2, 2, 4},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[0], k, p[1]) * x(1, p[0], p[2], k) })
		}},
	{"Linear", arrays([]int{2, 3}, []int{3, 2}, []int{2}), func(x []*node) *node { return graph.Linear(x[0], x[1], x[2]) }, graph.Shape{2, 2},
		func(x at, p []int) float64 {
			return x(2, p[1]) + sum(3, func(k int) float64 { return x(0, p[0], k) * x(1, k, p[1]) })
		}},
	{"Linear without bias", arrays([]int{2, 3}, []int{3, 2}), func(x []*node) *node { return graph.Linear(x[0], x[1], nil) }, graph.Shape{2, 2},
		func(x at, p []int) float64 {
			return sum(3, func(k int) float64 { return x(0, p[0], k) * x(1, k, p[1]) })
		}},
	{"Where", append(arrays([]int{3}, []int{1, 1}), gradcheck.At([]int{2, 3}, 1, 0, -2, 0, 0, math.NaN())), func(x []*node) *node { return graph.Where(x[2], x[0], x[1]) }, graph.Shape{2, 3},
		func(x at, p []int) float64 {
			if x(2, p...) != 0 {
				return x(0, p[1])
			}
			return x(1, 0, 0)
		}},
	{"AddN", arrays([]int{2}, []int{2}, []int{1}), func(x []*node) *node { return graph.AddN(x...) }, graph.Shape{2},
		func(x at, p []int) float64 { return x(0, p[0]) + x(1, p[0]) + x(2, 0) }},
	{"Sub broadcast both ways", arrays([]int{2, 1, 3}, []int{1, 4, 1}), func(x []*node) *node { return x[0].Sub(x[1]) }, graph.Shape{2, 4, 3},
		func(x at, p []int) float64 { return x(0, p[0], 0, p[2]) - x(1, 0, p[1], 0) }},
}

func arrays(shapes ...[]int) []gradcheck.Input {
	in := make([]gradcheck.Input, len(shapes))
	for i, s := range shapes {
		in[i] = gradcheck.Between(-2+float64(i), 1.5, s...)
	}
	return in
}

func sum(n int, f func(i int) float64) float64 {
	s := 0.0
	for i := range n {
		s += f(i)
	}
	return s
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestStructuralValues(t *testing.T) {
	for _, c := range structural {
		for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
			t.Run(fmt.Sprintf("%s/%v", c.name, dt), func(t *testing.T) {
				shape, got := compute(t, dt, func(_ *scope, in []*node) *node { return c.f(in) }, c.in...)
				if !slices.Equal(shape, c.shape) || len(got) != op.Size(c.shape) {
					t.Fatalf("shape %v of %d values, want %v", shape, len(got), c.shape)
				}
				read := func(i int, pos ...int) float64 { return c.in[i].Values[flat(c.in[i].Shape, pos)] }
				tol := 1e-14
				if dt == graph.Float32 {
					tol = 2e-6
				}
				for i, v := range got {
					pos := coordinates(c.shape, i)
					want := c.want(read, pos)
					if !(math.Abs(v-want) <= tol*(1+math.Abs(want))) && !(math.IsNaN(v) && math.IsNaN(want)) {
						t.Errorf("at %v: %v, want %v", pos, v, want)
					}
				}
			})
		}
	}
}

func flat(shape, pos []int) int {
	i := 0
	for k, d := range shape {
		i = i*d + pos[k]
	}
	return i
}

func coordinates(shape graph.Shape, i int) []int {
	pos := make([]int, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		pos[k] = i % shape[k]
		i /= shape[k]
	}
	return pos
}

// Names and arguments of the element-wise functions; their values are tested
// in package op.
func TestElementwiseNames(t *testing.T) {
	unary := map[string]struct {
		f func(*node) *node
		v float64 // at 0.4
	}{
		"Neg": {(*graph.Node).Neg, -.4}, "Abs": {graph.Abs, .4}, "Sign": {graph.Sign, 1}, "Exp": {graph.Exp, math.Exp(.4)},
		"Expm1": {graph.Expm1, math.Expm1(.4)}, "Log": {graph.Log, math.Log(.4)}, "Log1p": {graph.Log1p, math.Log1p(.4)},
		"Sqrt": {graph.Sqrt, math.Sqrt(.4)}, "Rsqrt": {graph.Rsqrt, 1 / math.Sqrt(.4)}, "Square": {(*graph.Node).Square, .16},
		"Recip": {graph.Recip, 2.5}, "Tanh": {graph.Tanh, math.Tanh(.4)}, "Sigmoid": {graph.Sigmoid, 1 / (1 + math.Exp(-.4))},
		"LogSigmoid": {graph.LogSigmoid, -math.Log(1 + math.Exp(-.4))}, "Softplus": {graph.Softplus, math.Log(1 + math.Exp(.4))},
		"Relu": {graph.Relu, .4}, "Elu": {graph.Elu, .4}, "Gelu": {graph.Gelu, .2 * (1 + math.Erf(.4/math.Sqrt2))},
		"Silu": {graph.Silu, .4 / (1 + math.Exp(-.4))}, "Sin": {graph.Sin, math.Sin(.4)}, "Cos": {graph.Cos, math.Cos(.4)},
		"Erf": {graph.Erf, math.Erf(.4)}, "Erfinv": {graph.Erfinv, math.Erfinv(.4)}, "Floor": {graph.Floor, 0},
		"StopGrad": {graph.StopGrad, .4}, "IsFinite": {graph.IsFinite, 1},
		// Abramowitz and Stegun, 6.1.1, by mpmath
		"Lgamma": {graph.Lgamma, 0.7966778177017837}, "Digamma": {graph.Digamma, -2.5613845445851161}, "Trigamma": {graph.Trigamma, 7.2753565905295967},
		"LeakyRelu": {func(x *node) *node { return graph.LeakyRelu(x.Neg(), .5) }, -.2},
		"Clamp":     {func(x *node) *node { return graph.Clamp(x, .5, .7) }, .5},
		"Shift":     {func(x *node) *node { return x.Shift(2) }, 2.4},
		"Scale":     {func(x *node) *node { return x.Scale(2) }, .8},
		"Log1mExp":  {func(x *node) *node { return graph.Log1mExp(x.Neg()) }, math.Log(1 - math.Exp(-.4))},
	}
	for name, c := range unary {
		if _, v := compute(t, graph.Float64, func(_ *scope, in []*node) *node { return c.f(in[0]) }, gradcheck.At(nil, .4)); !(math.Abs(v[0]-c.v) <= 1e-14*(1+math.Abs(c.v))) {
			t.Errorf("%s(0.4) = %v, want %v", name, v[0], c.v)
		}
	}
	binary := map[string]struct {
		f    func(a, b *node) *node
		want float64 // at 3, 2
	}{
		"Add": {(*graph.Node).Add, 5}, "Sub": {(*graph.Node).Sub, 1}, "Mul": {(*graph.Node).Mul, 6}, "Div": {(*graph.Node).Div, 1.5}, "Pow": {(*graph.Node).Pow, 9},
		"Max": {graph.Max, 3}, "Min": {graph.Min, 2}, "LogAddExp": {graph.LogAddExp, math.Log(math.Exp(3) + math.Exp(2))},
		"Lt": {(*graph.Node).Lt, 0}, "Le": {(*graph.Node).Le, 0}, "Gt": {(*graph.Node).Gt, 1}, "Ge": {(*graph.Node).Ge, 1}, "Eq": {(*graph.Node).Eq, 0}, "Ne": {(*graph.Node).Ne, 1},
	}
	for name, c := range binary {
		_, v := compute(t, graph.Float64, func(_ *scope, in []*node) *node { return c.f(in[0], in[1]) }, gradcheck.At([]int{2}, 3, 3), gradcheck.At(nil, 2))
		if !(math.Abs(v[0]-c.want) <= 1e-15*math.Abs(c.want)) || v[0] != v[1] {
			t.Errorf("%s(3, 2) = %v, want %v", name, v, c.want)
		}
	}
}

// Log1mExp keeps its relative accuracy at both ends. Values by mpmath.
func TestLog1mExp(t *testing.T) {
	x := []float64{-1e-300, -1e-10, -0.1, -0.6931, -0.6932, -2, -40, -700}
	want := []float64{-690.77552789821370521, -23.02585092999045684, -2.3521684610440907978, -0.69319436334600083574,
		-0.69309436390963647599, -0.14541345786885905697, -4.2483542552915890044e-18, -9.8596765437597708568e-305}
	_, got := compute(t, graph.Float64, func(_ *scope, in []*node) *node { return graph.Log1mExp(in[0]) }, gradcheck.At([]int{len(x)}, x...))
	for i := range x {
		if !(math.Abs(got[i]/want[i]-1) <= 1e-13) {
			t.Errorf("Log1mExp(%v) = %v, want %v", x[i], got[i], want[i])
		}
	}
}
