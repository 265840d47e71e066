package graph_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

var onnxDir = flag.String("onnx", "", "`folder` to write models to, for internal/ref/onnx/runtime.py")

// exported is a case that was built, run and written.
type exported struct {
	model   []byte
	Inputs  map[string]array `json:"inputs"`
	Outputs map[string]array `json:"outputs"`
}

type array struct {
	Shape  []int    `json:"shape"`
	Values []string `json:"values"` // as numbers, "NaN", "+Inf" and "-Inf"
}

func newArray(shape []int, v []float64) array {
	a := array{Shape: append([]int{}, shape...), Values: make([]string, len(v))}
	for i, x := range v {
		a.Values[i] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return a
}

func export(t *testing.T, c onnxCase, dt graph.Dtype) exported {
	t.Helper()
	prog := func(noise func(*scope) *scope) (*graph.Program, []byte) {
		p, err := graph.Build(&graph.Params{Seed: 1, Dtype: dt}, func(s *scope) {
			var x []*graph.Node
			for i, in := range c.inputs {
				x = append(x, s.Input(fmt.Sprint("x", i), in.shape...))
			}
			c.model(noise(s), x)
		})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var b bytes.Buffer
		if err := graph.WriteONNX(&b, p); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		return p, b.Bytes()
	}
	p, model := prog((*scope).NoiseAsInput)
	if _, same := prog(func(s *scope) *scope { return s }); !bytes.Equal(model, same) {
		t.Errorf("%s: noise that the program draws makes another model than noise that is fed", c.name)
	}
	e := exported{model, map[string]array{}, map[string]array{}}
	for _, name := range p.Inputs() {
		in := wave(p.Shape(name)...)
		if i, err := strconv.Atoi(strings.TrimPrefix(name, "x")); err == nil {
			in = c.inputs[i]
		}
		if dt == graph.Float32 {
			for i, v := range in.values {
				in.values[i] = float64(float32(v))
			}
		}
		if err := graph.Feed(p, name, in.values); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		e.Inputs[name] = newArray(in.shape, in.values)
	}
	run(t, p, graph.Key{})
	for _, name := range p.Outputs() {
		e.Outputs[name] = newArray(p.Shape(name), output(t, p, name))
	}
	return e
}

// TestONNX compares, for every operation and for a VAE, what programs compute with
// what ONNX Runtime computes of their models (internal/ref/onnx/runtime.py), and the
// models with those that it was given, by their hashes.
//
//	go test ./graph -run TestONNX -onnx /tmp/onnx
//	python internal/ref/onnx/runtime.py /tmp/onnx graph/testdata/onnx.csv
func TestONNX(t *testing.T) {
	type row struct {
		hash    string
		outputs map[string][]string
	}
	table := map[string]row{}
	if *onnxDir == "" {
		f, err := os.Open(filepath.Join("testdata", "onnx.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.FieldsPerRecord = -1
		lines, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines { // case, dtype, hash, output, values
			k := l[0] + " " + l[1]
			if table[k].hash == "" {
				table[k] = row{l[2], map[string][]string{}}
			}
			table[k].outputs[l[3]] = l[4:]
		}
	}
	n := 0
	for _, c := range onnxCases() {
		for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
			e := export(t, c, dt)
			hash := fmt.Sprintf("%x", sha256.Sum256(e.model))
			n++
			if *onnxDir != "" {
				text, err := json.Marshal(map[string]any{"name": c.name, "dtype": dt.String(), "inputs": e.Inputs, "outputs": e.Outputs})
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(*onnxDir, fmt.Sprintf("%03d", n))
				if err := os.WriteFile(path+".onnx", e.model, 0o666); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path+".json", text, 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want := table[c.name+" "+dt.String()]
			delete(table, c.name+" "+dt.String())
			if want.hash != hash {
				t.Errorf("%s %v: another model than the one that ONNX Runtime was given", c.name, dt)
			}
			for name, got := range e.Outputs {
				ref := want.outputs[name]
				if len(ref) != len(got.Values) {
					t.Errorf("%s %v: %s has %d values, ONNX Runtime computes %d", c.name, dt, name, len(got.Values), len(ref))
					continue
				}
				for i, s := range got.Values {
					v, _ := strconv.ParseFloat(s, 64)
					w, err := strconv.ParseFloat(ref[i], 64)
					if err != nil {
						t.Fatal(err)
					}
					if v != w && !(math.IsNaN(v) && math.IsNaN(w)) && !(math.Abs(v-w) <= 1e-6*(1+math.Abs(v))) {
						t.Errorf("%s %v: value %d of %s is %v, ONNX Runtime computes %v", c.name, dt, i, name, v, w)
					}
				}
			}
		}
	}
	for k := range table {
		t.Errorf("%s is in the table and no case any more", k)
	}
}

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
