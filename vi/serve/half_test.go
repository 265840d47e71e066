package serve_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// wide is a model whose weights of 400 inputs are far from small, so that answers of
// weights with 16 bits are off by more than another processor may round.
func wide(json.RawMessage) (serve.Spec, error) {
	return serve.Spec{Model: func(s *graph.Scope) vi.Model {
		enc, dec := s.Param("enc", graph.Gaussian{Std: 1}, 400, 8), s.Param("dec", graph.Gaussian{Std: 1}, 8, 400)
		return vi.Model{
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Normal{Mean: graph.MatMul(t.Draw("z", prob.StdNormal(8)), dec), LogStd: s.Const(-3)})
			},
			Guide: func(t *vi.Trace) {
				t.Draw("z", prob.Normal{Mean: graph.MatMul(t.Given("x"), enc), LogStd: s.Const(0)})
			},
		}
	}}, nil
}

// A bundle is checked as it was written: weights that are to have 16 bits are rounded
// after that, however far that moves the answers.
func TestHalfOfABundle(t *testing.T) {
	known := serve.Registry{"wide": wide}
	dir := t.TempDir()
	if err := serve.Write(dir, serve.Info{Architecture: "wide", Arrays: []serve.Array{{Name: "x", Shape: []int{400}}}}, &graph.Params{Seed: 1}, known); err != nil {
		t.Fatal(err)
	}
	m, err := serve.Load(os.DirFS(dir), known, serve.Config{Half: true, Runs: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := m.Reload(os.DirFS(dir), known); err != nil {
		t.Error(err)
	}
	b, err := serve.Open(os.DirFS(dir), known)
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Encode(context.Background(), serve.Request{Values: map[string][]float64{"x": b.Canary.Values["x"]}, Seed: b.Canary.Seed})
	if err != nil {
		t.Fatal(err)
	}
	most := 0.
	for i, v := range b.Canary.Outputs["encode"]["z/mean"] {
		most = max(most, math.Abs(r.Get("z/mean")[i]-v)/(1+math.Abs(v)))
	}
	if !(most > 1e-3 && most < 1) {
		t.Errorf("16 bits change an answer by %v", most)
	}
	b.Canary.Outputs["encode"]["z/mean"][0]++
	if err := m.Swap(b); !errors.Is(err, serve.ErrBundle) || !strings.Contains(err.Error(), "canary: encode gives z/mean") {
		t.Errorf("a canary that answers otherwise: %v", err)
	}
}
