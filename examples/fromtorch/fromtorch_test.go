package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"math"
	"testing"

	"github.com/latentgo/latent/vi/serve"
)

//go:embed testdata/outputs.json
var outputs []byte

// TestOutputs compares with what train.py computed, in float64, with the same
// parameters: the posterior of five digits, the pictures of five codes, and the
// mean of the bound on the digits over many draws.
func TestOutputs(t *testing.T) {
	var want struct {
		X     []float64
		Mean  []float64 `json:"z/mean"`
		Std   []float64 `json:"z/std"`
		Z     []float64
		Pixel []float64 `json:"x/mean"`
		Bound float64
	}
	if err := json.Unmarshal(outputs, &want); err != nil {
		t.Fatal(err)
	}
	m, err := load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	ctx := context.Background()
	same := func(name string, r *serve.Reply, want []float64) {
		t.Helper()
		got := r.Get(name)
		if len(got) != len(want) || len(want) == 0 {
			t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
		}
		for i, v := range want {
			if !(math.Abs(got[i]-v) <= 1e-6*(1+math.Abs(v))) {
				t.Errorf("%s: value %d is %v, want %v", name, i, got[i], v)
			}
		}
	}
	codes, err := m.Encode(ctx, serve.Request{Values: map[string][]float64{"x": want.X}})
	if err != nil {
		t.Fatal(err)
	}
	same("z/mean", codes, want.Mean)
	same("z/std", codes, want.Std)
	pictures, err := m.Decode(ctx, serve.Request{Values: map[string][]float64{"z": want.Z}})
	if err != nil {
		t.Fatal(err)
	}
	same("x/mean", pictures, want.Pixel)
	const times = 400
	var x []float64
	for range times {
		x = append(x, want.X...)
	}
	scores, err := m.ELBO(ctx, serve.Request{Values: map[string][]float64{"x": x}})
	if err != nil {
		t.Fatal(err)
	}
	bound := 0.
	for _, v := range scores.Get("elbo") {
		bound += v / (5 * times)
	}
	if !(math.Abs(bound-want.Bound) < .2) { // of one draw the bound has a spread of about 1.5 nats
		t.Errorf("the bound is %v, PyTorch's %v", bound, want.Bound)
	}
}
