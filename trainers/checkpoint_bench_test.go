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

// nowAndThen is due at every 200th step.
type nowAndThen struct{}

func (nowAndThen) Due(m checkpoint.Moment) bool { return !m.EpochEnd && m.Step%200 == 0 }

// BenchmarkCheckpoints trains the VAE 784-500-20 with batches of 100. Of each 200
// steps the first 100 have a checkpoint to write, to the disk, and the others have
// none: so they take turns, as the speed of a machine drifts. The figures are the
// medians of all turns.
func BenchmarkCheckpoints(b *testing.B) {
	set := data.Digits(1, 5000)
	turn, since := 0, time.Now() // of the 100 steps
	var turns [2][]float64
	_, err := trainers.Fit(context.Background(), autoencoder(500, 20), set.Batches(data.BatchConfig{
		Arrays: []string{"x"}, Flat: true, Seed: 1, Map: map[string]data.Transform{"x": data.Binarize},
	}), trainers.Config{
		Epochs: 1 << 20, Seed: 1, Optimizer: trainers.Adam{Rate: 1e-4},
		Checkpoint: &checkpoint.Config{Dir: b.TempDir(), Save: []checkpoint.When{nowAndThen{}}, Keep: []checkpoint.Which{checkpoint.Last(2)}},
		OnStep: func(s trainers.Step) error {
			if ((s.Epoch-1)*s.Steps+s.Step)%100 != 0 {
				return nil
			}
			took := time.Since(since).Seconds() * 1000 / 100
			if since = time.Now(); turn > 1 { // the first two warm up
				turns[turn%2] = append(turns[turn%2], took)
			}
			if turn++; turn%2 == 0 && turn > 2 && !b.Loop() {
				return trainers.Stop
			}
			return nil
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	var ratios []float64
	for i := range turns[1] {
		ratios = append(ratios, turns[0][i]/turns[1][i])
	}
	slices.Sort(ratios)
	slices.Sort(turns[1])
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(turns[1][len(ratios)/2], "ms/step")
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
