// Command regression fits lines to four groups, whose intercepts and slopes vary
// around common ones, and draws the band in which 90 % of new data are predicted
// to lie: out/regression/bands.png has a picture a group.
//
//	go run ./examples/regression
package main

import (
	"context"
	"log"

	"path/filepath"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

const groups = 4

// lines is y ~ N(a_g + b_g·x, σ²) for a row of group g, a_g and b_g normal around
// common values.
func lines(t *vi.Trace) {
	a, b := t.Global("a", prob.StdNormal(1)), t.Global("b", prob.StdNormal(1))
	half := prob.HalfNormal{LogScale: graph.Const(0)}
	sa, sb, sigma := t.Global("sa", half), t.Global("sb", half), t.Global("sigma", half)
	u, v := t.Global("u", prob.StdNormal(1), groups), t.Global("v", prob.StdNormal(1), groups)
	group := graph.Squeeze(t.Given("group"), -1)
	intercept, slope := a.Add(graph.Gather(u, group).Mul(sa)), b.Add(graph.Gather(v, group).Mul(sb))
	t.Draw("y", prob.Normal{Mean: intercept.Add(slope.Mul(t.Given("x"))), LogStd: graph.Log(sigma)})
}

func model(s *graph.Scope) vi.Model {
	return vi.Model{Joint: lines, Guide: guide.New(s, lines, guide.Config{Family: guide.FullRank{}})}
}

// predict fits the lines to a set and returns draws of y at other points.
func predict(ctx context.Context, set, at *data.Set) (*vi.Draws, error) {
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: set.Len()}}.Estimate(s, model(s), d)
	}
	fit, err := trainers.Fit(ctx, bound, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 5000, Optimizer: trainers.Adam{Rate: .005}})
	if err != nil {
		return nil, err
	}
	draws, err := trainers.Draw(ctx, model, fit.Params, at.Batches(data.BatchConfig{Evaluation: true}), trainers.DrawConfig{Sites: []string{"y"}})
	return draws["y"], err
}

func main() {
	set, at := points(), columns()
	y, err := predict(context.Background(), set, at)
	if err == nil {
		err = picture(filepath.Join("out", "regression", "bands.png"), set, at, y.Quantile(.05), y.Quantile(.95))
	}
	if err != nil {
		log.Fatal(err)
	}
}
