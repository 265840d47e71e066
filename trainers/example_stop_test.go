package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Early stopping: the fit ends when the bound on other data has not risen for
// some epochs, and the best parameters are kept. OnEpoch reaches the parameters
// as those that Config was given.
func ExampleConfig_earlyStopping() {
	all := data.Digits(1, 300)
	rest, held, err := all.Split(1, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		enc, dec := layers.NewMLP(s.In("enc"), 784, 30, 2*4), layers.NewMLP(s.In("dec"), 4, 30, 784)
		return vi.ELBO{}.Estimate(s, vi.Model{
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

	dir, err := os.MkdirTemp("", "early-stopping")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "best.safetensors")
	params := &graph.Params{Seed: 1}
	best, at := math.Inf(-1), 0
	r, err := trainers.Fit(context.Background(), model, rest.Batches(pictures), trainers.Config{
		Params: params, Epochs: 1000, Seed: 1, Optimizer: trainers.Adam{Rate: .02}, Test: held.Batches(evaluation),
		OnEpoch: func(e trainers.Epoch) error {
			if e.Test["bound"] > best {
				best, at = e.Test["bound"], e.Epoch
				return params.Save(file)
			}
			if e.Epoch >= at+4 {
				return trainers.Stop
			}
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := params.Load(file); err != nil { // into the same parameters
		fmt.Println(err)
		return
	}
	again, err := trainers.Evaluate(context.Background(), model, params, held.Batches(evaluation), trainers.EvalConfig{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(r.Epochs)-at, "epochs after the best; back at it:", again["bound"] == best)
	// Output: 4 epochs after the best; back at it: true
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
