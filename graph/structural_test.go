package graph_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/internal/op"
)

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
