package bench_test

import (
	"context"
	"fmt"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// A model of one's own, its estimators compared where it starts.
func ExampleGradientVariance() {
	model := func(s *graph.Scope) vi.Model {
		w, logits := s.Param("w", graph.Constant(2), 1), s.Param("logits", graph.Constant(.5), 1)
		return vi.Model{
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{0}, 1)})
				t.Draw("x", prob.Normal{Mean: z.Mul(w), LogStd: s.Const(0)})
			},
			Guide: func(t *vi.Trace) { t.Draw("z", prob.Bernoulli{Logits: logits.Mul(t.Given("x"))}) },
		}
	}
	exact := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Enumerate: []string{"z"}}}.Estimate(s, model(s), d)
	}
	d, err := data.New(data.FromFlat("x", []float64{-.3, 1.9, 2.4}, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := bench.GradientVariance(context.Background(), model, d, []bench.Case{
		{Estimator: "Score", Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}, Exact: exact},
		{Estimator: "DisARM", Objective: "ELBO", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.DisARM{}}}, Exact: exact},
	}, bench.Config{Draws: 5000})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rows {
		if r.Group == "logits" {
			fmt.Printf("%s: variance %.2f, unbiased %v\n", r.Estimator, r.Var, r.BiasLo < 0 && r.BiasHi > 0)
		}
	}
	// Output:
	// Score: variance 1.55, unbiased true
	// DisARM: variance 0.23, unbiased true
}
