package mcmc_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// TestEveryOptionHasAnEffect: a new field of a struct that says what to do has no
// entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	build := func(s *graph.Scope) (vi.Model, vi.Data) {
		w := func(t *vi.Trace) *graph.Node { return t.Global("w", prob.StdNormal(2)) }
		return vi.Model{
			Joint: func(t *vi.Trace) { t.Draw("y", prob.Normal{Mean: w(t), LogStd: graph.Const(0)}) },
			Guide: func(t *vi.Trace) { w(t) },
		}, vi.Data{"y": s.Tensor([]float64{1, 2, 3, 4}, 2, 2)}
	}
	sample := func(change func(c *mcmc.Config)) string {
		c := mcmc.Config{Chains: 2, Warmup: 60, Draws: 20}
		change(&c)
		p, err := mcmc.Sample(context.Background(), nil, build, c)
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(p.Names(), p.Values("w"))
	}
	plain := sample(func(*mcmc.Config) {})
	kernel := func(k mcmc.Kernel) string { return sample(func(c *mcmc.Config) { c.Kernel = k }) }
	start := func(s mcmc.Start) string { return sample(func(c *mcmc.Config) { c.Warmup, c.Start = 3, s }) }

	x, rows := factorData(4), map[string][]int{"x": {3}}
	params := func() *graph.Params { return &graph.Params{Dtype: graph.Float64} }
	estep := func(change func(c *mcmc.EStepConfig)) string {
		c := mcmc.EStepConfig{Rows: rows, Batch: 4}
		change(&c)
		e, err := mcmc.NewEStep(params(), factor, c)
		if err != nil {
			return "error " + err.Error()
		}
		at, out := make([]float64, 4*e.Size()), ""
		for range 2 {
			accepted, err := e.Draw(context.Background(), map[string][]float64{"x": x}, at)
			if err != nil {
				return "error " + err.Error()
			}
			out += fmt.Sprint(accepted, at)
		}
		return out
	}
	step := estep(func(*mcmc.EStepConfig) {})
	evidence := func(change func(c *mcmc.EvidenceConfig)) string {
		c := mcmc.EvidenceConfig{Rows: rows, Warmup: 40, Draws: 30}
		change(&c)
		e, err := mcmc.Evidence(context.Background(), params(), factor, map[string][]float64{"x": x}, c)
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(e)
	}
	log := evidence(func(*mcmc.EvidenceConfig) {})

	bound := func(change func(c *mcmc.SandwichConfig)) string {
		c := mcmc.SandwichConfig{Rows: rows, Chains: 2, Steps: 5}
		change(&c)
		b, err := mcmc.Sandwich(context.Background(), params(), guided, map[string][]float64{"x": x}, c)
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(b)
	}
	bounds := bound(func(*mcmc.SandwichConfig) {})

	exported.Effects(t, map[string][][]string{
		"Config.Kernel": {{plain, kernel(mcmc.HMC{})}},
		"Config.Chains": {{plain, sample(func(c *mcmc.Config) { c.Chains = 3 })}},
		"Config.Warmup": {{plain, sample(func(c *mcmc.Config) { c.Warmup = 80 })}},
		"Config.Draws":  {{plain, sample(func(c *mcmc.Config) { c.Draws = 21 })}},
		"Config.Seed":   {{plain, sample(func(c *mcmc.Config) { c.Seed = 1 })}},
		"Config.Accept": {{plain, sample(func(c *mcmc.Config) { c.Accept = .9 })}, {plain, sample(func(c *mcmc.Config) { c.Accept = 1 }), "Accept 1"}},
		"Config.Mass":   {{plain, sample(func(c *mcmc.Config) { c.Mass = mcmc.Dense })}, {plain, sample(func(c *mcmc.Config) { c.Mass = mcmc.Unit })}},
		"Config.StepSize": {
			{plain, sample(func(c *mcmc.Config) { c.StepSize = .01 })},
			{sample(func(c *mcmc.Config) { c.Fixed, c.StepSize = true, .1 }), sample(func(c *mcmc.Config) { c.Fixed, c.StepSize = true, .2 })},
		},
		"Config.Fixed": {{plain, sample(func(c *mcmc.Config) { c.Fixed, c.StepSize = true, .1 })}, {plain, sample(func(c *mcmc.Config) { c.Fixed = true }), "StepSize"}},
		"Config.Start": {{start(mcmc.Start{}), start(mcmc.Start{Guide: true})}},
		"Config.Rows":  {{plain, sample(func(c *mcmc.Config) { c.Rows = 3 }), "3"}},
		"Config.Derived": {{plain, sample(func(c *mcmc.Config) {
			c.Derived = func(r *vi.Record) map[string]*graph.Node {
				return map[string]*graph.Node{"twice": r.Site("w").Value.Scale(2)}
			}
		})}},

		"Start.Radius": {{start(mcmc.Start{}), start(mcmc.Start{Radius: 1})}},
		"Start.Values": {{start(mcmc.Start{}), start(mcmc.Start{Values: map[string][]float64{"w": {3, 3}}})}},
		"Start.Guide":  {{start(mcmc.Start{}), start(mcmc.Start{Guide: true})}},

		"NUTS.MaxDepth": {{plain, kernel(mcmc.NUTS{MaxDepth: 1})}},
		"HMC.Steps":     {{kernel(mcmc.HMC{}), kernel(mcmc.HMC{Steps: 3})}},
		"HMC.Jitter":    {{kernel(mcmc.HMC{}), kernel(mcmc.HMC{Jitter: .3})}},

		"EStepConfig.Rows":        {{step, estep(func(c *mcmc.EStepConfig) { c.Rows = nil }), "mcmc: no Rows"}},
		"EStepConfig.Batch":       {{step, estep(func(c *mcmc.EStepConfig) { c.Batch = 3 }), "4 reals of 3 chains"}},
		"EStepConfig.Kernel":      {{step, estep(func(c *mcmc.EStepConfig) { c.Kernel = mcmc.NUTS{} })}},
		"EStepConfig.Transitions": {{step, estep(func(c *mcmc.EStepConfig) { c.Transitions = 2 })}},
		"EStepConfig.Accept":      {{step, estep(func(c *mcmc.EStepConfig) { c.Accept = .5 })}},
		"EStepConfig.StepSize":    {{step, estep(func(c *mcmc.EStepConfig) { c.StepSize = .2 })}},
		"EStepConfig.Seed":        {{step, estep(func(c *mcmc.EStepConfig) { c.Seed = 1 })}},

		"EvidenceConfig.Rows":   {{log, evidence(func(c *mcmc.EvidenceConfig) { c.Rows = nil }), "mcmc: no Rows"}},
		"EvidenceConfig.Kernel": {{log, evidence(func(c *mcmc.EvidenceConfig) { c.Kernel = mcmc.HMC{} })}},
		"EvidenceConfig.Warmup": {{log, evidence(func(c *mcmc.EvidenceConfig) { c.Warmup = 50 })}},
		"EvidenceConfig.Draws":  {{log, evidence(func(c *mcmc.EvidenceConfig) { c.Draws = 31 })}},
		"EvidenceConfig.Batch":  {{log, evidence(func(c *mcmc.EvidenceConfig) { c.Batch = -1 }), "Batch -1"}},
		"EvidenceConfig.Seed":   {{log, evidence(func(c *mcmc.EvidenceConfig) { c.Seed = 1 })}},

		"SandwichConfig.Rows":      {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Rows = nil }), "mcmc: no Rows"}},
		"SandwichConfig.Guide":     {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Guide = true })}},
		"SandwichConfig.Chains":    {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Chains = 3 })}},
		"SandwichConfig.Steps":     {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Steps = 6 })}},
		"SandwichConfig.Leapfrogs": {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Leapfrogs = 3 })}},
		"SandwichConfig.StepSize":  {{bounds, bound(func(c *mcmc.SandwichConfig) { c.StepSize = .2 })}},
		"SandwichConfig.Accept":    {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Accept = .9 })}},
		"SandwichConfig.Batch":     {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Batch = -1 }), "Batch -1"}},
		"SandwichConfig.Seed":      {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Seed = 1 })}},
		"SandwichConfig.Latents":   {{bounds, bound(func(c *mcmc.SandwichConfig) { c.Latents = map[string][]float64{"z": {0, 1, 0, 1}} })}},
	}, "Bounds", "Posterior", "Transition", "Divergence", "Row", "RowEvidence") // of which are results
}
