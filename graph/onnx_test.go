package graph_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
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

// some is a mask whose first row has nothing.
func some(shape ...int) onnxInput {
	v := make([]float64, graph.Size(shape))
	for i := range v {
		v[i] = float64(i % 3 * (i / shape[len(shape)-1]))
	}
	return onnxInput{shape, v}
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
	if c.stops != nil {
		if err := p.Run(context.Background(), graph.Key{}); err == nil {
			t.Errorf("%s: no error", c.name)
		}
		e.Outputs["y"] = newArray(p.Shape("y"), c.stops)
		return e
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
	n, names := 0, map[string]bool{}
	for _, c := range onnxCases() {
		if names[c.name] {
			t.Errorf("two cases %s", c.name)
		}
		names[c.name] = true
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
			if want.hash != hash && runtime.GOARCH == "amd64" { // elsewhere the last digit of a constant may be another
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
