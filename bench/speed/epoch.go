package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/peer"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// runEpochs trains the network of examples/vae on pictures by trainers.Fit, and by the
// loop of torch.py, an epoch by turns.
func runEpochs(o options, py *python, w io.Writer) error {
	sets, err := data.Open(context.Background(), o.epoch, data.Fetcher{}, data.LoadConfig{})
	if err != nil {
		return errors.WithMessage(err, "-epoch")
	}
	train := sets.Train
	if py != nil {
		file, err := writeFloats(train.Values("x"))
		if err != nil {
			return err
		}
		defer os.Remove(file)
		if text, err := py.Ask(fmt.Sprintf("epoch/open %d %s", train.Cols("x"), file)); err != nil || text != "ready" {
			return errors.Errorf("python: %s, error %v", text, err)
		}
	}
	var own, others, ratios, bounds, losses []float64
	_, err = trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{}.Estimate(s, models.NewVAE(s, models.VAEConfig{Input: train.Cols("x"), Latent: 20, Hidden: []int{500}}), d)
	}, train.Batches(data.BatchConfig{Arrays: []string{"x"}, Flat: true, Map: map[string]data.Transform{"x": data.Binarize}}), trainers.Config{
		Epochs: o.rounds,
		OnEpoch: func(e trainers.Epoch) error {
			own, bounds = append(own, e.Seconds), append(bounds, e.Train["bound"])
			if py == nil {
				return nil
			}
			text, err := py.Ask("epoch/run 0 0")
			if err != nil {
				return err
			}
			var seconds, loss float64
			if _, err := fmt.Sscan(text, &seconds, &loss); err != nil {
				return errors.Errorf("python: %s", text)
			}
			others, losses = append(others, seconds), append(losses, loss)
			ratios = append(ratios, seconds/e.Seconds)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "an epoch of %d pictures, 784-500-20 tanh, batch 100: %.2f s, bound %s\n", train.Len(), *peer.Median(own), list(bounds))
	if py != nil {
		fmt.Fprintf(w, "%s: %.2f s, bound %s; %s times as long\n", py.Version, *peer.Median(others), list(losses), number(peer.Median(ratios), ""))
	}
	return nil
}

// list shows numbers by epoch.
func list(x []float64) string {
	text := ""
	for i, v := range x {
		if i > 0 {
			text += ", "
		}
		text += strconv.FormatFloat(v, 'f', 1, 64)
	}
	return text
}

// writeFloats writes numbers to a file of their own.
func writeFloats(x []float32) (name string, err error) {
	f, err := os.CreateTemp("", "speed")
	if err != nil {
		return "", errors.Wrap(err, "pictures")
	}
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	return f.Name(), errors.Wrap(err, "pictures")
}
