package calibration_test

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/calibration"
	"github.com/latentgo/latent/vi/guide"
)

// sum is y ~ N(a + b, 1) with a and b ~ N(0, 1): in the posterior they are
// correlated, which a mean-field guide does not have.
func sum(t *vi.Trace) {
	a, b := t.Global("a", prob.StdNormal(1)), t.Global("b", prob.StdNormal(1))
	t.Draw("y", prob.Normal{Mean: graph.BroadcastTo(a.Add(b), 1, t.Rows(), 1), LogStd: graph.Const(0)})
}

// A study of two guides by simulated data: the ranks of mean-field are those of a
// posterior that is too narrow, with its centre where it should be, and those of
// full rank are even. On one of the data sets the shape of importance weights says the
// same, without a study.
func ExampleRun() {
	const rows = 10
	rowsOf := func(y []float64) data.Batches {
		set, err := data.New(data.FromFlat("y", y, 1))
		if err != nil {
			panic(err)
		}
		return set.Batches(data.BatchConfig{Evaluation: true})
	}
	for _, f := range []guide.Family{guide.Normal{}, guide.FullRank{}} {
		var first trainers.EvidenceResult
		ranks, err := calibration.Run(context.Background(), 100, func(ctx context.Context, i int) (calibration.Replication, error) {
			sim, err := trainers.Draw(ctx, func(*graph.Scope) vi.Model { return vi.Model{Joint: sum} }, &graph.Params{}, nil, trainers.DrawConfig{K: 1, Rows: rows, Seed: uint64(i)})
			if err != nil {
				return calibration.Replication{}, err
			}
			model := func(s *graph.Scope) vi.Model {
				return vi.Model{Joint: sum, Guide: guide.New(s, sum, guide.Config{Family: f, Init: guide.Zero{}, Scale: .5})}
			}
			params := &graph.Params{}
			_, err = trainers.Fit(ctx, func(s *graph.Scope, d vi.Data) *vi.Estimate {
				return vi.ELBO{Config: vi.Config{Total: rows, Estimator: vi.STL{}}}.Estimate(s, model(s), d)
			}, rowsOf(sim["y"].Values), trainers.Config{Params: params, Epochs: 200, Optimizer: trainers.Adam{Rate: .05}})
			if err != nil {
				return calibration.Replication{}, err
			}
			if i == 0 {
				if first, err = trainers.Evidence(ctx, model, params, rowsOf(sim["y"].Values), trainers.EvidenceConfig{K: 20000}); err != nil {
					return calibration.Replication{}, err
				}
			}
			draws, err := trainers.Draw(ctx, model, params, rowsOf(sim["y"].Values), trainers.DrawConfig{K: 99, Seed: uint64(i)})
			return calibration.Replication{Truth: map[string][]float64{"a": sim["a"].Values, "b": sim["b"].Values}, Draws: draws}, err
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%T: ranks even %t, centred %t, k̂ below .7 %t\n", f, ranks.Uniformity("a", 10)[0] > .01, ranks.Symmetry("a")[0].P > .01, first.Shape < .7)
	}
	// Output:
	// guide.Normal: ranks even false, centred true, k̂ below .7 false
	// guide.FullRank: ranks even true, centred true, k̂ below .7 true
}

// Counts with more zeros than a Poisson law has: replicated data tell by the number
// of zeros, while the mean, which was fitted, tells nothing.
func ExamplePredictive() {
	y := []float64{0, 0, 0, 0, 0, 7, 9, 8, 0, 6, 0, 7}
	joint := func(t *vi.Trace) {
		rate := t.Global("rate", prob.Gamma{LogConcentration: graph.Const(0), LogRate: graph.Const(math.Log(.2))})
		t.Draw("y", prob.Poisson{LogRate: graph.BroadcastTo(graph.Log(rate), 1, t.Rows(), 1)})
	}
	model := func(s *graph.Scope) vi.Model {
		return vi.Model{Joint: joint, Guide: guide.New(s, joint, guide.Config{})}
	}
	set, err := data.New(data.FromFlat("y", y, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fit, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: len(y)}}.Estimate(s, model(s), d)
	}, set.Batches(data.BatchConfig{}), trainers.Config{Epochs: 1000, Optimizer: trainers.Adam{Rate: .02}})
	if err != nil {
		fmt.Println(err)
		return
	}
	draws, err := trainers.Draw(context.Background(), model, fit.Params, nil, trainers.DrawConfig{Rows: len(y)})
	if err != nil {
		fmt.Println(err)
		return
	}
	zeros := func(y []float64) float64 {
		return float64(len(slices.DeleteFunc(slices.Clone(y), func(v float64) bool { return v != 0 })))
	}
	mean := func(y []float64) (m float64) {
		for _, v := range y {
			m += v / float64(len(y))
		}
		return m
	}
	for _, statistic := range []func(y []float64) float64{zeros, mean} {
		c, err := calibration.Predictive(y, draws["y"], statistic)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.1f, as much in some replications: %t\n", c.Observed, c.P > .05)
	}
	// Output:
	// 7.0, as much in some replications: false
	// 3.1, as much in some replications: true
}
