package trainers_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// A VAE trains, is saved, is loaded into parameters of another seed and gives
// the same ELBO, up to rounding, on every platform that Go has. The figures
// are those of linux/amd64; 32-bit, big-endian and emulated machines must give
// them too.
func TestVAEIsTheSameOnEveryPlatform(t *testing.T) {
	set := data.Digits(1, 200)
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		enc, dec := layers.NewMLP(s.In("enc"), 784, 16, 4), layers.NewMLP(s.In("dec"), 2, 16, 784)
		return vi.ELBO{}.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(2)))})
			},
			Guide: func(t *vi.Trace) {
				h := enc.Apply(t.Given("x"))
				t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Cols(h, 2, 4)})
			},
		}, d)
	}
	ctx := context.Background()
	for _, c := range []struct {
		dtype               graph.Dtype
		train, test, within float64
	}{
		{graph.Float32, -384.92219, -329.54302, 2e-5},
		{graph.Float64, -417.655630414412, -353.532898104987, 1e-9},
	} {
		params := &graph.Params{Seed: 1, Dtype: c.dtype}
		r, err := trainers.Fit(ctx, model, set.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: 50, Seed: 1, Flat: true}), trainers.Config{Params: params, Epochs: 3, Seed: 1, Optimizer: trainers.Adam{Rate: .01}})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "model.safetensors")
		if err := params.Save(path); err != nil {
			t.Fatal(err)
		}
		loaded := &graph.Params{Seed: 2}
		if err := loaded.Load(path); err != nil {
			t.Fatal(err)
		}
		e := trainers.EvalConfig{Seed: 1}
		kept, err := trainers.Evaluate(ctx, model, params, set.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: 70, Flat: true, Evaluation: true}), e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := trainers.Evaluate(ctx, model, loaded, set.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: 70, Flat: true, Evaluation: true}), e)
		if err != nil {
			t.Fatal(err)
		}
		if kept["elbo"] != again["elbo"] {
			t.Errorf("%v: ELBO %v before saving, %v after loading", c.dtype, kept["elbo"], again["elbo"])
		}
		for what, v := range map[string][2]float64{"training": {r.Epochs[2].Train["bound"], c.train}, "test": {again["elbo"], c.test}} {
			if !(math.Abs(v[0]-v[1]) <= c.within*math.Abs(v[1])) {
				t.Errorf("%v: %s ELBO %.12f, want %.12f", c.dtype, what, v[0], v[1])
			}
		}
	}
}
