package graph_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Each message of a build that fails, in a scope entered as "model".
func TestBuildErrors(t *testing.T) {
	var other *node
	if _, err := graph.Build(&graph.Params{}, func(s *scope) {
		other = s.Input("theirs", 2, 3)
		s.Output("y", graph.Exp(other))
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		f    func(s *scope, x *node) // x has shape [2 3]
		want string
	}{
		{func(s *scope, x *node) { graph.Exp(nil) }, "exp: operand 0 is nil"},
		{func(s *scope, x *node) { x.Add(other) }, "add: operand 1 (theirs) belongs to another Build"},
		{func(s *scope, x *node) { s.Output("y", other) }, "output y: node (theirs) belongs to another Build"},
		{func(s *scope, x *node) { s.Output("y", nil) }, "output y: node is nil"},
		{func(s *scope, x *node) { s.Assign(s.State("a", graph.Constant(0), 2, 3), other) }, "assign to a: node (theirs) belongs to another Build"},
		{func(s *scope, x *node) { graph.Grad(other, nil) }, "grad of cost: node (theirs) belongs to another Build"},
		{func(s *scope, x *node) { graph.Grad(graph.Sum(x), []*node{x, other}) }, "grad by: node (theirs) belongs to another Build"},
		{func(s *scope, x *node) { graph.Grad(graph.Sum(x), []*node{x}, other) }, "grad holding: node (theirs) belongs to another Build"},
		{func(s *scope, x *node) {
			graph.FromGorgonia(gorgonia.NewScalar(x.Gorgonia().Graph(), gorgonia.Float64, gorgonia.WithName("wide")))
		},
			"Gorgonia's node wide :: float64 is float64 in a graph of float32"},
		{func(s *scope, x *node) {
			graph.FromGorgonia(gorgonia.NewVector(x.Gorgonia().Graph(), gorgonia.Float32, gorgonia.WithShape(2), gorgonia.WithName("stray")))
		},
			"stray was not declared in a Scope and has no value"},
		{func(s *scope, x *node) { graph.FromGorgonia(other.Gorgonia()) }, "Gorgonia's node theirs :: Matrix float32 belongs to another Build"},
		{func(s *scope, x *node) { graph.FromGorgonia(nil) }, "the node of Gorgonia's is nil"},
		{func(s *scope, x *node) { graph.Grad(x, nil) }, "grad of x: cost has shape [2 3], want a scalar"},
		{func(s *scope, x *node) { s.Input("x", 1) }, "x declared twice at the root; a second layer, a layer with noise applied twice, or a second run of a model in one build needs a scope of its own, s.In(NAME)"},
		{func(s *scope, x *node) {
			s.In("a").Param("b", graph.He{}, 1, 1)
			s.In("a").Noise("b", graph.GaussianNoise)
		}, "a/b declared twice in scope a; a second layer, a layer with noise applied twice, or a second run of a model in one build needs a scope of its own, s.In(NAME)"},
		{func(s *scope, x *node) { s.Input("y", 2, -1) }, "y: negative size in shape [2 -1]"},
		{func(s *scope, x *node) { s.Input("") }, `bad name "": want no spaces, no colons, not empty`},
		{func(s *scope, x *node) { s.In("a b") }, `bad name "a b": want no spaces, no colons, not empty`},
		{func(s *scope, x *node) { s.Param("const:1", graph.He{}) }, `bad name "const:1": want no spaces, no colons, not empty`},
		{func(s *scope, x *node) { s.Output("y", x); s.Output("y", x) }, "output y declared twice at the root"},
		{func(s *scope, x *node) { s.Output("a b", x) }, `bad name "a b": want no spaces, no colons, not empty`},
		{func(s *scope, x *node) { s.Noise("e", graph.UniformNoise+1, 2) }, "noise e of law 2, want GaussianNoise or UniformNoise"},
		{func(s *scope, x *node) { s.Tensor([]float64{1, 2}, 3) }, "constant of 2 values, want shape [3]"},
		{func(s *scope, x *node) { s.Assign(x, x) }, "assign to x, which is no State"},
		{func(s *scope, x *node) { s.Assign(s.State("a", graph.Constant(0), 3), x) }, "assign [2 3] to state a of shape [3]"},
		{func(s *scope, x *node) { a := s.State("a", graph.Constant(0), 2, 3); s.Assign(a, x); s.Assign(a, a) }, "state a assigned twice: a layer that writes states is applied once in a run"},
		{func(s *scope, x *node) { s.Param("w", nil, 2) }, "parameter w has no initialiser"},
		{func(s *scope, x *node) { s.Param("w", graph.Glorot{}, 2) }, "parameter w: initialiser wants rank 2 or more, got shape [2]"},
		{func(s *scope, x *node) { s.Param("w", graph.He{}, 2) }, "parameter w: initialiser wants rank 2 or more, got shape [2]"},
		{func(s *scope, x *node) { s.Param("w", graph.LeCun{}) }, "parameter w: initialiser wants rank 2 or more, got shape []"},
		{func(s *scope, x *node) { s.Param("w", graph.Orthogonal{}, 2) }, "parameter w: initialiser wants rank 2 or more and no empty axis, got shape [2]"},
		{func(s *scope, x *node) { s.Param("w", graph.Orthogonal{}, 0, 2) }, "parameter w: initialiser wants rank 2 or more and no empty axis, got shape [0 2]"},
		{func(s *scope, x *node) { s.Param("w", graph.Gaussian{Std: -1}, 2) }, "parameter w: standard deviation -1, want a number not below 0"},
		{func(s *scope, x *node) { s.Param("w", graph.Gaussian{Std: math.Inf(1)}, 2) }, "parameter w: standard deviation +Inf, want a number not below 0"},
		{func(s *scope, x *node) { x.Add(s.Input("y", 2, 1, 1)) }, "add: shapes [[2 3] [2 1 1]] do not broadcast"},
		{func(s *scope, x *node) { s.Input("n", 3).Mul(s.Input("n1", 3, 1)) }, "mul: shapes [[3] [3 1]] do not broadcast"},
		{func(s *scope, x *node) { graph.Where(x, s.Input("y", 4), x) }, "where: shapes [[2 3] [4] [2 3]] do not broadcast"},
		{func(s *scope, x *node) { graph.AddN() }, "sum of no nodes"},
		{func(s *scope, x *node) { graph.BroadcastTo(x, 2, 4) }, "broadcastto{[2 4]}: shape [2 3] does not broadcast to [2 4]"},
		{func(s *scope, x *node) { graph.BroadcastTo(x, 3) }, "broadcastto{[3]}: shape [2 3] does not broadcast to [3]"},
		{func(s *scope, x *node) { graph.BroadcastTo(s.Input("y", 1), -2) }, "broadcastto{[-2]}: negative size in shape [-2]"},
		{func(s *scope, x *node) { graph.SumTo(x, 2) }, "sumto{[2]}: shape [2 3] does not sum to [2]"},
		{func(s *scope, x *node) { graph.Sum(x, 2) }, "Sum: axis 2 of shape [2 3], want -2 to 1; the last is -1"},
		{func(s *scope, x *node) { graph.Sum(x, -3) }, "Sum: axis -3 of shape [2 3], want -2 to 1; the last is -1"},
		{func(s *scope, x *node) { graph.Sum(x, 1, -1) }, "axis 1 of shape [2 3] named twice"},
		{func(s *scope, x *node) { op.Apply(op.Reduce{Axes: []int{5}}, x) }, "sum[5]: axis 5 of shape [2 3]"},
		{func(s *scope, x *node) { graph.ArgMax(s.Input("y", 0), 0) }, "argmax[0]: no elements on axis 0 of shape [0]"},
		{func(s *scope, x *node) { graph.CumSum(x, 2) }, "CumSum: axis 2 of shape [2 3], want -2 to 1; the last is -1"},
		{func(s *scope, x *node) { op.Apply(op.CumSum{Axis: 5}, x) }, "cumsum{5 false}: axis 5 of shape [2 3]"},
		{func(s *scope, x *node) { graph.Softmax(s.Input("y")) }, "Softmax: axis -1 of a scalar, which has none"},
		{func(s *scope, x *node) { graph.Reshape(x, 4) }, "reshape{[4]}: shape [2 3] (6 elements) to [4] (4)"},
		{func(s *scope, x *node) { graph.Reshape(x, -1, -1) }, "reshape [2 3] to [-1 -1]"},
		{func(s *scope, x *node) { graph.Reshape(x, -2, -3) }, "reshape [2 3] to [-2 -3]"},
		{func(s *scope, x *node) { graph.Reshape(x, 4, -1) }, "reshape [2 3] to [4 -1]"},
		{func(s *scope, x *node) { graph.Reshape(x, 0, -1) }, "reshape [2 3] to [0 -1]"},
		{func(s *scope, x *node) { graph.ExpandDims(x, 3) }, "new axis 3 of shape [2 3]"},
		{func(s *scope, x *node) { graph.ExpandDims(x, -4) }, "new axis -1 of shape [2 3]"},
		{func(s *scope, x *node) { graph.Transpose(x, 0) }, "transpose{[0]}: permutation [0] of shape [2 3]"},
		{func(s *scope, x *node) { graph.Transpose(x, 0, 0) }, "transpose{[0 0]}: permutation [0 0] of shape [2 3]"},
		{func(s *scope, x *node) { graph.Slice(x, 1, 2, 4) }, "slice{1 2 4}: [2:4] on axis 1 of shape [2 3]"},
		{func(s *scope, x *node) { graph.Slice(x, 0, 1, 0) }, "slice{0 1 0}: [1:0] on axis 0 of shape [2 3]"},
		{func(s *scope, x *node) { graph.Cols(x, -1, 2) }, "slice{1 -1 2}: [-1:2] on axis 1 of shape [2 3]"},
		{func(s *scope, x *node) { graph.Pad(x, 0, -1, 0) }, "pad{0 -1 0}: -1 and 0 on axis 0 of shape [2 3]"},
		{func(s *scope, x *node) { graph.Concat(0) }, "concat of no nodes"},
		{func(s *scope, x *node) { graph.Concat(0, x, s.Input("y", 2)) }, "concat{0}: shapes [[2 3] [2]] on axis 0"},
		{func(s *scope, x *node) { graph.Concat(0, x, s.Input("y", 2, 2)) }, "concat{0}: shapes [[2 3] [2 2]] on axis 0"},
		{func(s *scope, x *node) { graph.Concat(0, x, s.Input("y", 1, 3), s.Input("z", 5, 2)) }, "concat{0}: shapes [[2 3] [1 3] [5 2]] on axis 0"},
		{func(s *scope, x *node) { graph.Concat(1, x, s.Input("y", 3, 1)) }, "concat{1}: shapes [[2 3] [3 1]] on axis 1"},
		{func(s *scope, x *node) { graph.Concat(-1, x, s.Input("y", 1, 2, 1)) }, "concat{1}: shapes [[2 3] [1 2 1]] on axis 1"},
		{func(s *scope, x *node) { graph.Squeeze(x) }, "squeeze of shape [2 3] without an axis"},
		{func(s *scope, x *node) { graph.Squeeze(x, 0) }, "squeeze of axis 0 of shape [2 3], want each axis once and of size 1"},
		{func(s *scope, x *node) { graph.Squeeze(s.Input("y", 1, 2), 0, -2) }, "squeeze of axis 0 of shape [1 2], want each axis once and of size 1"},
		{func(s *scope, x *node) { graph.Squeeze(x, 2) }, "Squeeze: axis 2 of shape [2 3], want -2 to 1; the last is -1"},
		{func(s *scope, x *node) { graph.Labels(x, 3) }, "squeeze of axis 1 of shape [2 3], want each axis once and of size 1"},
		{func(s *scope, x *node) { op.Apply(op.Concat{Axis: 2}, x) }, "concat{2}: axis 2 of shape [2 3]"},
		{func(s *scope, x *node) { graph.Repeat(x, 0, -1) }, "repeat -1 times"},
		{func(s *scope, x *node) { graph.Take(x, 0, []int{2}) }, "take{0 [2]}: position 2 on axis 0 of shape [2 3]"},
		{func(s *scope, x *node) { op.Apply(op.Take{Axis: 7}, x) }, "take{7 []}: axis 7 of shape [2 3]"},
		{func(s *scope, x *node) { op.Apply(op.Put{Axis: 0, Index: []int{1}, N: 2}, x) }, "put{0 [1] 2}: 1 positions on axis 0 of shape [2 3]"},
		{func(s *scope, x *node) { op.Apply(op.Put{Axis: 0, Index: []int{1, 2}, N: 2}, x) }, "put{0 [1 2] 2}: position 2 of 2"},
		{func(s *scope, x *node) { graph.Gather(s.Input("y"), x) }, "gather: table of rank 0"},
		{func(s *scope, x *node) { graph.ScatterAdd(x, s.Input("i", 3), 4) }, "scatteradd{4}: rows [2 3] by indices [3]"},
		{func(s *scope, x *node) { graph.ScatterAdd(x, s.Input("i", 2), -4) }, "scatteradd{-4}: negative size in shape [-4 3]"},
		{func(s *scope, x *node) { graph.OneHot(x, -1) }, "onehot{-1}: negative size in shape [2 3 -1]"},
		{func(s *scope, x *node) { graph.Diag(s.Input("y")) }, "diag: operand of rank 0"},
		{func(s *scope, x *node) { graph.DiagPart(x) }, "diagpart: shape [2 3] is not square"},
		{func(s *scope, x *node) { graph.Tril(s.Input("y", 2), 0) }, "tril{0}: shape [2] has no matrices"},
		{func(s *scope, x *node) { graph.MatMul(x, s.Input("y", 3)) }, "matmul: shapes [2 3] and [3], want rank 2 or more"},
		{func(s *scope, x *node) { graph.MatMul(x, x) }, "matmul a·b: shapes [2 3] and [2 3]: inner sizes differ"},
		{func(s *scope, x *node) { graph.MatMulT(s.Input("y", 4, 2, 2), x) }, "matmul a·bᵀ: shapes [4 2 2] and [2 3]: inner sizes differ"},
		{func(s *scope, x *node) { graph.TMatMul(s.Input("a", 4, 3, 2), s.Input("b", 5, 3, 2)) },
			"matmul aᵀ·b: shapes [4 3 2] and [5 3 2]: leading axes do not broadcast"},
		{func(s *scope, x *node) { op.Apply(op.MatMul{}, x, s.Input("y", 1, 3, 2)) }, "matmul a·b: shapes [2 3] and [1 3 2]"},
		{func(s *scope, x *node) { op.Apply(op.MatMul{TransA: true, TransB: true}, x, x) }, "matmul aᵀ·bᵀ: shapes [2 3] and [2 3]: inner sizes 2 and 3 differ"},
		{func(s *scope, x *node) { graph.Fail("layers: width %d", 7) }, "layers: width 7"},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			x := s.Input("x", 2, 3)
			defer s.In("model").Enter()()
			c.f(s, x)
		})
		want := "in model: graph: " + c.want
		if c.want == "layers: width 7" {
			want = "in model: " + c.want
		}
		if err == nil || err.Error() != want {
			t.Errorf("error %v,\n want %s", err, want)
		}
	}
}

// Gorgonia tells leaves apart by a 32-bit hash of the name; here some collide.
func TestCollidingNames(t *testing.T) {
	// Found by search; of equal shape, hence of equal hash.
	pairs := [][2]string{{"leaf360274", "leaf1192010"}, {"leaf360275", "leaf1192011"}, {"leaf360276", "leaf1192012"}}
	p, err := graph.Build(&graph.Params{Dtype: graph.Float64}, func(s *scope) {
		for _, pair := range pairs {
			x, y := s.Input(pair[0], 2), s.Input(pair[1], 2)
			if x.Gorgonia().Hashcode() != y.Gorgonia().Hashcode() {
				t.Errorf("%v do not collide: the test tests nothing", pair)
			}
			if x == y || x.Gorgonia() == y.Gorgonia() || x.Gorgonia().Name() != pair[0] || x.Name() != pair[0] || y.Name() != pair[1] {
				t.Errorf("%v became %v and %v", pair, x, y)
			}
			s.Output(pair[0], x.Square())
			s.Output(pair[1], y.Square())
		}
		seen := map[*node]bool{}
		for i := range 100_000 {
			x := s.Input(fmt.Sprint(i), 2)
			if seen[x] || x.Name() != fmt.Sprint(i) {
				t.Errorf("leaf %d is %s", i, x.Name())
			}
			seen[x] = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, pair := range pairs {
		graph.Feed(p, pair[0], []float64{float64(i), 2})
		graph.Feed(p, pair[1], []float64{float64(i), 3})
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	for i, pair := range pairs {
		for k, name := range pair {
			want := []float64{float64(i * i), float64((2 + k) * (2 + k))}
			if v, _ := p.Value(name); !slices.Equal(v, want) {
				t.Errorf("%s: %v, want %v", name, v, want)
			}
		}
	}
}
