package graph_test

import (
	"fmt"
	"math"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
)

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
