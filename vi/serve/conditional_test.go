package serve_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
)

// given is a model without a guide whose draws depend on what is given: z ~ N(0,
// I), x ~ N(dec(z, c), 1).
func given(s *graph.Scope) vi.Model {
	dec := layers.NewDense(s.In("dec"), 3, 2)
	return vi.Model{Joint: func(t *vi.Trace) {
		z := t.Draw("z", prob.StdNormal(2))
		t.Draw("x", normal(dec.Apply(graph.Concat(-1, z, broadcast(t.Given("c"), z))), 1))
	}}
}

// TestConditional samples given what is no site, refuses what wants a guide, and
// writes a bundle without a canary, as a model that draws nothing by itself has none.
func TestConditional(t *testing.T) {
	ctx := context.Background()
	spec := serve.Spec{Model: given}
	arrays := []serve.Array{{Name: "x", Shape: []int{2}}, {Name: "c", Shape: []int{1}}}
	known := serve.Registry{"given": func(json.RawMessage) (serve.Spec, error) { return spec, nil }}
	dir := t.TempDir()
	if err := serve.Write(dir, serve.Info{Architecture: "given", Arrays: arrays}, &graph.Params{Seed: 1}, known); err != nil {
		t.Fatal(err)
	}
	m, err := serve.Load(os.DirFS(dir), known, serve.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	c := map[string][]float64{"c": {1, -1, 2}}
	r, err := m.Sample(ctx, serve.Request{Values: c, Seed: 3})
	if err != nil || len(r.Get("x")) != 6 || len(r.Get("z")) != 6 {
		t.Fatalf("samples %+v, %v", r, err)
	}
	mean, err := m.Decode(ctx, serve.Request{Values: map[string][]float64{"c": c["c"], "z": r.Get("z")}})
	if err != nil || len(mean.Get("x/mean")) != 6 || mean.Get("x/std")[0] != 1 {
		t.Errorf("decoded %+v, %v", mean, err)
	}
	if _, err = m.Sample(ctx, serve.Request{Rows: 3}); !errors.Is(err, serve.ErrRequest) || !strings.Contains(err.Error(), "c is given by neither data [] nor an earlier site") {
		t.Errorf("without what it depends on: %v", err)
	}
	if _, err = m.Encode(ctx, serve.Request{Values: map[string][]float64{"c": {1}, "x": {1, 2}}}); !errors.Is(err, serve.ErrOperation) || !strings.Contains(err.Error(), "encode: the model has no guide") {
		t.Errorf("without a guide: %v", err)
	}
	score, err := m.LogLikelihood(ctx, serve.Request{Values: map[string][]float64{"c": {1}, "x": {.1, .2}}, Draws: 2000})
	if err != nil || score.Get("khat")[0] > .7 {
		t.Errorf("log likelihood by draws from the prior: %+v, %v", score, err)
	}
}
