package guide_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/guide"
)

func schools(t *vi.Trace) {
	mu := t.Global("mu", prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(math.Log(5))})
	tau := t.Global("tau", prob.HalfCauchy{LogScale: graph.Const(math.Log(5))})
	eta := t.Draw("eta", prob.StdNormal(1))
	t.Draw("y", prob.Normal{Mean: mu.Add(tau.Mul(eta)), LogStd: graph.Log(t.Given("sigma"))})
}

func TestSchools(t *testing.T) {
	for _, f := range []guide.Family{guide.Normal{}, guide.FullRank{}, guide.LowRank{}, guide.Delta{}, guide.Flow{}} {
		model := func(s *graph.Scope) vi.Model {
			return vi.Model{Joint: schools, Guide: guide.New(s, schools, guide.Config{Family: f, Index: "school", Rows: 8})}
		}
		set, _ := data.New(data.FromFlat("y", []float64{28, 8, -3, 7, -1, 1, 18, 12}, 1), data.FromFlat("sigma", []float64{15, 10, 16, 11, 9, 11, 10, 18}, 1), data.FromFlat("school", []int{0, 1, 2, 3, 4, 5, 6, 7}, 1))
		fit, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
			return vi.ELBO{Config: vi.Config{Total: 8}}.Estimate(s, model(s), d)
		}, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 3000, Optimizer: trainers.Adam{Rate: .01}})
		if err != nil {
			t.Fatal(err)
		}
		draws, err := trainers.Draw(context.Background(), model, fit.Params, set.Batches(data.BatchConfig{Arrays: []string{"sigma", "school"}, Evaluation: true}), trainers.DrawConfig{})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%T %v\n", f, fit.Params.Names())
		for n, d := range draws {
			fmt.Println(n, d.Shape, d.Mean(), d.Std())
		}
	}
}
