package trainers_test

import (
	"context"
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// line is a regression y ~ N(wx + b, 1) on five points.
func line() (trainers.Bound, *data.Set, error) {
	points, err := data.New(data.FromFlat("x", []float64{-2, -1, 0, 1, 2}, 1), data.FromFlat("y", []float64{.5, .5, 2, 3.5, 3.5}, 1))
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		l := layers.NewDense(s.In("line"), 1, 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: l.Apply(t.Given("x")), LogStd: s.Const(0)})
		}}, d)
	}, points, err
}

// AdamW: weights decay, biases do not, and the rate rises and falls. Of a rate of
// .1, a decay of .1 a step is what PyTorch calls a weight_decay of 1.
func ExampleGroup() {
	model, points, err := line()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, decay := range []float64{0, .1} {
		r, err := trainers.Fit(context.Background(), model, points.Batches(data.BatchConfig{}), trainers.Config{
			Epochs: 400, Optimizer: trainers.Adam{Rate: .1},
			Rate:   trainers.Cosine{Steps: 400, WarmUp: 20},
			Groups: []trainers.Group{{Match: "/w$", Decay: decay}},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		w, err := graph.Values[float32](r.Params, "line/w")
		if err != nil {
			fmt.Println(err)
			return
		}
		b, err := graph.Values[float32](r.Params, "line/b")
		fmt.Printf("slope %.1f, intercept %.1f, error %v\n", w, b, err)
	}
	// Output:
	// slope [0.9], intercept [2.0], error <nil>
	// slope [0.8], intercept [2.0], error <nil>
}

// The mean of the parameters over the last epochs, beside the parameters, which
// single rows pull to and fro.
func ExampleAverage() {
	model, points, err := line()
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := trainers.Fit(context.Background(), model, points.Batches(data.BatchConfig{Size: 1, Seed: 1}), trainers.Config{
		Epochs: 200, Optimizer: trainers.Adam{Rate: .1}, Average: &trainers.Average{From: 500},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	all := points.Batches(data.BatchConfig{Evaluation: true})
	last, err := trainers.Evaluate(context.Background(), model, r.Params, all, trainers.EvalConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, err := trainers.Evaluate(context.Background(), model, r.Average, all, trainers.EvalConfig{})
	fmt.Println("the averages are better:", mean["bound"] > last["bound"], err)
	// Output: the averages are better: true <nil>
}

// The rate falls to a tenth whenever the bound on other data has not risen for
// five epochs.
func ExamplePlateau() {
	model, points, err := line()
	if err != nil {
		fmt.Println(err)
		return
	}
	fit := func(p *trainers.Plateau) float64 {
		r, err := trainers.Fit(context.Background(), model, points.Batches(data.BatchConfig{Size: 1, Seed: 1}), trainers.Config{
			Epochs: 200, Optimizer: trainers.Adam{Rate: .1}, Plateau: p, Test: points.Batches(data.BatchConfig{Evaluation: true}),
		})
		if err != nil {
			fmt.Println(err)
		}
		return r.Epochs[199].Test["bound"]
	}
	fmt.Println("higher than at a constant rate:", fit(&trainers.Plateau{Patience: 5}) > fit(nil))
	// Output: higher than at a constant rate: true
}

// A loop of one's own, with two batches for an update.
func ExampleUpdater() {
	params := &graph.Params{}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.SGD{Rate: .5}})
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		mean := s.Param("mean", graph.Constant(0), 1)
		u.Declare(s, vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: mean, LogStd: s.Const(0)})
		}}, vi.Data{"x": s.Input("x", 1, 1)}))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 20 {
		for step, x := range []float32{1, 4} {
			if err := graph.Feed(p, "x", []float32{x}); err != nil {
				fmt.Println(err)
				return
			}
			if err := p.Run(context.Background(), graph.Key{Step: uint32(step)}); err != nil {
				fmt.Println(err)
				return
			}
			if err := u.Add(p, 1); err != nil {
				fmt.Println(err)
				return
			}
		}
		if err := u.Apply(); err != nil {
			fmt.Println(err)
			return
		}
	}
	mean, err := graph.Values[float32](params, "mean")
	fmt.Println(mean, err)
	// Output: [2.4999976] <nil>
}

// All data in every step, to many digits in a few of them.
func ExampleLBFGS() {
	model, points, err := line()
	if err != nil {
		fmt.Println(err)
		return
	}
	params := &graph.Params{Dtype: graph.Float64}
	r, err := trainers.LBFGS{Params: params, Tolerance: 1e-9}.Fit(context.Background(), model, points.Batches(data.BatchConfig{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	w, err := graph.Values[float64](params, "line/w")
	fmt.Printf("slope %.8f after %d iterations, error %v\n", w, len(r.Epochs), err)
	// Output: slope [0.90000000] after 7 iterations, error <nil>
}

// The weight of the divergence rises over the first steps.
func ExampleWarmUp() {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		mean, logStd := s.Param("mean", graph.Constant(0), 1), s.Param("log_std", graph.Constant(0), 1)
		return vi.ELBO{Beta: s.Input("beta")}.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(1)), LogStd: s.Const(0)})
			},
			Guide: func(t *vi.Trace) {
				t.Draw("z", prob.Normal{Mean: t.Given("x").Mul(mean), LogStd: logStd})
			},
		}, d)
	}
	points, err := data.New(data.FromFlat("x", []float64{-1, 0, 1, 2}, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	beta := trainers.WarmUp{Steps: 100}
	_, err = trainers.Fit(context.Background(), model, points.Batches(data.BatchConfig{}), trainers.Config{
		Epochs: 200, Schedules: map[string]trainers.Schedule{"beta": beta},
	})
	fmt.Println(beta.At(0), beta.At(49), beta.At(150), err)
	// Output: 0.01 0.5 1 <nil>
}
