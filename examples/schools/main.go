// Command schools fits the model of eight schools (Rubin, 1981) by a guide made
// for its joint, and prints the effect of coaching in each school.
//
//	go run ./examples/schools
package main

import (
	"context"
	"fmt"
	"log"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

// schools is y ~ N(θ, σ²) with θ = μ + τ·η, η ~ N(0, 1), σ given.
func schools(t *vi.Trace) {
	mu := t.Global("mu", prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(math.Log(5))})
	tau := t.Global("tau", prob.HalfCauchy{LogScale: graph.Const(math.Log(5))})
	theta := mu.Add(tau.Mul(t.Draw("eta", prob.StdNormal(1))))
	t.Draw("y", prob.Normal{Mean: theta, LogStd: graph.Log(t.Given("sigma"))})
}

func model(s *graph.Scope) vi.Model {
	return vi.Model{Joint: schools, Guide: guide.New(s, schools, guide.Config{Family: guide.FullRank{}, Index: "school", Rows: 8})}
}

// effects returns draws of θ in each school.
func effects(ctx context.Context) (*vi.Draws, error) {
	set, err := data.New(data.Index("school", 8), data.FromFlat("y", []float64{28, 8, -3, 7, -1, 1, 18, 12}, 1), data.FromFlat("sigma", []float64{15, 10, 16, 11, 9, 11, 10, 18}, 1))
	if err != nil {
		return nil, err
	}
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: 8}}.Estimate(s, model(s), d)
	}
	fit, err := trainers.Fit(ctx, bound, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 8000, Optimizer: trainers.Adam{Rate: .005}})
	if err != nil {
		return nil, err
	}
	draws, err := trainers.Draw(ctx, model, fit.Params, set.Batches(data.BatchConfig{Evaluation: true}), trainers.DrawConfig{K: 4000, Of: func(r *vi.Record) map[string]*graph.Node {
		return map[string]*graph.Node{"theta": r.Site("y").P.(prob.Normal).Mean}
	}})
	return draws["theta"], err
}

func main() {
	theta, err := effects(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lo, hi := theta.Quantile(.05), theta.Quantile(.95)
	for i, m := range theta.Mean() {
		if _, err := fmt.Printf("%c %5.1f, from %5.1f to %5.1f\n", 'A'+i, m, lo[i], hi[i]); err != nil {
			log.Fatal(err)
		}
	}
}
