package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// watchOptions is options of what watches the epochs.
func watchOptions(t *testing.T) map[string][][]string {
	// told is the epoch in which a watcher ends a fit whose bound rises up to
	// epoch 10, falls to 15 and rises again.
	told := func(w trainers.Watcher) string {
		for e := 1; e <= 40; e++ {
			v := float64(min(e, 10))
			if e > 10 {
				v = 10 - float64(min(e-10, 5))
			}
			if e > 15 {
				v += float64(e - 15)
			}
			err := w.OnEpoch(trainers.Epoch{Epoch: e, Train: map[string]float64{"bound": v, "kl": -v, "odd": float64(e % 3)}, WarmUp: e <= 11})
			switch {
			case errors.Is(err, trainers.Stop) || errors.Is(err, trainers.ErrCliff):
				return fmt.Sprint(e)
			case err != nil:
				return "error " + err.Error()
			}
		}
		return "never"
	}
	early := func(s trainers.EarlyStopping) string { return told(&s) }
	cliff := func(c trainers.Cliff) string { return told(&c) }
	// fit is one that diverges.
	fit := func(c trainers.Config, watch ...trainers.Watcher) string {
		c.Params, c.Epochs, c.Optimizer, c.Watch = &graph.Params{}, 12, trainers.SGD{Rate: 3}, watch
		c.Test = set(t, 1).Batches(data.BatchConfig{})
		r, err := trainers.Fit(context.Background(), mean, set(t, 1, 1).Batches(data.BatchConfig{Size: 1}), c)
		if err != nil {
			return "ended by " + err.Error()
		}
		return fmt.Sprint(len(r.Epochs), elements(t, r.Params, "m"))
	}
	back := func(c trainers.Cliff) string {
		c.Fall = 1
		return fit(trainers.Config{}, &c)
	}
	best := &graph.Params{}
	fit(trainers.Config{}, &trainers.EarlyStopping{Params: best})
	huge := func(skip int) string {
		r, err := trainers.Fit(context.Background(), mean, set(t, 1, 1e30).Batches(data.BatchConfig{Size: 1}), trainers.Config{Epochs: 1, SkipNotFinite: skip})
		if err != nil {
			return "ended by " + err.Error()
		}
		return fmt.Sprint(r.Epochs[0].NotFinite)
	}
	stops, falls := early(trainers.EarlyStopping{Patience: 2}), cliff(trainers.Cliff{Fall: 1.5})
	return map[string][][]string{
		"Config.Watch":         {{fit(trainers.Config{}), fit(trainers.Config{}, &trainers.EarlyStopping{Patience: 1})}, {stops, fitted(t, trainers.Config{Watch: []trainers.Watcher{nil}}), "Watch[0] is a nil"}},
		"Config.SkipNotFinite": {{huge(0), huge(1)}, {stops, fitted(t, trainers.Config{SkipNotFinite: -1}), "SkipNotFinite -1"}},

		"EarlyStopping.Metric":    {{stops, early(trainers.EarlyStopping{Patience: 2, Metric: "odd"})}, {stops, early(trainers.EarlyStopping{Metric: "v"}), "EarlyStopping of v, which Epoch.Train does not have"}},
		"EarlyStopping.Lower":     {{stops, early(trainers.EarlyStopping{Patience: 2, Lower: true})}},
		"EarlyStopping.Patience":  {{stops, early(trainers.EarlyStopping{Patience: 1})}, {early(trainers.EarlyStopping{}), early(trainers.EarlyStopping{Patience: -1})}},
		"EarlyStopping.Threshold": {{early(trainers.EarlyStopping{}), early(trainers.EarlyStopping{Threshold: 9})}, {stops, early(trainers.EarlyStopping{Threshold: -1}), "Threshold of -1"}},
		"EarlyStopping.From":      {{stops, early(trainers.EarlyStopping{Patience: 2, From: 20})}, {stops, early(trainers.EarlyStopping{From: -1}), "from epoch -1"}},
		"EarlyStopping.Params":    {{"[]", fmt.Sprint(best.Names())}},

		"Cliff.Metric":  {{falls, cliff(trainers.Cliff{Fall: 1.5, Metric: "kl"})}, {falls, cliff(trainers.Cliff{Fall: 1, Metric: "v"}), "Cliff of v, which Epoch.Train does not have"}},
		"Cliff.Lower":   {{falls, cliff(trainers.Cliff{Fall: 1.5, Lower: true})}},
		"Cliff.Fall":    {{falls, cliff(trainers.Cliff{Fall: 20})}, {falls, cliff(trainers.Cliff{}), "a Fall of 0"}},
		"Cliff.Retries": {{back(trainers.Cliff{}), back(trainers.Cliff{Retries: 9})}, {falls, cliff(trainers.Cliff{Fall: 1, Retries: -1}), "-1 Retries"}},
		"Cliff.Factor":  {{back(trainers.Cliff{Retries: 9}), back(trainers.Cliff{Retries: 9, Factor: .1})}, {falls, cliff(trainers.Cliff{Fall: 1, Factor: 1}), "a Factor of 1"}},
		"Cliff.From":    {{falls, cliff(trainers.Cliff{Fall: 1.5, From: 9})}, {falls, cliff(trainers.Cliff{Fall: 1, From: -1}), "from epoch -1"}},
	}
}
