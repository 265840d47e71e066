package graph_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/safetensors"
	"github.com/latentgo/latent/layers"
)

// transposed are the linear layers of a PyTorch module "body" that is a Sequential
// of a linear layer, batch normalisation, tanh and a linear layer.
var transposed = []graph.Rename{
	{From: "body.1.weight", To: "norm/scale"}, {From: "body.1.bias", To: "norm/shift"},
	{From: "body.1.running_mean", To: "norm/mean"}, {From: "body.1.running_var", To: "norm/variance"},
	{From: "**.num_batches_tracked"},
	{From: "**.weight", To: "**/w", Perm: []int{1, 0}}, {From: "**.bias", To: "**/b"},
}

// TestForeignWeights computes what networks of PyTorch, Flax and Keras compute,
// with the parameters that they saved (internal/ref/weights/weights.py).
func TestForeignWeights(t *testing.T) {
	torch := func(s *scope, x *graph.Node) *graph.Node {
		h := layers.NewDense(s.In("body").In("0"), 4, 6).Apply(x)
		h = graph.Tanh(layers.NewBatchNorm(s.In("norm"), 6).Apply(h))
		return layers.NewDense(s.In("body").In("3"), 6, 2).Apply(h)
	}
	flax := func(s *scope, x *graph.Node) *graph.Node {
		h := layers.NewDense(s.In("Dense_0"), 4, 6).Apply(x)
		h = graph.Silu(layers.NewLayerNorm(s.In("LayerNorm_0"), 6).Apply(h))
		return layers.NewDense(s.In("Dense_1"), 6, 2).Apply(h)
	}
	keras := func(s *scope, x *graph.Node) *graph.Node {
		h := graph.Relu(layers.NewDense(s.In("hidden"), 4, 6).Apply(x))
		return layers.NewDense(s.In("out"), 6, 2).Apply(h)
	}
	fromKeras := graph.Mapping{Prefix: "net/", Names: []graph.Rename{{From: "*/kernel", To: "*/w"}, {From: "*/bias", To: "*/b"}}}
	fromFlax := graph.Mapping{Prefix: "params.", Names: []graph.Rename{
		{From: "LayerNorm_*.scale", To: "LayerNorm_*/scale"}, {From: "LayerNorm_*.bias", To: "LayerNorm_*/shift"},
		{From: "**.kernel", To: "**/w"}, {From: "**.bias", To: "**/b"},
	}}
	for _, c := range []struct {
		file  string
		dtype graph.Dtype
		by    graph.Mapping
		net   func(*scope, *graph.Node) *graph.Node
	}{
		{"torch", graph.Float32, graph.Mapping{Names: transposed}, torch},
		{"torch", graph.Float64, graph.Mapping{Names: transposed, Cast: true}, torch},
		{"torch-f16", graph.Float32, graph.Mapping{Names: transposed, Cast: true}, torch},
		{"torch-f16", graph.Float64, graph.Mapping{Names: transposed, Cast: true}, torch},
		{"torch-bf16", graph.Float32, graph.Mapping{Names: transposed, Cast: true}, torch},
		{"torch-f64", graph.Float64, graph.Mapping{Names: transposed}, torch},
		{"torch-f64", graph.Float32, graph.Mapping{Names: transposed, Cast: true}, torch},
		{"flax", graph.Float32, fromFlax, flax},
		{"keras", graph.Float32, fromKeras, keras},
	} {
		path := filepath.Join("testdata", "weights", c.file)
		text, err := os.ReadFile(path + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want struct{ X, Y []float64 }
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		declared := &graph.Params{Dtype: c.dtype}
		model := func(s *scope) { s.Output("y", c.net(s, s.Input("x", 3, 4))) }
		build(t, declared, model)
		for _, p := range []*graph.Params{declared, {Dtype: c.dtype}} {
			left, err := c.by.Load(p, path+".safetensors")
			if err != nil {
				t.Fatal(err)
			}
			if counter := strings.HasPrefix(c.file, "torch"); len(left.Params) > 0 || counter != slices.Equal(left.File, []string{"body.1.num_batches_tracked"}) {
				t.Errorf("%s: left %v", c.file, left)
			}
			prog := build(t, p, model)
			if err := graph.Feed(prog, "x", want.X); err != nil {
				t.Fatal(err)
			}
			run(t, prog, graph.Key{})
			for i, v := range output(t, prog, "y") {
				if !(math.Abs(v-want.Y[i]) <= 1e-6) {
					t.Errorf("%s as %v: output %d is %v, want %v", c.file, c.dtype, i, v, want.Y[i])
				}
			}
		}
	}
}

// TestLayouts compares with NumPy.
func TestLayouts(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "weights", "layouts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Shape, View, Perm, To, Result []int
		Values                        []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 6 {
		t.Fatal(len(cases), err)
	}
	for _, c := range cases {
		a := make([]float64, graph.Size(c.Shape))
		for i := range a {
			a[i] = float64(i)
		}
		p := &graph.Params{}
		left, err := read(p, graph.Mapping{Names: []graph.Rename{{From: "a", To: "x/b", View: c.View, Perm: c.Perm, Shape: c.To}}},
			safetensors.Tensor{Name: "a", Dtype: "F64", Shape: c.Shape, F64: a})
		if err != nil || len(left.File)+len(left.Params) > 0 {
			t.Fatal(left, err)
		}
		if x := p.Tensor("x/b"); !slices.Equal([]int(x.Shape()), c.Result) || !slices.Equal(values(t, p, "x/b"), c.Values) {
			t.Errorf("%+v gives %v", c, x)
		}
	}
}

// read reads a file of some arrays.
func read(p *graph.Params, m graph.Mapping, arrays ...safetensors.Tensor) (graph.Left, error) {
	var b bytes.Buffer
	if err := safetensors.Write(&b, safetensors.File{Tensors: arrays}); err != nil {
		return graph.Left{}, err
	}
	return m.Read(p, bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// single returns an array of F32.
func single(name string, x ...float32) safetensors.Tensor {
	return safetensors.Tensor{Name: name, Dtype: "F32", Shape: []int{len(x)}, F32: x}
}

// two declares parameters of two scopes.
func two(s *scope) {
	s.In("enc").Param("w", graph.Constant(7), 2)
	s.In("dec").Param("w", graph.Constant(7), 2)
}

// A prefix and a scope choose a part of both sides; what is not loaded is listed
// and stays as it was.
func TestPartialLoads(t *testing.T) {
	file := []safetensors.Tensor{single("vae.encoder.w", 1, 2), single("vae.encoder.extra", 3), single("head.w", 5)}
	encoder := []graph.Rename{{From: "w", To: "w"}}
	for _, c := range []struct {
		name string
		by   graph.Mapping
		want string // the error
		left graph.Left
	}{
		{"a scope", graph.Mapping{Prefix: "vae.encoder.", Scope: "enc", Names: append([]graph.Rename{{From: "extra"}}, encoder...)}, "",
			graph.Left{File: []string{"head.w", "vae.encoder.extra"}, Params: []string{"dec/w"}}},
		{"partial", graph.Mapping{Prefix: "vae.encoder.", Scope: "enc", Names: encoder, Partial: true}, "",
			graph.Left{File: []string{"head.w", "vae.encoder.extra"}, Params: []string{"dec/w"}}},
		{"an array that the model lacks", graph.Mapping{Prefix: "vae.encoder.", Scope: "enc", Partial: true}, "",
			graph.Left{File: []string{"head.w", "vae.encoder.extra"}, Params: []string{"dec/w"}}},
		{"without a Rename", graph.Mapping{Prefix: "vae.encoder.", Scope: "enc", Names: encoder},
			`vae.encoder.extra of the file is in no Rename; one to "" leaves it out, Partial whatever is in none`, graph.Left{}},
		{"unknown", graph.Mapping{Prefix: "vae.encoder.", Scope: "enc"},
			"parameter enc/extra (vae.encoder.extra in the file) is in the file and unknown to the model: another one has saved it", graph.Left{}},
		{"missing", graph.Mapping{Names: []graph.Rename{{From: "vae.encoder.w", To: "enc/w"}, {From: "**"}}},
			"parameter dec/w is missing from the file: another model has saved it", graph.Left{}},
		{"nothing", graph.Mapping{Prefix: "vae.decoder.", Partial: true}, "none of the 3 arrays of the file, such as head.w, is a parameter", graph.Left{}},
		{"nothing that is declared", graph.Mapping{Partial: true}, "none of the 3 arrays of the file, such as head.w, is a parameter", graph.Left{}},
		{"two for one", graph.Mapping{Names: []graph.Rename{{From: "**.w", To: "enc/w"}}, Partial: true},
			`rename from "**.w" to "enc/w": want the same stars in the same order`, graph.Left{}},
		{"two in one place", graph.Mapping{Names: []graph.Rename{{From: "head.w", To: "enc/w"}, {From: "vae.encoder.w", To: "enc/w"}}, Partial: true},
			"parameter enc/w (vae.encoder.w in the file) is head.w too", graph.Left{}},
		{"nothing but the prefix", graph.Mapping{Prefix: "head.w"}, `head.w of the file is in no Rename; one to "" leaves it out, Partial whatever is in none`, graph.Left{}},
		{"shape", graph.Mapping{Names: []graph.Rename{{From: "vae.encoder.w", To: "enc/w", Shape: []int{2, 1}}}, Partial: true},
			"parameter enc/w (vae.encoder.w in the file) has shape [2 1] in the file, the model declares [2]", graph.Left{}},
		{"View", graph.Mapping{Names: []graph.Rename{{From: "vae.encoder.w", To: "enc/w", View: []int{-1, 3}}}, Partial: true},
			"parameter enc/w (vae.encoder.w in the file): View: [-1 3] of an array of shape [2]", graph.Left{}},
		{"Perm", graph.Mapping{Names: []graph.Rename{{From: "vae.encoder.w", To: "enc/w", Perm: []int{1, 0}}}, Partial: true},
			"parameter enc/w (vae.encoder.w in the file): Perm: permutation [1 0] of shape [2]", graph.Left{}},
		{"three stars", graph.Mapping{Names: []graph.Rename{{From: "***", To: "enc/w"}}}, `rename from "***": want a name, in which * or ** stand for parts`, graph.Left{}},
		{"no name", graph.Mapping{Names: []graph.Rename{{To: "enc/w"}}}, `rename from "": want a name, in which * or ** stand for parts`, graph.Left{}},
		{"a space", graph.Mapping{Names: []graph.Rename{{From: "w", To: "a b"}}}, `rename from "w" to "a b": want no spaces and no colons`, graph.Left{}},
	} {
		p := &graph.Params{}
		if err := declare(t, p, two); err != nil {
			t.Fatal(err)
		}
		left, err := read(p, c.by, file...)
		enc, dec := values(t, p, "enc/w"), values(t, p, "dec/w")
		if c.want == "" {
			if err != nil || fmt.Sprint(left) != fmt.Sprint(c.left) || !slices.Equal(enc, []float64{1, 2}) || !slices.Equal(dec, []float64{7, 7}) {
				t.Errorf("%s: left %v, enc %v, dec %v, error %v", c.name, left, enc, dec, err)
			}
			err := declare(t, p, func(s *scope) { two(s); s.Param("new", graph.Constant(0), 1) })
			if (err == nil) != c.by.Partial {
				t.Errorf("%s: then a new parameter: %v", c.name, err)
			}
			continue
		}
		if err == nil || err.Error() != "graph: read: "+c.want || errors.Is(err, graph.ErrWrongFile) == strings.HasPrefix(c.want, "rename") {
			t.Errorf("%s: error %v,\n want graph: read: %s", c.name, err, c.want)
		}
		if !slices.Equal(enc, []float64{7, 7}) || declare(t, p, func(s *scope) { s.Param("new", graph.Constant(0), 1) }) != nil {
			t.Errorf("%s: a failed read changed or sealed the parameters", c.name)
		}
	}
}

// Numbers of another dtype are converted where Cast says so, and nowhere else.
func TestCast(t *testing.T) {
	p16, err := os.ReadFile(filepath.Join("..", "internal", "safetensors", "testdata", "dtypes.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dtype := range []string{"F16", "BF16", "BOOL", "I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64"} {
		for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
			of := func(cast bool) (*graph.Params, error) {
				p := &graph.Params{Dtype: dt}
				// F16 and BF16 have infinities, which no parameter may be
				_, err := graph.Mapping{Names: []graph.Rename{{From: dtype, To: "x"}}, Partial: true, Cast: cast}.Read(p, bytes.NewReader(p16), int64(len(p16)))
				return p, err
			}
			if _, err := of(false); err == nil || !strings.HasSuffix(err.Error(), fmt.Sprintf("parameter x (%s in the file): dtype %s, want %v; Mapping.Cast converts", dtype, dtype, dt)) {
				if !strings.Contains(fmt.Sprint(err), "Inf") {
					t.Errorf("%s as %v: error %v", dtype, dt, err)
				}
			}
			p, err := of(true)
			if strings.HasSuffix(dtype, "F16") {
				if err == nil || !strings.Contains(err.Error(), "is +Inf") {
					t.Errorf("%s: error %v", dtype, err)
				}
				continue
			}
			if err != nil || p.Dtype != dt || len(p.Names()) != 1 {
				t.Fatalf("%s: %v %v %v", dtype, p.Dtype, p.Names(), err)
			}
		}
	}
	wide := safetensors.Tensor{Name: "w", Dtype: "F64", Shape: []int{2}, F64: []float64{.1, 1e39}}
	p := &graph.Params{Dtype: graph.Float32}
	if _, err := read(p, graph.Mapping{Cast: true}, wide); err == nil || err.Error() != "graph: read: parameter w: element 1 is 1e+39, beyond what float32 can hold" {
		t.Errorf("error %v", err)
	}
	wide.F64[1] = -2
	if _, err := read(p, graph.Mapping{Cast: true}, wide, single("v", 3)); err != nil || !slices.Equal(values(t, p, "w"), []float64{float64(float32(.1)), -2}) {
		t.Errorf("%v: %v", p.Tensor("w"), err)
	}
	if _, err := read(&graph.Params{}, graph.Mapping{}, wide, single("v", 3)); err == nil || err.Error() != "graph: read: parameter w: dtype F64, want float32; Mapping.Cast converts" {
		t.Errorf("error %v", err)
	}
}

// Whatever a file and a Mapping hold, reading ends in an error of one line that
// leaves Params as they were, or in parameters that a file can hold.
func FuzzMapping(f *testing.F) {
	good, err := os.ReadFile(filepath.Join("testdata", "weights", "torch-f16.safetensors"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, "body.", "*.weight", "*/w", int8(1), int8(0), int8(2), true, true)
	f.Add(good, "", "**.bias", "**", int8(0), int8(1), int8(-1), true, false)
	f.Add(good, "", "\xe8", "b", int8(0), int8(0), int8(0), true, true)
	f.Add(good[:40], "x", "***", "**.*", int8(-1), int8(-1), int8(0), false, false)
	f.Fuzz(func(t *testing.T, file []byte, prefix, from, to string, a, b, c int8, partial, cast bool) {
		m := graph.Mapping{Prefix: prefix, Partial: partial, Cast: cast, Names: []graph.Rename{
			{From: from, To: to, View: []int{int(b), int(c)}, Perm: []int{int(a), int(b)}, Shape: []int{int(c), int(a)}}, {From: to, To: from},
		}}
		p := &graph.Params{}
		left, err := m.Read(p, bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if len(p.Names()) > 0 || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%v, and error %v", p.Names(), err)
			}
			return
		}
		if len(left.Params) > 0 {
			t.Fatalf("left %v of nothing", left.Params)
		}
		if err := p.Write(&bytes.Buffer{}); err != nil && !strings.Contains(err.Error(), "UTF-8") {
			t.Fatal(err)
		}
	})
}
