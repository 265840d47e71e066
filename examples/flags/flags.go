// Package flags has the flags that the programs share which train for long: where
// checkpoints are kept, from which a run that was stopped goes on, and the dtype.
package flags

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/checkpoint"
)

// Training are the flags. The zero value has no checkpoints and is float32.
type Training struct {
	dir   string
	steps int
	wide  bool
	part  string

	set    *flag.FlagSet
	except []string
}

// Add declares -checkpoint, -checkpoint-steps and -float64. All flags of f must be
// those of the run that a checkpoint is of, but -epochs, -data, whose values are
// looked at, and those that are named, which do not change the training.
func (t *Training) Add(f *flag.FlagSet, except ...string) {
	t.set, t.except = f, append([]string{"epochs", "data", "checkpoint", "checkpoint-steps"}, except...)
	f.StringVar(&t.dir, "checkpoint", "", "`folder` for checkpoints, at every epoch, every ten minutes and when the run is stopped, and to go on from; empty: none")
	f.IntVar(&t.steps, "checkpoint-steps", 0, "with -checkpoint: one after every so many steps too; 0: not")
	f.BoolVar(&t.wide, "float64", false, "compute in float64")
}

// Params are new ones.
func (t Training) Params(seed uint64) *graph.Params {
	if t.wide {
		return &graph.Params{Seed: seed, Dtype: graph.Float64}
	}
	return &graph.Params{Seed: seed}
}

// Part are the checkpoints of one of several fits of a program, by its name.
func (t Training) Part(name string) Training {
	t.part = name
	return t
}

// Checkpoint is what trainers.Config wants, with what is to be said to log; nil
// without -checkpoint.
func (t Training) Checkpoint(log io.Writer) *checkpoint.Config {
	if t.dir == "" {
		return nil
	}
	settings := map[string]string{}
	t.set.VisitAll(func(f *flag.Flag) {
		if !slices.Contains(t.except, f.Name) {
			settings["-"+f.Name] = f.Value.String()
		}
	})
	save := []checkpoint.When{checkpoint.EveryEpochs(1), checkpoint.EveryTime(10 * time.Minute), checkpoint.OnInterrupt{}, checkpoint.OnError{}}
	if t.steps > 0 {
		save = append(save, checkpoint.EverySteps(t.steps))
	}
	return &checkpoint.Config{
		Dir: filepath.Join(t.dir, t.part), Save: save, Settings: settings,
		Log: func(line string) { fmt.Fprintln(log, line) },
	}
}
