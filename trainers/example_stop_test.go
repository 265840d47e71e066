package trainers_test

import (
	"context"
	"fmt"
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
