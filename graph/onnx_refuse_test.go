package graph_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/op"
)

// What has no operator is refused by name.
func TestONNXRefuses(t *testing.T) {
	two := func(s *scope) (a, b *graph.Node) { return s.Input("a", 2, 2), s.Input("b", 2, 2) }
	apply := func(r op.Rule, n int) func(*scope) {
		return func(s *scope) {
			a, b := two(s)
			s.Output("y", op.Apply(r, []*graph.Node{a, b, a}[:n]...))
		}
	}
	for want, f := range map[string]func(*scope){
		"the operation cholesky has no operator in ONNX":                     apply(op.Cholesky{}, 1),
		"the operation solvelower{false} has no operator in ONNX":            apply(op.SolveLower{}, 2),
		"the operation ridgerest has no operator in ONNX":                    apply(op.Ridge{}, 2),
		"the operation ridgelogdet has no operator in ONNX":                  apply(op.RidgeLogDet{}, 1),
		"the operation dawson has no operator in ONNX":                       apply(op.Special{Fn: op.Dawson}, 1),
		"the operation gammap has no operator in ONNX":                       apply(op.Special{Fn: op.GammaP}, 2),
		"the operation betai has no operator in ONNX":                        apply(op.Special{Fn: op.BetaI}, 3),
		"the operation gamma log density by 1 has no operator in ONNX":       apply(op.Density{By: [2]uint8{1}}, 3),
		"the operation bernoullientropyslope has no operator in ONNX":        apply(op.Term{Fn: op.BernoulliEntropySlope}, 1),
		"the operation normal distribution function has no operator in ONNX": apply(op.CDF{}, 3),
		"the operation loggamma draw has no operator": func(s *scope) {
			a, _ := two(s)
			s.Output("y", op.Apply(op.Variate{}, s.Input("u", 2, 2*op.StreamNoise), a))
		},
		"the operation multinomial has no operator": func(s *scope) {
			a, _ := two(s)
			s.Output("y", op.Apply(op.Multinomial{}, s.Input("u", 2, op.StreamNoise), graph.Slice(a, 1, 0, 1), a))
		},
		"the operation scan of 2 steps has no operator in ONNX": func(s *scope) {
			a, _ := two(s)
			_, all := graph.Scan(graph.Loop{}, nil, []*graph.Node{a}, func(_, x []*graph.Node) (next, outs []*graph.Node) { return nil, x })
			s.Output("y", all[0])
		},
		"the operation scaled has no operator in ONNX": func(s *scope) {
			a, _ := two(s)
			s.Output("y", graph.Apply(scaled{2}, a))
		},
		"output a has the name of an input, a parameter or noise, and names in a model are one for each value": func(s *scope) {
			a, b := two(s)
			s.Output("a", a.Add(b))
		},
	} {
		p := build(t, &graph.Params{}, f)
		var b bytes.Buffer
		if err := graph.WriteONNX(&b, p); err == nil || !strings.HasPrefix(err.Error(), "graph: write ONNX: "+want) || b.Len() > 0 {
			t.Errorf("%d bytes, error %v, want %s", b.Len(), err, want)
		}
	}
}

// Of a program that trains the outputs are written, of one that has none, or whose
// runs are of several passes, nothing.
func TestONNXPrograms(t *testing.T) {
	step := func(s *scope) {
		mean := s.State("mean", graph.Constant(2), 3)
		s.Assign(mean, s.Input("x", 3))
		s.Output("y", mean.Add(s.Param("w", graph.Constant(1), 3)))
	}
	write := func(p *graph.Program, err error) (string, error) {
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		err = graph.WriteONNX(&b, p)
		return b.String(), err
	}
	trained, err := write(graph.BuildTraining(&graph.Params{}, step))
	if plain, _ := write(graph.Build(&graph.Params{}, step)); err != nil || trained != plain || plain == "" {
		t.Errorf("a program that trains: %d bytes, one that does not: %d: %v", len(trained), len(plain), err)
	}
	if _, err := write(graph.BuildInitialising(&graph.Params{}, func(s *scope) {
		w := s.Param("w", graph.Constant(1), 1)
		s.Initial(w, func() *graph.Node { return w.Scale(2) })
	})); err == nil || err.Error() != "graph: write ONNX: the program has no outputs" {
		t.Errorf("error %v", err)
	}
	if _, err := write(graph.Build(&graph.Params{}, func(s *scope) {
		u := door.Passes(s, 3).(*scope).Noise("u", graph.UniformNoise, 2, 4, 1)
		s.Output("y", u)
	})); err == nil || err.Error() != "graph: write ONNX: a run of the program is 3 passes over its graph, which no model has" {
		t.Errorf("error %v", err)
	}
	p := build(t, &graph.Params{}, step)
	if err := graph.WriteONNX(nil, p); err == nil {
		t.Error("wrote to nil")
	}
	for want, w := range map[string]io.Writer{"the disk is full": full{}, "short write": short{}} {
		for what, write := range map[string]func(io.Writer) error{
			"graph: write ONNX: ":                func(w io.Writer) error { return graph.WriteONNX(w, p) },
			"graph: write: safetensors: write: ": p.Params().Write,
		} {
			if err := write(w); err == nil || err.Error() != what+want {
				t.Errorf("error %v, want %s%s", err, what, want)
			}
		}
	}
}

// full is a writer that fails.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// short is a writer that leaves out what it has no room for, and does not say so.
type short struct{}

func (short) Write(b []byte) (int, error) { return len(b) / 2, nil }

// scaled is an operation of a user's own.
type scaled struct{ By float64 }

func (scaled) String() string                         { return "scaled" }
func (scaled) Shape(in [][]int) ([]int, error)        { return in[0], nil }
func (scaled) Eval(out op.Array, in []op.Array) error { out.Copy(in[0]); return nil }
func (scaled) Diff(in []*graph.Node, out, grad *graph.Node, need []bool) []*graph.Node {
	return []*graph.Node{grad}
}

// Every function is a case of TestONNX or refused.
func TestONNXIsComplete(t *testing.T) {
	cases := map[string]bool{}
	for _, c := range onnxCases() {
		cases[c.name] = true
	}
	check := func(r op.Rule, operands int) {
		t.Helper()
		p := build(t, &graph.Params{}, func(s *scope) {
			var in []*graph.Node
			for i := range operands {
				in = append(in, s.Input(fmt.Sprint("x", i), 2))
			}
			s.Output("y", op.Apply(r, in...))
		})
		err := graph.WriteONNX(&bytes.Buffer{}, p)
		if want := "the operation " + op.Name(r) + " has no operator in ONNX"; err == nil != cases[op.Name(r)] || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: a case: %v, error %v", op.Name(r), cases[op.Name(r)], err)
		}
	}
	for f := op.Dawson; f <= op.StudentEntropy; f++ {
		check(op.Special{Fn: f}, 3)
	}
	for f := op.BernoulliEntropy; (op.Term{Fn: f}).Arity() > 0; f++ {
		check(op.Term{Fn: f}, op.Term{Fn: f}.Arity())
	}
	for l := op.GammaLaw; l <= op.NegativeBinomialLaw; l++ {
		for by := range uint8(4) {
			check(op.Density{Law: l, By: [2]uint8{by}}, 3)
		}
	}
}
