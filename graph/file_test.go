package graph_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/safetensors"
)

func fileModel(s *scope) {
	s.In("enc").Param("w", graph.Glorot{}, 2, 3)
	s.Param("scale", graph.Gaussian{Std: 1})
	s.State("mean", graph.Gaussian{Std: 1}, 0, 4)
	s.State("var", graph.Gaussian{Std: 1}, 5)
}

func TestSaveAndLoad(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		path := filepath.Join(t.TempDir(), "model.safetensors")
		saved := &graph.Params{Seed: 1, Dtype: dt}
		if err := declare(t, saved, fileModel); err != nil {
			t.Fatal(err)
		}
		if err := saved.Save(path); err != nil {
			t.Fatal(err)
		}
		f, err := safetensors.ReadFile(path)
		if err != nil || f.Metadata["format"] != "latent" || f.Metadata["version"] != "1" {
			t.Errorf("metadata %v, error %v", f.Metadata, err)
		}
		empty := &graph.Params{}
		if err := empty.Load(path); err != nil {
			t.Fatal(err)
		}
		declared := &graph.Params{Seed: 2, Dtype: dt}
		p, err := graph.Build(declared, func(s *scope) {
			fileModel(s)
			s.Output("scale", s.Trainable()[1].Scale(1))
		})
		if err != nil {
			t.Fatal(err)
		}
		run(t, p, graph.Key{})
		before := output(t, p, "scale")
		if err := declared.Load(path); err != nil {
			t.Fatal(err)
		}
		run(t, p, graph.Key{}) // built before, it has the values loaded
		if v := output(t, p, "scale"); !slices.Equal(v, values(t, saved, "scale")) || slices.Equal(v, before) {
			t.Errorf("the program computes %v after loading, %v before", v, before)
		}
		for _, q := range []*graph.Params{empty, declared} {
			if q.Dtype != dt || !slices.Equal(q.Names(), saved.Names()) {
				t.Errorf("loaded %v %v", q.Dtype, q.Names())
			}
			for _, name := range saved.Names() {
				if !slices.Equal(values(t, q, name), values(t, saved, name)) || !q.Tensor(name).Shape().Eq(saved.Tensor(name).Shape()) {
					t.Errorf("%s is %v, want %v", name, q.Tensor(name), saved.Tensor(name))
				}
			}
			if err := declare(t, q, fileModel); err != nil {
				t.Error(err)
			}
			err := declare(t, q, func(s *scope) { fileModel(s); s.Param("new", graph.Constant(0), 1) })
			if err == nil || err.Error() != "graph: parameter new is unknown to the trained or loaded parameters, which are of another model; new Params start anew, Params.Unseal lets these grow" {
				t.Errorf("error %v", err)
			}
		}
	}
}

func TestLoadErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	good := func() []safetensors.Tensor {
		return []safetensors.Tensor{
			{Name: "b", Dtype: safetensors.F32, Shape: []int{2}, F32: []float32{1, 2}},
			{Name: "c", Dtype: safetensors.F32, Shape: []int{1, 2}, F32: []float32{3, 4}},
		}
	}
	meta := map[string]string{"format": "latent", "version": "1"}
	f64 := safetensors.Tensor{Name: "c", Dtype: safetensors.F64, Shape: []int{1, 2}, F64: []float64{3, 4}}
	for _, c := range []struct {
		name  string
		edit  func(f *safetensors.File)
		empty string // the error of loading into empty Params, "" for none
		want  string // into declared ones
	}{
		{"good", func(f *safetensors.File) {}, "", ""},
		{"from elsewhere", func(f *safetensors.File) { f.Metadata = map[string]string{"format": "pt"} }, "", ""},
		{"missing", func(f *safetensors.File) { f.Tensors = f.Tensors[1:] }, "", "parameter b is missing from the file: another model has saved it"},
		{"unknown", func(f *safetensors.File) {
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "a", Dtype: safetensors.F32, F32: []float32{1}})
		}, "", "parameter a is in the file and unknown to the model: another one has saved it"},
		{"shape", func(f *safetensors.File) { f.Tensors[1].Shape = []int{2, 1} }, "", "parameter c has shape [2 1] in the file, the model declares [1 2]"},
		{"dtype", func(f *safetensors.File) { f.Tensors[1] = f64 }, "parameter c: dtype F64, want float32; Mapping.Cast converts", "parameter c: dtype F64, want float32; Mapping.Cast converts"},
		{"the first of several", func(f *safetensors.File) { f.Tensors[0].Name, f.Tensors[1] = "z", f64 }, "parameter z: dtype F32, want float64; Mapping.Cast converts", "parameter b is missing from the file: another model has saved it"},
		{"NaN", func(f *safetensors.File) { f.Tensors[1].F32[1] = float32(math.NaN()) }, "parameter c: element 1 is NaN", "parameter c: element 1 is NaN"},
		{"infinity", func(f *safetensors.File) { f.Tensors[0].F32[0] = float32(math.Inf(-1)) }, "parameter b: element 0 is -Inf", "parameter b: element 0 is -Inf"},
		{"version", func(f *safetensors.File) { f.Metadata = map[string]string{"format": "latent", "version": "2"} },
			`format latent version "2", want version 1`, `format latent version "2", want version 1`},
	} {
		f := safetensors.File{Tensors: good(), Metadata: meta}
		c.edit(&f)
		if err := safetensors.WriteFile(path, f); err != nil {
			t.Fatal(err)
		}
		declared := &graph.Params{}
		if err := declare(t, declared, func(s *scope) {
			s.Param("b", graph.Constant(7), 2)
			s.Param("c", graph.Constant(7), 1, 2)
		}); err != nil {
			t.Fatal(err)
		}
		empty := &graph.Params{}
		for p, want := range map[*graph.Params]string{declared: c.want, empty: c.empty} {
			err := p.Load(path)
			if want == "" {
				if err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
				continue
			}
			if full := "graph: load " + path + ": " + want; err == nil || err.Error() != full {
				t.Errorf("%s: error %v,\n want %s", c.name, err, full)
			}
			if !errors.Is(err, graph.ErrWrongFile) {
				t.Errorf("%s: %v is not ErrWrongFile", c.name, err)
			}
			if p == declared && values(t, p, "b")[0] != 7 || p == empty && len(p.Names()) != 0 {
				t.Errorf("%s: a failed Load changed the parameters", c.name)
			}
			if err := declare(t, p, func(s *scope) { s.Param("more", graph.Constant(1), 1) }); err != nil {
				t.Errorf("%s: a failed Load sealed: %v", c.name, err)
			}
		}
	}
}

func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	if err := (&graph.Params{}).Load(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "graph: load: ") {
		t.Errorf("error %v", err)
	}
	p := &graph.Params{}
	if err := p.Save(filepath.Join(dir, "no", "folder")); err == nil || !strings.HasPrefix(err.Error(), "graph: save: ") {
		t.Errorf("error %v", err)
	}
	if err := declare(t, p, func(s *scope) { s.Param("w", graph.Constant(math.Inf(1)), 2) }); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "model")
	if err := p.Save(path); err == nil || err.Error() != "graph: save "+path+": parameter w: element 0 is +Inf" {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("a failed Save left a file")
	}
}
