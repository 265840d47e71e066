package trainers_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// autoencoder is a VAE of pictures of digits.
func autoencoder(hidden, latent int) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		enc, dec := layers.NewMLP(s.In("enc"), 784, hidden, 2*latent), layers.NewMLP(s.In("dec"), latent, hidden, 784)
		return vi.ELBO{}.Estimate(s, vi.Model{
			Guide: func(t *vi.Trace) {
				h := enc.Apply(t.Given("x"))
				t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, latent), LogStd: graph.Cols(h, latent, 2*latent)})
			},
			Joint: func(t *vi.Trace) { t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(latent)))}) },
		}, d)
	}
}

// BenchmarkCheckpoints takes turns: a run of 400 steps of the VAE 784-500-20 with
// batches of 100, with a checkpoint every 100 steps on the disk and without any. The
// figures are the medians of the rounds.
func BenchmarkCheckpoints(b *testing.B) {
	set := data.Digits(1, 5000)
	const epochs = 8
	run := func(c *checkpoint.Config) (took time.Duration) {
		var start time.Time
		_, err := trainers.Fit(context.Background(), autoencoder(500, 20), set.Batches(data.BatchConfig{
			Arrays: []string{"x"}, Flat: true, Seed: 1, Map: map[string]data.Transform{"x": data.Binarize},
		}), trainers.Config{Epochs: epochs, Seed: 1, Checkpoint: c, OnStep: func(s trainers.Step) error {
			if s.Epoch == 1 && s.Step == 1 {
				start = time.Now()
			} else if s.Epoch == epochs && s.Step == s.Steps {
				took = time.Since(start) // of 399 steps and the checkpoints at 100, 200 and 300
			}
			return nil
		}})
		if err != nil {
			b.Fatal(err)
		}
		return took
	}
	var without, ratios []float64
	for b.Loop() {
		// Twice in opposite order, as the speed of a machine drifts.
		conf := func() *checkpoint.Config {
			return &checkpoint.Config{Dir: b.TempDir(), Save: []checkpoint.When{checkpoint.EverySteps(100)}, Keep: []checkpoint.Which{checkpoint.Last(2)}}
		}
		with := run(conf())
		plain := run(nil) + run(nil)
		with += run(conf())
		without = append(without, plain.Seconds()*1000/2/399)
		ratios = append(ratios, with.Seconds()/plain.Seconds())
	}
	slices.Sort(without)
	slices.Sort(ratios)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(without[len(without)/2], "ms/step")
	b.ReportMetric(100*(ratios[len(ratios)/2]-1), "%more")
}

// A step between two checkpoints allocates no more than one of a run without any.
func TestStepsBetweenCheckpointsAllocateNoMore(t *testing.T) {
	x, err := data.New(data.FromFlat("x", make([]float64, 40*784), 784))
	if err != nil {
		t.Fatal(err)
	}
	least := func(c *checkpoint.Config) uint64 {
		var before, now runtime.MemStats
		var counts []uint64
		_, err := trainers.Fit(context.Background(), autoencoder(8, 2), x.Batches(data.BatchConfig{Size: 1}), trainers.Config{
			Epochs: 3, Checkpoint: c, OnStep: func(trainers.Step) error {
				runtime.ReadMemStats(&now)
				counts = append(counts, now.Mallocs-before.Mallocs)
				runtime.ReadMemStats(&before)
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return slices.Min(counts[1:])
	}
	without := least(nil)
	with := least(&checkpoint.Config{Dir: "run", FS: &crashfs.FS{}, Save: []checkpoint.When{checkpoint.EverySteps(20), checkpoint.EveryTime(time.Hour), checkpoint.EveryEpochs(1)}})
	if with > without {
		t.Errorf("a step allocates %d times, and %d times without checkpoints", with, without)
	}
}
