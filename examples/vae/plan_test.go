package main

import (
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/golden"
	"github.com/latentgo/latent/vi"
)

// A training step of the model that the flags have by default: the bound, and
// its gradient by every parameter.
func TestPlan(t *testing.T) {
	o, err := parse(nil, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	golden.Plan(t, "testdata/plan.txt", func(s *graph.Scope) []*graph.Node {
		m := NewVAE(s, likelihoods[o.likelihood], 784, o.latents, o.widths()...)
		e := o.bound().Estimate(s, m, vi.Data{"x": s.Input("x", o.batch, 784)})
		return append(e.Grad(s.Trainable()...), e.Value)
	})
}
