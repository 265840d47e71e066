package layers_test

import (
	"context"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// torch reads the values that a script of internal/ref/layers wrote, by case and
// name.
func torch(t *testing.T, file string) map[string]map[string][]float64 {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string][]float64{}
	for _, row := range rows {
		if all[row[0]] == nil {
			all[row[0]] = map[string][]float64{}
		}
		for _, cell := range row[2:] {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			all[row[0]][row[1]] = append(all[row[0]][row[1]], v)
		}
	}
	return all
}

// set writes a parameter.
func set(t *testing.T, p *graph.Params, name string, v []float64) {
	t.Helper()
	if x, err := graph.Memory[float64](p, name); err == nil {
		if len(x) != len(v) {
			t.Fatalf("%s has %d elements, want %d", name, len(x), len(v))
		}
		copy(x, v)
		return
	}
	x, err := graph.Memory[float32](p, name)
	if err != nil || len(x) != len(v) {
		t.Fatalf("%s: %d elements, want %d: %v", name, len(x), len(v), err)
	}
	for i := range v {
		x[i] = float32(v[i])
	}
}

// TestAgainstPyTorch: results, gradients by input, context and parameters,
// states after a training step and what an evaluation then gives.
func TestAgainstPyTorch(t *testing.T) {
	type shape = []int
	resnet := func(gated bool, blocks int) func(s *graph.Scope, x, c *graph.Node) *graph.Node {
		return func(s *graph.Scope, x, c *graph.Node) *graph.Node {
			return layers.NewResNet(s, layers.ResNetConfig{Inputs: 2, Outputs: 3, Context: 3, Width: 5, Blocks: blocks, Gated: gated, BatchNorm: gated}).Apply(x, c)
		}
	}
	cases := map[string]struct {
		x, c shape
		f    func(s *graph.Scope, x, c *graph.Node) *graph.Node
	}{
		"batch norm": {shape{6, 3}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewBatchNorm(s, 3).Apply(x) }},
		"batch norm options": {shape{2, 3, 2}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.NormConfig{Momentum: .3, Epsilon: 1e-2, NoAffine: true}.NewBatchNorm(s, 2).Apply(x)
		}},
		"layer norm": {shape{2, 3, 4}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewLayerNorm(s, 4).Apply(x) }},
		"weight norm": {shape{5, 3}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.Config{WeightNorm: true}.NewDense(s, 3, 2).Apply(x)
		}},
		"glu":          {shape{2, 2, 6}, nil, func(_ *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.GLU(x) }},
		"resnet":       {shape{4, 2}, shape{4, 3}, resnet(false, 0)},
		"gated resnet": {shape{4, 2}, shape{4, 3}, resnet(true, 1)},
		"embedding":    {shape{4, 1}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node { return layers.NewEmbedding(s, 5, 3).Apply(x) }},
		"embedding one-hot": {shape{4, 5}, nil, func(s *graph.Scope, x, _ *graph.Node) *graph.Node {
			return layers.NewEmbedding(s, 5, 3).ApplyOneHot(graph.Softmax(x))
		}},
	}
	all := torch(t, "layers.csv")
	delete(all, "data")
	for name, c := range cases {
		for _, dtype := range []graph.Dtype{graph.Float32, graph.Float64} {
			reference(t, name+" "+dtype.String(), &graph.Params{Dtype: dtype}, all[name], c.x, c.c, c.f)
		}
		delete(all, name)
	}
	for name := range all {
		t.Errorf("%s is not compared", name)
	}
}

func reference(t *testing.T, name string, params *graph.Params, want map[string][]float64, xs, cs []int, f func(s *graph.Scope, x, c *graph.Node) *graph.Node) {
	t.Helper()
	model := func(s *graph.Scope) {
		inputs := []*graph.Node{s.Input("x", xs...), nil}
		if cs != nil {
			inputs[1] = s.Input("c", cs...)
		}
		y := f(s, inputs[0], inputs[1])
		s.Output("y", y)
		if !s.Training() {
			return
		}
		var wrt []*graph.Node
		for _, w := range s.Trainable() {
			if want["grad "+w.Name()] != nil || !strings.Contains(w.Name(), "/norm") { // which is at its first values
				wrt = append(wrt, w)
			}
		}
		for _, x := range inputs {
			if x != nil && want["grad "+x.Name()] != nil {
				wrt = append(wrt, x)
			}
		}
		for i, g := range graph.Grad(graph.Sum(y.Mul(s.Tensor(want["u"], y.Shape()...))), wrt) {
			s.Output("grad/"+wrt[i].Name(), g)
		}
	}
	start := func(build func(*graph.Params, func(*graph.Scope)) (*graph.Program, error)) *graph.Program {
		p, err := build(params, model)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, in := range p.Inputs() {
			if err := graph.Feed(p, in, want[in]); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		return p
	}
	p := start(graph.BuildTraining)
	compared := map[string]bool{"x": true, "c": true, "u": true}
	for _, in := range params.Names() {
		if v := want[in]; v != nil {
			set(t, params, in, v)
			compared[in] = true
		}
	}
	step := func(p *graph.Program) {
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	step(p)
	for _, out := range p.Outputs() {
		got, err := p.Value(out)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = strings.Replace(out, "grad/", "grad ", 1)
		near(t, name+": "+out, got, want[out], params.Dtype)
		compared[out] = true
	}
	if err := p.Commit(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, in := range params.Names() {
		if v := want["after "+in]; v != nil {
			near(t, name+": "+in, param(t, params, in), v, params.Dtype)
			compared["after "+in] = true
		}
	}
	if v := want["later y"]; v != nil {
		p := start(graph.Build)
		step(p)
		got, _ := p.Value("y")
		near(t, name+": later y", got, v, params.Dtype)
		compared["later y"] = true
	}
	for row := range want {
		if !compared[row] {
			t.Errorf("%s: %s is not compared", name, row)
		}
	}
}
