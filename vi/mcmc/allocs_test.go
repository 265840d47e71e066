package mcmc

import (
	"context"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// In the steady state a leapfrog step of all chains, and whatever draws end and
// begin in it, allocates nothing.
func TestAllocations(t *testing.T) {
	build := func(s *graph.Scope) (vi.Model, vi.Data) {
		return vi.Model{Joint: func(t *vi.Trace) {
			m := t.Global("m", prob.StdNormal(3))
			t.Draw("x", prob.Normal{Mean: m, LogStd: graph.Const(0)})
		}}, vi.Data{"x": s.Tensor([]float64{1, 2, 3, 4, 5, 6}, 2, 3)}
	}
	for _, k := range []Kernel{NUTS{}, HMC{Jitter: .1}} {
		for _, m := range []Mass{Diagonal, Dense} {
			c, err := Config{Kernel: k, Mass: m, Chains: 3, Warmup: 200, Draws: 5000}.plan()
			if err != nil {
				t.Fatal(err)
			}
			params := &graph.Params{Dtype: graph.Float64}
			ctx := context.Background()
			target, err := newTarget(params, 0, func(s *graph.Scope, _ vi.Data) (vi.Model, vi.Data) { return build(s) }, nil)
			if err != nil {
				t.Fatal(err)
			}
			s, err := newSampler(ctx, target, c, nil)
			if err != nil {
				t.Fatal(err)
			}
			step := func() {
				if on, err := s.advance(ctx); !on || err != nil {
					t.Fatal("the chains have ended", err)
				}
			}
			for len(s.chains[0].trace) < 3 || len(s.chains[1].trace) < 3 || len(s.chains[2].trace) < 3 {
				step()
			}
			if n := testing.AllocsPerRun(500, step); n != 0 {
				t.Errorf("%T, %v: %v allocations a step", k, m, n)
			}
			s.stop()
		}
	}
}

// A transition of all chains between a prior and a posterior allocates nothing.
func TestAnnealingAllocatesNothing(t *testing.T) {
	ctx, rows := context.Background(), map[string][]int{"x": {3}}
	model := func(_ *graph.Scope, _ vi.Data) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(3)), LogStd: graph.Const(0)})
		}}
	}
	target, err := rowTarget(&graph.Params{Dtype: graph.Float64}, model, rows)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAnnealer(target, SandwichConfig{Chains: 4, Steps: 9, Leapfrogs: 2, StepSize: .1, Accept: .65}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.take(map[string][]float64{"x": {1, 2, 3, 4, 5, 6}}, 0, 2); err != nil {
		t.Fatal(err)
	}
	if err := a.begin(ctx, 0); err != nil {
		t.Fatal(err)
	}
	i := 0
	if n := testing.AllocsPerRun(100, func() {
		i++
		if err := a.at(ctx, .5); err != nil {
			t.Fatal(err)
		}
		if err := a.move(ctx, 1, i); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a transition", n)
	}
}
