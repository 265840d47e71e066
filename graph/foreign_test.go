package graph_test

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

// theirs is a node of Gorgonia's.
type theirs = gorgonia.Node

func foreign(f func(x *theirs) (*theirs, error)) gradcheck.Func {
	return func(_ *scope, in []*node) *node { return graph.FromGorgonia(gorgonia.Must(f(in[0].Gorgonia()))) }
}

func foreign2(f func(a, b *theirs) (*theirs, error)) gradcheck.Func {
	return func(_ *scope, in []*node) *node {
		return graph.FromGorgonia(gorgonia.Must(f(in[0].Gorgonia(), in[1].Gorgonia())))
	}
}

// Gorgonia's operations whose gradients are right may be mixed in.
func TestForeignOperations(t *testing.T) {
	in := gradcheck.Between
	m := []gradcheck.Input{in(.2, 2, 2, 3)}
	pair := []gradcheck.Input{in(.2, 2, 2, 3), in(2.5, .3, 2, 3)}
	image := []gradcheck.Input{in(.2, 2, 1, 1, 4, 4)}
	for _, c := range []struct {
		name  string
		f     gradcheck.Func
		in    []gradcheck.Input
		twice bool // Gorgonia has the second derivative too
	}{
		{"Tanh", foreign(gorgonia.Tanh), m, true}, {"Sigmoid", foreign(gorgonia.Sigmoid), m, true}, {"Exp", foreign(gorgonia.Exp), m, true},
		{"Log", foreign(gorgonia.Log), m, true}, {"Sqrt", foreign(gorgonia.Sqrt), m, true}, {"Abs", foreign(gorgonia.Abs), m, true},
		{"Softplus", foreign(gorgonia.Softplus), m, true}, {"Rectify", foreign(gorgonia.Rectify), m, true}, {"Sign", foreign(gorgonia.Sign), m, true},
		{"SoftMax", foreign(func(x *theirs) (*theirs, error) { return gorgonia.SoftMax(x) }), m, false},
		{"Sparsemax", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Sparsemax(x) }), m, false},
		{"Sum", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Sum(x, 1) }), m, true},
		{"Mean", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Mean(x) }), m, true},
		{"Transpose", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Transpose(x, 1, 0) }), m, true},
		{"Reshape", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Reshape(x, tensor.Shape{3, 2}) }), m, true},
		{"Slice", foreign(func(x *theirs) (*theirs, error) { return gorgonia.Slice(x, nil, gorgonia.S(1, 3)) }), m, false},
		{"Add", foreign2(gorgonia.Add), pair, true}, {"Sub", foreign2(gorgonia.Sub), pair, true}, {"Pow", foreign2(gorgonia.Pow), pair, true},
		{"HadamardProd", foreign2(gorgonia.HadamardProd), pair, true}, {"HadamardDiv", foreign2(gorgonia.HadamardDiv), pair, true},
		{"Div by a scalar", foreign2(gorgonia.Div), []gradcheck.Input{m[0], in(1, 2)}, true},
		{"Mul of matrices", foreign2(gorgonia.Mul), []gradcheck.Input{m[0], in(-1, 1, 3, 2)}, true},
		{"BatchedMatMul", foreign2(func(a, b *theirs) (*theirs, error) { return gorgonia.BatchedMatMul(a, b) }), []gradcheck.Input{in(-1, 1, 2, 2, 3), in(-1, 1, 2, 3, 2)}, true},
		{"BroadcastAdd", foreign2(func(a, b *theirs) (*theirs, error) { return gorgonia.BroadcastAdd(a, b, nil, []byte{0}) }), []gradcheck.Input{m[0], in(.3, 3, 1, 3)}, true},
		{"Concat", foreign2(func(a, b *theirs) (*theirs, error) { return gorgonia.Concat(1, a, b) }), pair, false},
		{"MaxBetween", foreign2(gorgonia.MaxBetween), pair, true},
		{"MaxPool2D", foreign(func(x *theirs) (*theirs, error) {
			return gorgonia.MaxPool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
		}), image, false},
		{"Conv2d", foreign2(func(x, w *theirs) (*theirs, error) {
			return gorgonia.Conv2d(x, w, tensor.Shape{2, 2}, []int{0, 0}, []int{1, 1}, []int{1, 1})
		}), []gradcheck.Input{image[0], in(-1, 1, 1, 1, 2, 2)}, false},
		{"a mixture", func(s *scope, in []*node) *node {
			h := graph.Sigmoid(foreign2(gorgonia.Add)(nil, []*node{in[0], in[1].Square()}))
			return graph.MatMul(foreign(gorgonia.Tanh)(nil, []*node{h}), graph.Transpose(h, 1, 0))
		}, pair, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			gradcheck.Check(t, c.f, c.in...)
			if c.twice {
				gradcheck.CheckSecond(t, c.f, c.in...)
			}
		})
	}
	_, y := compute(t, graph.Float32, foreign2(gorgonia.Mul), gradcheck.At([]int{1, 2}, 1, 2), gradcheck.At([]int{2, 1}, 3, 4))
	if y[0] != 11 {
		t.Errorf("[1 2]·[3 4]ᵀ = %v", y)
	}
}

// Gorgonia's operations whose gradients are wrong are refused by name.
func TestForeignGradientsRefused(t *testing.T) {
	vector := gradcheck.Between(.2, 2, 3)
	for want, c := range map[string]struct {
		f  gradcheck.Func
		in []gradcheck.Input
	}{
		"log2":        {foreign(gorgonia.Log2), []gradcheck.Input{vector}},
		"invSqrt":     {foreign(gorgonia.InverseSqrt), []gradcheck.Input{vector}},
		"a ⊗ b":       {foreign2(gorgonia.OuterProd), []gradcheck.Input{vector, vector}},
		"MaxAlong[0]": {foreign(func(x *theirs) (*theirs, error) { return gorgonia.Max(x, 0) }), []gradcheck.Input{vector}},
		"MaxAlong[1]": {foreign(func(x *theirs) (*theirs, error) { return gorgonia.Max(x, 1) }), []gradcheck.Input{gradcheck.Between(0, 1, 2, 3)}},
		"AvgPool{1, 1, 4, 4}": {foreign(func(x *theirs) (*theirs, error) {
			return gorgonia.AveragePool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
		}), []gradcheck.Input{gradcheck.Between(0, 1, 1, 1, 4, 4)}},
		"T[0:1:0...]+=...": {func(_ *scope, in []*node) *node {
			y := graph.FromGorgonia(gorgonia.Must(gorgonia.Slice(in[0].Gorgonia(), gorgonia.S(0, 1))))
			return in[0].Mul(graph.Grad(graph.Sum(y.Square()), in)[0])
		}, []gradcheck.Input{gradcheck.Between(0, 1, 2, 3)}},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			var in []*node
			for i, x := range c.in {
				in = append(in, s.Input(fmt.Sprint(i), x.Shape...))
			}
			s.Output("g", graph.Grad(graph.Sum(c.f(s, in)), in)[0])
		})
		if err == nil || !regexp.MustCompile(`grad through Gorgonia's `+regexp.QuoteMeta(want)).MatchString(err.Error()) {
			t.Errorf("%s: error %v", want, err)
		}
	}
	// Of operations without a derivative the error is Gorgonia's or ours.
	for name, f := range map[string]func(x *theirs) (*theirs, error){
		"At([0])":                        func(x *theirs) (*theirs, error) { return gorgonia.At(x, 0) },
		"has no symbolic derivative":     func(x *theirs) (*theirs, error) { return gorgonia.ApplyOp(plain{}, x) },
		"derivatives of 1 operands":      func(x *theirs) (*theirs, error) { return gorgonia.ApplyOp(wrongCount{}, x) },
		"derivative of shape [] by an o": func(x *theirs) (*theirs, error) { return gorgonia.ApplyOp(wrongShape{}, x) },
	} {
		_, err := graph.Build(&graph.Params{}, func(s *scope) {
			x := s.Input("x", 3)
			s.Output("g", graph.Grad(graph.Sum(graph.FromGorgonia(gorgonia.Must(f(x.Gorgonia())))), []*node{x})[0])
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want %q in it", err, name)
		}
	}
}

// A program runs Gorgonia's operations on copies: what they do in place stays
// with them.
func TestForeignOperationsDoNotOverwrite(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.Build(params, func(s *scope) {
		x, w := s.Input("x", 2, 2), s.Param("w", graph.Constant(2), 2, 2)
		flat := gorgonia.Must(gorgonia.Reshape(x.Gorgonia(), tensor.Shape{4}))
		one := gorgonia.Must(gorgonia.Concat(0, w.Gorgonia()))
		s.Output("a", graph.FromGorgonia(gorgonia.Must(gorgonia.Neg(gorgonia.Must(gorgonia.Exp(flat))))))
		s.Output("b", graph.FromGorgonia(gorgonia.Must(gorgonia.Neg(gorgonia.Must(gorgonia.Square(one))))))
		s.Output("c", graph.Exp(graph.Reshape(w, 4)))
		s.Output("x", x.Scale(1))
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", []float64{1, 2, 3, 4})
	for range 3 {
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string][]float64{
			"a": {-math.E, -math.Exp(2), -math.Exp(3), -math.Exp(4)}, "b": {-4, -4, -4, -4},
			"c": {math.Exp(2), math.Exp(2), math.Exp(2), math.Exp(2)}, "x": {1, 2, 3, 4},
		} {
			if got, _ := p.Value(name); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
		if w := params.Tensor("w").Data().([]float64); fmt.Sprint(w) != "[2 2 2 2]" {
			t.Errorf("w became %v", w)
		}
	}
}

// vae is a small variational autoencoder with its gradients: encoder,
// reparameterised sample, Bernoulli decoder, closed-form KL.
func vae(s *scope) (x, eps *node, outs []*node) {
	x, eps = s.Input("x", 4, 6), s.Input("eps", 4, 2)
	w := func(name string, in, out int) (*node, *node) {
		return s.Param(name+".w", graph.Glorot{}, in, out), s.Param(name+".b", graph.Gaussian{Std: .1}, out)
	}
	w1, b1 := w("1", 6, 5)
	w2, b2 := w("2", 5, 4)
	w3, b3 := w("3", 2, 6)
	h := graph.Linear(graph.Tanh(graph.Linear(x, w1, b1)), w2, b2)
	mean, logStd := graph.Cols(h, 0, 2), graph.Cols(h, 2, 4)
	z := mean.Add(graph.Exp(logStd).Mul(eps))
	logits := graph.Linear(z, w3, b3)
	rec := graph.Sum(x.Mul(logits).Sub(graph.Softplus(logits)), -1)
	kl := graph.Sum(mean.Square().Add(graph.Exp(logStd.Scale(2))).Scale(.5).Sub(logStd).Shift(-.5), -1)
	bound := graph.Mean(rec.Sub(kl))
	return x, eps, append([]*node{bound}, graph.Grad(bound, s.Trainable())...)
}

// One graph on Program and on Gorgonia's TapeMachine.
func TestTapeMachineAgrees(t *testing.T) {
	params := &graph.Params{Seed: 3, Dtype: graph.Float64}
	var x, eps *node
	var outs, weights []*node
	p, err := graph.Build(params, func(s *scope) {
		x, eps, outs = vae(s)
		weights = s.Trainable()
		for i, n := range outs {
			s.Output(fmt.Sprint(i), n)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	let := func(n *node, in gradcheck.Input) {
		if err := gorgonia.Let(n.Gorgonia(), tensor.New(tensor.WithShape(in.Shape...), tensor.WithBacking(in.Values))); err != nil {
			t.Fatal(err)
		}
	}
	let(x, gradcheck.Between(0, 1, 4, 6))
	let(eps, gradcheck.Between(-2, 2, 4, 2))
	vm := p.VM() // inputs through the values bound to nodes
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	var want [][]float64
	for _, n := range outs {
		switch v := n.Gorgonia().Value().Data().(type) {
		case float64:
			want = append(want, []float64{v})
		case []float64:
			want = append(want, v)
		}
	}
	vm.Reset()
	vm.Close()
	for i, w := range weights {
		if err := gorgonia.Let(w.Gorgonia(), params.Tensor(params.Names()[[]int{1, 0, 3, 2, 5, 4}[i]])); err != nil {
			t.Fatal(err)
		}
	}
	tape := gorgonia.NewTapeMachine(x.Gorgonia().Graph())
	defer tape.Close()
	if err := tape.RunAll(); err != nil {
		t.Fatal(err)
	}
	for i, n := range outs {
		got := []float64{}
		switch v := n.Gorgonia().Value().Data().(type) {
		case float64:
			got = append(got, v)
		case []float64:
			got = v
		}
		for j := range want[i] {
			if !(math.Abs(got[j]-want[i][j]) <= 1e-13*(1+math.Abs(want[i][j]))) {
				t.Errorf("output %d element %d: tape machine %v, program %v", i, j, got[j], want[i][j])
			}
		}
	}
}

func TestRunAllInputs(t *testing.T) {
	var x *node
	p, err := graph.Build(&graph.Params{}, func(s *scope) {
		x = s.Input("x", 2)
		s.Output("y", x.Square())
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.VM().RunAll(); err == nil || err.Error() != "graph: run: input x has not been fed" {
		t.Errorf("error %v", err)
	}
	if err := gorgonia.Let(x.Gorgonia(), tensor.New(tensor.WithBacking([]float32{2, 3}))); err != nil {
		t.Fatal(err)
	}
	if err := p.VM().RunAll(); err != nil {
		t.Fatal(err)
	}
	if y, _ := p.Value("y"); fmt.Sprint(y) != "[4 9]" {
		t.Errorf("y = %v", y)
	}
}

// Gorgonia differentiates graphs of ours as Grad does.
func TestGradOfGorgonia(t *testing.T) {
	params := &graph.Params{Seed: 4, Dtype: graph.Float64}
	p := build(t, params, func(s *scope) {
		_, _, outs := vae(s)
		weights := s.Trainable()
		var wrt gorgonia.Nodes
		for _, w := range weights {
			wrt = append(wrt, w.Gorgonia())
		}
		theirs, err := gorgonia.Grad(outs[0].Gorgonia(), wrt...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range weights {
			s.Output(fmt.Sprint("ours", i), outs[i+1])
			s.Output(fmt.Sprint("theirs", i), graph.FromGorgonia(theirs[i]))
		}
	})
	if err := graph.Feed(p, "x", gradcheck.Between(0, 1, 4, 6).Values); err != nil {
		t.Fatal(err)
	}
	if err := graph.Feed(p, "eps", gradcheck.Between(-2, 2, 4, 2).Values); err != nil {
		t.Fatal(err)
	}
	run(t, p, graph.Key{})
	for i := range params.Names() {
		ours, theirs := output(t, p, fmt.Sprint("ours", i)), output(t, p, fmt.Sprint("theirs", i))
		for j := range ours {
			if !(math.Abs(ours[j]-theirs[j]) <= 1e-13*(1+math.Abs(ours[j]))) {
				t.Errorf("derivative %d element %d: ours %v, Gorgonia's %v", i, j, ours[j], theirs[j])
			}
		}
	}
}
