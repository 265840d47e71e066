package guide_test

import (
	"context"
	"fmt"
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

// Eight schools (Rubin, 1981): the effect θ of coaching in each, of which the data
// have an estimate y and its standard error, around μ with spread τ. Latents of
// schools are rows, and have parameters by the number of the school.
func ExampleNew() {
	schools := func(t *vi.Trace) {
		mu := t.Global("mu", prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(math.Log(5))})
		tau := t.Global("tau", prob.HalfCauchy{LogScale: graph.Const(math.Log(5))})
		theta := mu.Add(tau.Mul(t.Draw("eta", prob.StdNormal(1))))
		t.Draw("y", prob.Normal{Mean: theta, LogStd: graph.Log(t.Given("sigma"))})
	}
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: schools, Guide: guide.New(s, schools, guide.Config{Index: "school", Rows: 8})}
	}
	set, err := data.New(data.Index("school", 8), data.FromFlat("y", []float64{28, 8, -3, 7, -1, 1, 18, 12}, 1), data.FromFlat("sigma", []float64{15, 10, 16, 11, 9, 11, 10, 18}, 1))
	check(err)
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: 8}}.Estimate(s, model(s), d)
	}
	fit, err := trainers.Fit(context.Background(), bound, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 4000, Optimizer: trainers.Adam{Rate: .005}})
	check(err)
	draws, err := trainers.Draw(context.Background(), model, fit.Params, set.Batches(data.BatchConfig{Evaluation: true}), trainers.DrawConfig{})
	check(err)
	fmt.Printf("mu %.1f ± %.1f, tau between %.1f and %.1f\n", draws["mu"].Mean()[0], draws["mu"].Std()[0], draws["tau"].Quantile(.05)[0], draws["tau"].Quantile(.95)[0])
	// Output:
	// mu 4.7 ± 3.0, tau between 0.7 and 8.0
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// A regression with predictive bands: what is left out of the data is predicted,
// under draws of everything that is not known.
func ExampleNew_regression() {
	line := func(t *vi.Trace) {
		a, b := t.Global("a", prob.StdNormal(1)), t.Global("b", prob.StdNormal(1))
		sigma := t.Global("sigma", prob.HalfNormal{LogScale: graph.Const(0)})
		t.Draw("y", prob.Normal{Mean: a.Add(b.Mul(t.Given("x"))), LogStd: graph.Log(sigma)})
	}
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: line, Guide: guide.New(s, line, guide.Config{Family: guide.FullRank{}})}
	}
	set, err := data.New(data.FromFlat("x", []float64{-2, -1, 0, 1, 2, 3}, 1), data.FromFlat("y", []float64{-1.4, -.2, .4, 1.7, 2.3, 3.6}, 1))
	check(err)
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: 6}}.Estimate(s, model(s), d)
	}
	fit, err := trainers.Fit(context.Background(), bound, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 4000, Optimizer: trainers.Adam{Rate: .005}})
	check(err)
	at, err := data.New(data.FromFlat("x", []float64{0, 10}, 1))
	check(err)
	draws, err := trainers.Draw(context.Background(), model, fit.Params, at.Batches(data.BatchConfig{Evaluation: true}), trainers.DrawConfig{})
	check(err)
	fmt.Printf("90 %% of y: from %.1f to %.1f\n", draws["y"].Quantile(.05), draws["y"].Quantile(.95))
	// Output:
	// 90 % of y: from [0.1 9.6] to [1.1 11.4]
}

// Laplace's approximation needs no training: it goes to the mode by itself.
func ExampleLaplace() {
	coin := func(t *vi.Trace) {
		p := t.Global("p", prob.Beta{LogA: graph.Const(0), LogB: graph.Const(0)})
		t.Draw("heads", prob.Bernoulli{Logits: graph.Log(p).Sub(graph.Log1p(p.Neg()))})
	}
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: coin, Guide: guide.New(s, coin, guide.Config{Family: guide.Laplace{}})}
	}
	set, err := data.New(data.FromFlat("heads", []int{1, 1, 0, 1, 1, 1, 0, 1, 1, 0}, 1))
	check(err)
	bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: 10}}.Estimate(s, model(s), d)
	}
	params := &graph.Params{Dtype: graph.Float64}
	r, err := trainers.Laplace(context.Background(), bound, params, set.Batches(data.BatchConfig{Evaluation: true}))
	check(err)
	draws, err := trainers.Draw(context.Background(), model, params, set.Batches(data.BatchConfig{Evaluation: true}), trainers.DrawConfig{})
	check(err)
	fmt.Printf("log p(data) %.2f, exactly %.2f; p %.2f ± %.2f\n", r.LogEvidence, -math.Log(11*120), draws["p"].Mean()[0], draws["p"].Std()[0])
	// Output:
	// log p(data) -7.21, exactly -7.19; p 0.65 ± 0.13
}
