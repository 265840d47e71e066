package mcmc_test

import (
	"context"
	"fmt"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// A line through five points: the posterior of its slope, its level and the noise.
func ExampleSample() {
	x, y := []float64{-2, -1, 0, 1, 2}, []float64{-3.1, -.8, .9, 3.2, 4.8}
	p, err := mcmc.Sample(context.Background(), nil, func(s *graph.Scope) (vi.Model, vi.Data) {
		std := func(v float64) *graph.Node { return s.Const(math.Log(v)) }
		joint := func(t *vi.Trace) {
			slope := t.Global("slope", prob.Normal{Mean: s.Const(0), LogStd: std(10)})
			level := t.Global("level", prob.Normal{Mean: s.Const(0), LogStd: std(10)})
			noise := t.Global("noise", prob.HalfNormal{LogScale: std(1)})
			t.Draw("y", prob.Normal{Mean: t.Given("x").Mul(slope).Add(level), LogStd: graph.Log(noise)})
		}
		return vi.Model{Joint: joint}, vi.Data{"x": s.Tensor(x, 5, 1), "y": s.Tensor(y, 5, 1)}
	}, mcmc.Config{Seed: 1, Draws: 2000})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range p.Summary() {
		fmt.Printf("%s %.1f\n", r.Name, r.Mean)
	}
	// Output:
	// slope 2.0
	// level 1.0
	// noise 0.4
}

// Effects of ten groups around a common one, whose spread is itself a latent: a
// funnel. Written as such draws diverge; written by standard latents they do not.
func ExamplePosterior() {
	y := []float64{.3, -.4, .9, .1, -.2, .5, -1.1, .7, 0, .2}
	sample := func(centred bool) (*mcmc.Posterior, error) {
		return mcmc.Sample(context.Background(), nil, func(s *graph.Scope) (vi.Model, vi.Data) {
			joint := func(t *vi.Trace) {
				spread := t.Global("spread", prob.HalfNormal{LogScale: s.Const(0)})
				var effect *graph.Node
				if centred {
					effect = t.Draw("effect", prob.Normal{Mean: s.Const(0), LogStd: graph.Log(spread)})
				} else {
					effect = t.Draw("standard", prob.StdNormal(1)).Mul(spread)
				}
				t.Draw("y", prob.Normal{Mean: effect, LogStd: s.Const(0)})
			}
			return vi.Model{Joint: joint}, vi.Data{"y": s.Tensor(y, len(y), 1)}
		}, mcmc.Config{Seed: 1, Accept: .9})
	}
	for _, centred := range []bool{true, false} {
		p, err := sample(centred)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("centred %v: draws diverged: %v, enough effective draws: %v\n",
			centred, len(p.Divergences()) > 0, p.Summary("spread")[0].BulkESS > 400)
	}
	// Output:
	// centred true: draws diverged: true, enough effective draws: false
	// centred false: draws diverged: false, enough effective draws: true
}

// Monte Carlo EM of x = μ + z + ε with z and ε standard normal: the E step draws z
// of each datum from its posterior, the M step is a step of an optimiser on log p(x,
// z). The maximum is the mean of the data.
func ExampleEStep() {
	x := []float64{1.2, 3.1, 2.2, 1.7, 2.8, 2.4}
	ctx := context.Background()
	params := &graph.Params{Dtype: graph.Float64}
	model := func(s *graph.Scope, _ vi.Data) vi.Model {
		mu := s.Param("mu", graph.Constant(0), 1)
		return vi.Model{Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(1))
			t.Draw("x", prob.Normal{Mean: z.Add(mu), LogStd: s.Const(0)})
		}}
	}
	fail := func(err error) bool {
		if err != nil {
			fmt.Println(err)
		}
		return err != nil
	}
	e, err := mcmc.NewEStep(params, model, mcmc.EStepConfig{Rows: map[string][]int{"x": {1}}, Batch: len(x)})
	if fail(err) {
		return
	}
	updater := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.Adam{Rate: .02}})
	m, err := graph.BuildTraining(params, func(s *graph.Scope) {
		d := vi.Data{"x": s.Input("x", len(x), 1), "z": s.Input("z", len(x), 1)}
		updater.Declare(s, vi.ELBO{}.Estimate(s, model(s, d), d)) // all sites are given
	})
	if fail(err) {
		return
	}
	chains, mean := make([]float64, len(x)*e.Size()), 0.
	for step := range 2000 {
		_, err := e.Draw(ctx, map[string][]float64{"x": x}, chains)
		if fail(err) {
			return
		}
		z, err := e.Values(ctx, chains)
		if fail(err) || fail(graph.Feed(m, "x", x)) || fail(graph.Feed(m, "z", z["z"])) {
			return
		}
		if fail(m.Run(ctx, graph.Key{})) || fail(updater.Step(m)) {
			return
		}
		if step >= 500 {
			mu, err := graph.Values[float64](params, "mu")
			if fail(err) {
				return
			}
			mean += mu[0] / 1500
		}
	}
	fmt.Printf("%.1f\n", mean)
	// Output: 2.2
}

// Bounds on log p(x) of data that a model simulated with their latents, which are then
// draws of the posterior: z is standard normal, x normal around it, so that p(x) is
// N(0, 2).
func ExampleSandwich() {
	model := func(s *graph.Scope, _ vi.Data) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(1))
			t.Draw("x", prob.Normal{Mean: z, LogStd: s.Tensor([]float64{0}, 1)})
		}}
	}
	bounds, err := mcmc.Sandwich(context.Background(), &graph.Params{Dtype: graph.Float64}, model, map[string][]float64{"x": {1.5}}, mcmc.SandwichConfig{
		Rows: map[string][]int{"x": {1}}, Accept: .9, Latents: map[string][]float64{"z": {.6}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	exact := -.5*1.5*1.5/2 - .5*math.Log(4*math.Pi)
	fmt.Printf("lower %.1f, exact %.1f, upper %.1f\n", bounds[0].Lower, exact, bounds[0].Upper)
	// Output: lower -1.8, exact -1.8, upper -1.8
}
