// Package checkpoint says when the checkpoints of a training run are written, which
// of them are kept and where. trainers.Fit writes them, and goes on from the newest:
//
//	trainers.Config{Checkpoint: &checkpoint.Config{Dir: "run"}}
//
// A checkpoint is a folder of Config.Dir, called by its number and step:
//
//	000012-step-1200/
//		info.json              step, epoch and what the epoch came to
//		params.safetensors     parameters and states, as graph.Params.Save writes them
//		average.safetensors    the same of trainers.Config.Average, where there is one
//		optimizer.safetensors  what the optimiser keeps
//		run.json               configuration, metrics so far, place in the data
//		watch-0.state          what the first of trainers.Config.Watch remembers, if there is one
//		SHA256SUMS             hashes of these, written last
//
// Each appears whole or not at all, and is known to be damaged if it is: see FS for
// what that asks of a file system.
//
//   - checkpoint.go: the configuration; info.go: List, and what it says of each;
//   - when.go: when to save; which.go: what to keep;
//   - store.go: the folders of a run, as trainers uses them.
//
// See the example Config in example_test.go.
package checkpoint

import (
	"encoding"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/store"
)

// Config says how the checkpoints of a run are kept. The zero value but for Dir is
// usable.
type Config struct {
	Dir string // the folder, which is made; of one run at a time

	// Save says when: whenever one of them is due, and always when the run has come
	// to its end. nil means EveryEpochs(1), OnInterrupt{} and OnError{}.
	Save []When

	// Keep says which: the newest, and those that one of them wants. nil means
	// Last(2) and Best{}.
	Keep []Which

	// State is what else the run goes on from, by names of one's own: a *rand.PCG of
	// math/rand/v2, a *report.JSONL. What is in trainers.Config.Watch is there by itself.
	State map[string]Stateful

	// Settings are what the run depends on besides and Fit cannot see, such as the
	// flags that the model is made from: structs, maps, slices, strings and
	// numbers. A checkpoint of others is refused.
	Settings any

	// Changed names what is another than in the checkpoint, on purpose: as the
	// error says that refuses it, or the beginning, "Optimizer" for all that begins
	// with "Optimizer.". "Stop" goes on after an end by trainers.Stop.
	Changed []string

	// Log is told what happens: from where the run goes on, and which checkpoints
	// are damaged. nil means that nobody is.
	Log func(line string)

	// Failed is asked what to do when a checkpoint could not be written: its nil
	// lets the run go on, until the next is due; an error ends it. A nil Failed
	// means that the run ends.
	Failed func(err error) error

	FS FS // nil means that of the machine
}

// Stateful is a part of a run that has a state, such as logs and the
// generators of math/rand/v2: UnmarshalBinary gives it the state that MarshalBinary
// wrote.
type Stateful interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// FS is the file system that checkpoints are kept in.
type FS = store.FS

// File is a file of an FS that is being written.
type File = store.File

// Check is an error that names the first thing in the configuration that means
// nothing. trainers.Fit calls it.
func (c *Config) Check() error {
	switch {
	case c == nil:
		return errors.New("checkpoint: the Config is nil")
	case c.Dir == "":
		return errors.New("checkpoint: no Dir")
	case c.Save != nil && len(c.Save) == 0, c.Keep != nil && len(c.Keep) == 0:
		return errors.New("checkpoint: Save or Keep is empty, want some, or nil for what is usual")
	case c.FS != nil && op.Nil(c.FS):
		return errors.Errorf("checkpoint: FS is a nil %T", c.FS)
	}
	epochs := false
	for i, w := range c.saves() {
		if op.Nil(w) {
			return errors.Errorf("checkpoint: Save[%d] is nil", i)
		}
		if err := check(w); err != nil {
			return errors.WithMessagef(err, "checkpoint: Save[%d]", i)
		}
		switch w.(type) {
		case EverySteps, EveryTime, OnInterrupt, OnError:
		default:
			epochs = true
		}
	}
	for i, w := range c.keeps() {
		if op.Nil(w) {
			return errors.Errorf("checkpoint: Keep[%d] is nil", i)
		}
		if err := check(w); err != nil {
			return errors.WithMessagef(err, "checkpoint: Keep[%d]", i)
		}
		if b, ok := w.(Best); ok && !epochs && c.Keep != nil {
			return errors.Errorf("checkpoint: Keep[%d] is %T%+[2]v, of the ends of epochs, and Save has no EveryEpochs", i, b)
		}
	}
	for name, s := range c.State {
		if op.Nil(s) {
			return errors.Errorf("checkpoint: State %q is nil", name)
		}
	}
	return nil
}

// check is an error if the numbers of a policy of this package mean nothing.
func check(policy any) error {
	if c, ok := policy.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

func (c *Config) saves() []When {
	if c.Save == nil {
		return []When{EveryEpochs(1), OnInterrupt{}, OnError{}}
	}
	return c.Save
}

func (c *Config) keeps() []Which {
	if c.Keep == nil {
		return []Which{Last(2), Best{}}
	}
	return c.Keep
}
