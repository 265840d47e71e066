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

func TestBuildWithoutOutput(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *scope) { s.Input("x", 1) })
	if err == nil || err.Error() != "graph: nothing to compute: no Output was declared" {
		t.Errorf("error %v", err)
	}
	_, err = graph.Build(&graph.Params{Dtype: 7}, func(s *scope) {})
	if err == nil || err.Error() != "graph: params of dtype Dtype(7), want float32 or float64" {
		t.Errorf("error %v", err)
	}
}

// Places pile up and are left again.
func TestEnter(t *testing.T) {
	_, err := graph.Build(&graph.Params{}, func(s *scope) {
		s.In("left").Enter()()
		enc := s.In("enc")
		defer enc.Enter()()
		defer enc.In("0").Enter()()
		graph.Fail("layers: broken")
	})
	if err == nil || err.Error() != "in enc: enc/0: layers: broken" {
		t.Errorf("error %v", err)
	}
	if err := fmt.Sprintf("%+v", err); !strings.Contains(err, `graph_test.TestEnter`) {
		t.Errorf("no stack in %s", err)
	}
}

func panics(f func()) (r any) {
	defer func() { r = recover() }()
	f()
	return nil
}

// Panics that are not ours pass through Build, which can then be used again,
// and take the parameters declared back.
func TestForeignPanicsPassThrough(t *testing.T) {
	params := &graph.Params{}
	build := func(f func()) (err error) {
		_, err = graph.Build(params, func(s *scope) {
			s.Output("y", s.Param("w", graph.Constant(1), 2))
			f()
		})
		return err
	}
	if r := panics(func() { build(func() { panic("mine") }) }); r != "mine" {
		t.Errorf("recovered %v", r)
	}
	if r := panics(func() { build(func() { _ = []int{}[len(params.Names())] }) }); r == nil {
		t.Error("a run-time error was swallowed")
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		build(runtime.Goexit)
	}()
	<-done
	if names := params.Names(); len(names) != 0 {
		t.Errorf("parameters %v are left", names)
	}
	if err := build(func() {}); err != nil || len(params.Names()) != 1 {
		t.Errorf("error %v, parameters %v", err, params.Names())
	}
}

// Nodes made outside of a Build are refused with a message, not a nil pointer.
func TestOutsideOfBuild(t *testing.T) {
	var old *scope
	var x *node
	if _, err := graph.Build(&graph.Params{}, func(s *scope) {
		old, x = s, s.Input("x", 2)
		s.Output("y", x)
	}); err != nil {
		t.Fatal(err)
	}
	for want, f := range map[string]func(){
		"graph: nodes can only be made inside Build":      func() { graph.Exp(x) },
		"graph: late declared outside of its Build":       func() { old.Param("late", graph.Constant(0), 2) },
		"graph: a constant declared outside of its Build": func() { old.Const(5) },
	} {
		err, ok := panics(f).(error)
		if !ok || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("panic %v, want %s", err, want)
		}
	}
}

func TestFailedBuildLeavesParams(t *testing.T) {
	params := &graph.Params{}
	if _, err := graph.Build(params, func(s *scope) { s.Output("w", s.Param("w", graph.Constant(1), 2)) }); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(s *scope){
		"mistake": func(s *scope) { graph.MatMul(s.Param("v", graph.Constant(1), 2), s.Param("w", graph.Constant(1), 2)) },
		"shape":   func(s *scope) { s.Param("v", graph.Constant(1), 2); s.Param("w", graph.Constant(1), 3) },
	} {
		_, err := graph.Build(params, f)
		if err == nil || !slices.Equal(params.Names(), []string{"w"}) {
			t.Errorf("%s: error %v, parameters %v", name, err, params.Names())
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

// Thousands of results, all distinct and right; equal expressions are one node.
func TestManyNodes(t *testing.T) {
	const n = 4000
	got := outputs(t, func(s *scope) {
		x, y := s.Tensor([]float64{3}), s.Tensor([]float64{2})
		seen := map[*node]bool{}
		sum := s.Const(0)
		for i := range n {
			k := float64(i) / 7
			v := x.Shift(k).Sub(y)
			if seen[v] {
				t.Fatalf("node %d is another's", i)
			}
			seen[v] = true
			if v != x.Shift(k).Sub(y) {
				t.Fatalf("node %d was made twice", i)
			}
			s.Output(fmt.Sprint(i), v)
			sum = sum.Add(v)
		}
		if x.Sub(y) == y.Sub(x) {
			t.Error("x−y is y−x")
		}
	})
	for i := range n {
		if v := got[fmt.Sprint(i)][0]; math.Abs(v-(1+float64(i)/7)) > 1e-12 {
			t.Errorf("node %d: %v", i, v)
		}
	}
}

func TestConstantsAreToldApart(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		var wide int
		_, err := graph.Build(&graph.Params{Dtype: dt}, func(s *scope) {
			big := make([]float64, 10_000)
			a := s.Tensor(big, 100, 100)
			big[5000] = 1
			b := s.Tensor(big, 100, 100)
			ns := []*node{
				a, b, s.Tensor(big, 50, 200), s.Tensor(big, 10_000),
				s.Const(0), s.Const(math.Copysign(0, -1)), s.Const(2), s.Const(2 + 1e-6), s.Const(math.NaN()), s.Const(math.Inf(1)), s.Const(math.Inf(-1)),
				s.Tensor([]float64{2}, 1), s.Tensor([]float64{2}, 1, 1), s.Tensor([]float64{0}, 1), s.Tensor([]float64{math.Copysign(0, -1)}, 1),
				s.Tensor(nil, 0), s.Tensor(nil, 0, 3),
			}
			seen := map[*node]int{}
			for i, n := range ns {
				if j, ok := seen[n]; ok {
					t.Errorf("%v: constant %d is constant %d", dt, i, j)
				}
				seen[n] = i
			}
			two, nan := s.Const(2), s.Const(math.NaN())
			if a != s.Tensor(make([]float64, 10_000), 100, 100) || two != s.Const(2) || nan != s.Const(math.NaN()) {
				t.Errorf("%v: equal constants are two nodes", dt)
			}
			if s.Const(2) != s.Const(2+1e-12) {
				wide++
			}
			big[5000] = 7 // the constant keeps its own copy
			s.Output("b", graph.Sum(b))
			s.Output("zero", graph.Recip(s.Const(math.Copysign(0, -1))))
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[graph.Dtype]int{graph.Float32: 0, graph.Float64: 1}[dt]; wide != want {
			t.Errorf("%v: 2 and 2+1e-12 are told apart: %d, want %d", dt, wide, want)
		}
	}
	got := outputs(t, func(s *scope) {
		s.Output("zero", graph.Recip(s.Const(math.Copysign(0, -1))))
		s.Output("nothing", s.Tensor(nil, 0, 3))
		s.Output("all", graph.Sum(s.Tensor(nil, 0, 3)))
	})
	if !math.IsInf(got["zero"][0], -1) || len(got["nothing"]) != 0 || got["all"][0] != 0 {
		t.Errorf("%v", got)
	}
}

// Graphs built at the same time, of own and of shared parameters.
func TestConcurrentBuilds(t *testing.T) {
	shared := &graph.Params{Dtype: graph.Float64}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			own := &graph.Params{Seed: uint64(i), Dtype: graph.Float64}
			for k := range 5 {
				for _, params := range []*graph.Params{own, shared} {
					p, err := graph.Build(params, func(s *scope) {
						x := s.Tensor([]float64{1, 2, 3, 4}, 2, 2)
						w := s.In(fmt.Sprint(k)).Param("w", graph.Constant(float64(k)), 2, 2)
						y := graph.Sum(graph.MatMul(x, w).Square())
						s.Output("g", graph.Sum(graph.Grad(y, []*node{w})[0]))
					})
					if err != nil {
						t.Error(err)
						return
					}
					if err := p.Run(context.Background(), graph.Key{}); err != nil {
						t.Error(err)
					}
					// y = 2Σᵢ(k·rᵢ)² with row sums r, so Σ∂y/∂w = 2kΣrᵢ²·2
					if g, _ := p.Value("g"); g[0] != float64(4*k*(9+49)) {
						t.Errorf("build %d: gradient %v, want %d", i, g[0], 4*k*58)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(shared.Names()); n != 5 {
		t.Errorf("%d shared parameters, want 5", n)
	}
}
