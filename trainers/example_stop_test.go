package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// The fit ends when the bound on other data has not risen for some epochs, and the
// parameters of the best epoch are kept. A weight of the divergence that rises first
// is waited for.
func ExampleEarlyStopping() {
	all := data.Digits(1, 300)
	rest, held, err := all.Split(1, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		enc, dec := layers.NewMLP(s.In("enc"), 784, 30, 2*4), layers.NewMLP(s.In("dec"), 4, 30, 784)
		return vi.ELBO{Beta: s.Input("beta")}.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.StdNormal(4))
				t.Draw("x", prob.Bernoulli{Logits: dec.Apply(z)})
			},
			Guide: func(t *vi.Trace) {
				h := enc.Apply(t.Given("x"))
				t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 4), LogStd: graph.Cols(h, 4, 8)})
			},
		}, d)
	}
	pictures := data.BatchConfig{Arrays: []string{"x"}, Size: 50, Seed: 1, Flat: true, Map: map[string]data.Transform{"x": data.Binarize}}
	evaluation := pictures
	evaluation.Evaluation = true

	best := &trainers.EarlyStopping{Patience: 3, Params: &graph.Params{}}
	weight := map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: 40}}
	r, err := trainers.Fit(context.Background(), model, rest.Batches(pictures), trainers.Config{
		Epochs: 1000, Seed: 1, Optimizer: trainers.Adam{Rate: .02}, Test: held.Batches(evaluation), Schedules: weight,
		Watch: []trainers.Watcher{best},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	epoch, bound := best.Best()
	again, err := trainers.Evaluate(context.Background(), model, best.Params, held.Batches(evaluation), trainers.EvalConfig{Seed: 1, Schedules: weight, Step: r.Steps})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("warm for", 40/4, "epochs, the best is later:", epoch > 10)
	fmt.Println(len(r.Epochs)-epoch, "epochs after it; its parameters:", again["bound"] == bound)
	// Output:
	// warm for 10 epochs, the best is later: true
	// 4 epochs after it; its parameters: true
}

// A rate of 3 throws the parameter ever farther: the fit goes back to its best
// epoch and on at half the rate.
func ExampleCliff() {
	points := func() data.Batches {
		s, err := data.New(data.FromFlat("x", []float64{1}, 1))
		if err != nil {
			panic(err)
		}
		return s.Batches(data.BatchConfig{})
	}
	cliff := &trainers.Cliff{Fall: 50, Retries: 3}
	r, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m := s.Param("m", graph.Constant(0), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)}) }}, d)
	}, points(), trainers.Config{Epochs: 30, Optimizer: trainers.SGD{Rate: 3}, Test: points(), Watch: []trainers.Watcher{cliff}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range cliff.Falls() {
		fmt.Printf("epoch %d, back to %d: %s\n", f.Epoch, f.Back, f.Why)
	}
	fmt.Printf("at the end %.3f\n", r.Epochs[len(r.Epochs)-1].Test["bound"])
	// Output:
	// epoch 4, back to 1: bound is -128.919, worse by 126 than the -2.91894 of epoch 1: more than a Fall of 50
	// at the end -0.919
}

// What a fit, or the reading of a file, ended by.
func ExampleErrInterrupted() {
	kind := func(err error) string {
		var bad *trainers.NotFinite
		switch {
		case err == nil:
			return "fine"
		case errors.Is(err, trainers.ErrInterrupted):
			return fmt.Sprintf("interrupted, by a deadline %t", errors.Is(err, context.DeadlineExceeded))
		case errors.As(err, &bad) && bad.Value != nil:
			return fmt.Sprintf("row %d holds %v", bad.Value.Row, bad.Value.Value)
		case errors.As(err, &bad):
			return "diverged"
		case errors.Is(err, fs.ErrNotExist):
			return "no such file"
		case errors.Is(err, graph.ErrWrongFile) || errors.Is(err, data.ErrWrongFile):
			return "no file of this model or data set"
		}
		return "a mistake: " + err.Error()
	}
	fit := func(ctx context.Context, x float64, o trainers.Optimizer) error {
		points, err := data.New(data.FromFlat("x", []float64{1, 0, x}, 1))
		if err != nil {
			return err
		}
		_, err = trainers.Fit(ctx, func(s *graph.Scope, d vi.Data) *vi.Estimate {
			logits := s.Param("logits", graph.Constant(0), 1)
			return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Bernoulli{Logits: logits}) }}, d)
		}, points.Batches(data.BatchConfig{}), trainers.Config{Epochs: 5, Optimizer: o})
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	fmt.Println(kind(fit(ctx, 1, nil)))
	fmt.Println(kind(fit(ctx, 255, nil)))
	fmt.Println(kind(fit(ctx, 1, trainers.SGD{Rate: 1e39})))
	cancel()
	fmt.Println(kind(fit(ctx, 1, nil)))
	fmt.Println(kind(new(graph.Params).Load("testdata/none")))
	fmt.Println(kind(new(graph.Params).Load("example_stop_test.go")))
	// Output:
	// fine
	// row 2 holds 255
	// diverged
	// interrupted, by a deadline false
	// no such file
	// no file of this model or data set
}
