package trainers_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
)

// A checkpoint of another configuration is refused by the first difference, unless
// that is meant.
func TestResumeRefusesOtherRuns(t *testing.T) {
	fs := &crashfs.FS{}
	settings := func(c *checkpoint.Config) { c.Settings = map[string]any{"hidden": []int{3, 4}, "law": "normal"} }
	l := long{dt: graph.Float32, epochs: 1, fs: fs, conf: settings}
	if _, err := l.run(t); err != nil {
		t.Fatal(err)
	}
	train, _ := longData(t, false)
	for want, change := range map[string]func(*trainers.Config){
		"Params.Seed is 9, there it is 3":                      func(c *trainers.Config) { c.Params.Seed = 9 },
		"Params.Dtype is float64, there it is float32":         func(c *trainers.Config) { c.Params = &graph.Params{Seed: 3, Dtype: graph.Float64} },
		"Seed is 9, there it is 4":                             func(c *trainers.Config) { c.Seed = 9 },
		"Optimizer is trainers.SGD, there it is trainers.Adam": func(c *trainers.Config) { c.Optimizer = trainers.SGD{} },
		"Optimizer.Rate is 0.001, there it is 0.02":            func(c *trainers.Config) { c.Optimizer = &trainers.Adam{} },
		"ClipNorm is 3, there it is 0.5":                       func(c *trainers.Config) { c.ClipNorm = 3 },
		"Rate.Steps is 30, there it is 20":                     func(c *trainers.Config) { c.Rate = trainers.Cosine{Steps: 30, WarmUp: 3, Floor: .1} },
		"Groups[0].Decay is 0, there it is 0.01":               func(c *trainers.Config) { c.Groups = []trainers.Group{{Match: "w$", Rate: .5}} },
		"Average.Decay is 0.5, there it is 0.9":                func(c *trainers.Config) { c.Average = &trainers.Average{Decay: .5, From: 2} },
		"Average is none, there it is not there":               func(c *trainers.Config) { c.Average = nil },
		"Plateau is none, there it is trainers.Plateau":        func(c *trainers.Config) { c.Plateau = nil },
		"Accumulate is 3, there it is 2":                       func(c *trainers.Config) { c.Accumulate = 3 },
		"Schedules[weight].Steps is 3, there it is 17":         func(c *trainers.Config) { c.Schedules["weight"] = trainers.WarmUp{Steps: 3} },
		"Initialise is false, there it is true":                func(c *trainers.Config) { c.Initialise = false },
		"GlobalDraws is 3, there it is 0":                      func(c *trainers.Config) { c.GlobalDraws = 3 },
		"Test.Count is 5, there it is 3":                       func(c *trainers.Config) { c.Test = train },
		"State[0] is settled, there it is random":              func(c *trainers.Config) { delete(c.Checkpoint.State, "random") },
		"Settings[hidden][1] is 5, there it is 4": func(c *trainers.Config) {
			c.Checkpoint.Settings = map[string]any{"hidden": []int{3, 5}, "law": "normal"}
		},
		"Settings[more] is true, there it is not there": func(c *trainers.Config) {
			maps.Copy(c.Checkpoint.Settings.(map[string]any), map[string]any{"more": true})
		},
		"Settings is none, there it is map[string]interface {}": func(c *trainers.Config) { c.Checkpoint.Settings = nil },
		`Changed names "Rat", which nothing is called`:          func(c *trainers.Config) { c.Checkpoint.Changed = []string{"Rat"} },
	} {
		l.fit = change
		if _, err := l.run(t); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	l.fit = func(c *trainers.Config) {
		c.Optimizer, c.ClipNorm, c.Checkpoint.Changed, c.Epochs = trainers.Adam{Rate: .3}, 7, []string{"Optimizer", "ClipNorm"}, 2
	}
	if _, err := l.run(t); err != nil {
		t.Errorf("a change that is meant: %v", err)
	}
	l.fit = func(c *trainers.Config) { c.Epochs = 3 }
	if _, err := l.run(t); err == nil || !strings.Contains(err.Error(), "Optimizer.Rate is 0.02, there it is 0.3") {
		t.Errorf("error %v: what was changed is the run's from there on", err)
	}
}

// A folder is of one fit at a time.
func TestCheckpointsAreOfOneFit(t *testing.T) {
	fs := &crashfs.FS{}
	var within error
	_, err := long{dt: graph.Float32, epochs: 1, fs: fs, fit: func(c *trainers.Config) {
		c.OnStep = func(s trainers.Step) error {
			if s.Step == 1 {
				_, within = long{dt: graph.Float32, epochs: 1, fs: fs}.run(t)
			}
			return nil
		}
	}}.run(t)
	if err != nil || within == nil || !strings.Contains(within.Error(), "runs/a is in use") {
		t.Errorf("error %v, of a second fit %v", err, within)
	}
}
