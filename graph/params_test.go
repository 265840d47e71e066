package graph_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/latentgo/latent/graph"
)

// declare builds a model that is nothing but its declarations.
func declare(t testing.TB, p *graph.Params, f func(s *scope)) error {
	t.Helper()
	_, err := graph.Build(p, func(s *scope) {
		f(s)
		s.Output("nothing", s.Const(0))
	})
	return err
}

func values(t testing.TB, p *graph.Params, name string) []float64 {
	t.Helper()
	w := p.Tensor(name)
	if w == nil {
		t.Fatalf("no parameter %s", name)
	}
	if graph.Size(w.Shape()) == 0 { // whose Data panics
		return nil
	}
	switch v := w.Data().(type) {
	case float32:
		return []float64{float64(v)}
	case float64:
		return []float64{v}
	case []float64:
		return v
	case []float32:
		x := make([]float64, len(v))
		for i := range v {
			x[i] = float64(v[i])
		}
		return x
	}
	t.Fatalf("%s holds %T", name, w.Data())
	return nil
}

func TestParams(t *testing.T) {
	p := &graph.Params{Seed: 5}
	model := func(s *scope) {
		s.In("enc").Param("w", graph.Glorot{}, 3, 4)
		s.In("enc").State("mean", graph.Constant(0.25), 4)
		s.Param("scale", graph.Constant(2))
	}
	for range 2 { // a second build finds them
		if err := declare(t, p, model); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"enc/mean", "enc/w", "scale"}; !slices.Equal(p.Names(), want) {
		t.Errorf("names %v, want %v", p.Names(), want)
	}
	if w := p.Tensor("enc/w"); w.Dtype() != tensor.Float32 || !w.Shape().Eq([]int{3, 4}) {
		t.Errorf("enc/w: %v %v", w.Dtype(), w.Shape())
	}
	if v := values(t, p, "enc/mean"); !slices.Equal(v, []float64{.25, .25, .25, .25}) {
		t.Errorf("enc/mean = %v", v)
	}
	if v, err := graph.Values[float32](p, "scale"); err != nil || v[0] != 2 {
		t.Errorf("scale = %v, error %v", v, err)
	}
	if _, err := graph.Values[float64](p, "scale"); err == nil || err.Error() != "graph: parameter scale: elements are []float32, not []float64" {
		t.Errorf("error %v", err)
	}
	if _, err := graph.Values[float32](p, "w"); err == nil || err.Error() != "graph: no parameter w" {
		t.Errorf("error %v", err)
	}
	if p.Tensor("w") != nil {
		t.Error("found a tensor of an unknown name")
	}
	err := declare(t, p, func(s *scope) { s.In("enc").Param("w", graph.Glorot{}, 4, 3) })
	if err == nil || err.Error() != "graph: parameter enc/w has shape [3 4], the model declares [4 3]" {
		t.Errorf("error %v", err)
	}
	grown := func(s *scope) { model(s); s.Param("new", graph.Constant(0), 1) }
	p.Seal()
	err = declare(t, p, grown)
	if err == nil || err.Error() != "graph: parameter new is unknown to the trained or loaded parameters, which are of another model; new Params start anew, Params.Unseal lets these grow" {
		t.Errorf("error %v", err)
	}
	p.Unseal()
	if err := declare(t, p, grown); err != nil {
		t.Error(err)
	}
}

func TestTrainable(t *testing.T) {
	err := declare(t, &graph.Params{}, func(s *scope) {
		one := []int{1}
		s.Param("a", graph.Constant(0), one...)
		m1 := s.In("m1").Frozen()
		m1.Param("w", graph.Constant(0), one...)
		m1.In("deeper").Param("w", graph.Constant(0), one...)
		s.In("m1").Param("live", graph.Constant(0), one...)
		m12 := s.In("m12")
		m12.State("s", graph.Constant(0), one...)
		m12.Input("x", 1)
		m12.Noise("e", graph.GaussianNoise, 1)
		m12.Param("w", graph.Constant(0), one...)
		for path, want := range map[string]string{"": "[a m1/live m12/w]", "m1": "[m1/live]", "m12": "[m12/w]", "m": "[]"} {
			at := s
			if path != "" {
				at = s.In(path)
			}
			names := []string{}
			for _, n := range at.Trainable() {
				names = append(names, n.Name())
			}
			if fmt.Sprint(names) != want {
				t.Errorf("trainable in %q: %v, want %s", path, names, want)
			}
			if at.Path() != path {
				t.Errorf("path %q, want %q", at.Path(), path)
			}
		}
		if s.Training() || s.Dtype() != graph.Float32 {
			t.Errorf("training %v, dtype %v", s.Training(), s.Dtype())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestParamsRefuseChanges goes through what may be said only before the first
// parameter, and through what would silently ignore a change.
func TestParamsRefuseChanges(t *testing.T) {
	dir := t.TempDir()
	model := func(s *scope) { s.Output("w", s.Param("w", graph.Glorot{}, 2, 2)) }
	good := &graph.Params{Dtype: graph.Float32}
	if _, err := graph.Build(good, model); err != nil {
		t.Fatal(err)
	}
	if err := good.Save(filepath.Join(dir, "good")); err != nil {
		t.Fatal(err)
	}
	made := map[string]func(t *testing.T) *graph.Params{
		"built": func(t *testing.T) *graph.Params {
			p := &graph.Params{Seed: 1}
			if _, err := graph.Build(p, model); err != nil {
				t.Fatal(err)
			}
			return p
		},
		"loaded": func(t *testing.T) *graph.Params {
			p := &graph.Params{Seed: 1}
			if err := p.Load(filepath.Join(dir, "good")); err != nil {
				t.Fatal(err)
			}
			return p
		},
	}
	changes := map[string]func(p *graph.Params){
		"Seed":     func(p *graph.Params) { p.Seed = 2 },
		"Dtype":    func(p *graph.Params) { p.Dtype = graph.Float64 },
		"no Dtype": func(p *graph.Params) { p.Seed, p.Dtype = 2, graph.Dtype(0) },
	}
	for from, f := range made {
		for what, change := range changes {
			p := f(t)
			prog, err := graph.Build(p, model)
			if err != nil {
				t.Fatal(err)
			}
			change(p)
			_, built := graph.Build(p, model)
			for then, err := range map[string]error{
				"Build": built, "Run": prog.Run(context.Background(), graph.Key{}),
				"Save": p.Save(filepath.Join(dir, "bad")), "Load": p.Load(filepath.Join(dir, "good")),
			} {
				if err == nil || !strings.Contains(err.Error(), "params of seed 1 and float32 were changed to seed") {
					t.Errorf("%s, then another %s, then %s: error %v", from, what, then, err)
				}
			}
		}
	}
	if err := (&graph.Params{Dtype: graph.Float64}).Load(filepath.Join(dir, "good")); err == nil || !strings.Contains(err.Error(), "parameter w: dtype F32, want float64") {
		t.Errorf("another dtype than the file's: %v", err)
	}
	early := &graph.Params{} // nothing has been made yet
	declare(t, early, func(s *scope) { graph.Fail("no") })
	early.Seed, early.Dtype = 3, graph.Float64
	if _, err := graph.Build(early, model); err != nil {
		t.Error(err)
	}
}
