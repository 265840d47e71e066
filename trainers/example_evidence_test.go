package trainers_test

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

// Is it a line or a level that the points lie on? The evidence of either, by
// importance sampling from a guide; by linear algebra they are −36.46 and −6.03.
func ExampleEvidence() {
	set, err := data.New(data.FromFlat("x", []float64{-2, -1, 0, 1, 2, 3}, 1), data.FromFlat("y", []float64{-1.4, -.2, .4, 1.7, 2.3, 3.6}, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	level := func(t *vi.Trace) {
		t.Given("x")
		t.Draw("y", prob.Normal{Mean: t.Global("a", prob.StdNormal(1)), LogStd: graph.Const(math.Log(.5))})
	}
	line := func(t *vi.Trace) {
		a, b := t.Global("a", prob.StdNormal(1)), t.Global("b", prob.StdNormal(1))
		t.Draw("y", prob.Normal{Mean: a.Add(b.Mul(t.Given("x"))), LogStd: graph.Const(math.Log(.5))})
	}
	for i, joint := range []vi.Func{level, line} {
		model := func(s *graph.Scope) vi.Model {
			return vi.Model{Joint: joint, Guide: guide.New(s, joint, guide.Config{Family: guide.FullRank{}})}
		}
		bound := func(s *graph.Scope, d vi.Data) *vi.Estimate {
			return vi.ELBO{Config: vi.Config{Total: 6, Estimator: vi.STL{}}}.Estimate(s, model(s), d)
		}
		fit, err := trainers.Fit(context.Background(), bound, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 2000, Optimizer: trainers.Adam{Rate: .01}})
		if err != nil {
			fmt.Println(err)
			return
		}
		r, err := trainers.Evidence(context.Background(), model, fit.Params, set.Batches(data.BatchConfig{Evaluation: true}), trainers.EvidenceConfig{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: log p(y) %.1f, weights to be trusted: %t\n", []string{"level", "line"}[i], r.LogEvidence, r.Shape < .7)
	}
	// Output:
	// level: log p(y) -36.5, weights to be trusted: true
	// line: log p(y) -6.0, weights to be trusted: true
}
