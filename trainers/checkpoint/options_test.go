package checkpoint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/pkg/errors"
)

// none keeps what does not fit.
type none struct{}

func (none) Keep([]checkpoint.Info) []bool { return nil }

// counter is a State.
type counter struct{ n int }

func (c *counter) MarshalBinary() ([]byte, error) { return fmt.Append(nil, c.n), nil }

func (c *counter) UnmarshalBinary(b []byte) error {
	_, err := fmt.Sscan(string(b), &c.n)
	return errors.Wrap(err, "no number")
}

// TestEveryOptionHasAnEffect: a new field of a struct that says what to do has
// no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	with := func(c checkpoint.Config) string { return train(t, 2, c) }
	plain := with(checkpoint.Config{})
	// again runs once more, longer, with what it returns of the second run.
	again := func(first, second checkpoint.Config, change ...func(*trainers.Config)) string {
		fs := &crashfs.FS{}
		first.FS, second.FS = fs, fs
		if got := train(t, 1, first); strings.HasPrefix(got, "error") {
			t.Fatal(got)
		}
		return train(t, 2, second, change...)
	}
	other := func(c *trainers.Config) { c.Seed = 9 }
	best := func(b checkpoint.Best) string {
		return fmt.Sprint(b.Keep([]checkpoint.Info{{Metrics: map[string]float64{"train/bound": 1, "x": 7}}, {Metrics: map[string]float64{"train/bound": 2, "x": 6}}, {Metrics: map[string]float64{"train/bound": 2}}}))
	}
	counted := func(stateful bool) string {
		n := &counter{}
		c := checkpoint.Config{FS: &crashfs.FS{}}
		if stateful {
			c.State = map[string]checkpoint.Stateful{"n": n}
		}
		count := func(c *trainers.Config) { c.OnEpoch = func(trainers.Epoch) error { n.n++; return nil } }
		train(t, 1, c, count)
		n.n = 0
		train(t, 2, c, count)
		return fmt.Sprint(n.n)
	}
	full := func(c checkpoint.Config) string {
		c.FS = &crashfs.FS{Each: func(o crashfs.Operation) error {
			if o.Kind == "sync" {
				return errors.New("disk full")
			}
			return nil
		}}
		return with(c)
	}
	nothing := func(string) {}
	exported.Effects(t, map[string][][]string{
		"Config.Dir":      {{plain, with(checkpoint.Config{Dir: "-"}), "no Dir"}, {"error", with(checkpoint.Config{Dir: "elsewhere"})}},
		"Config.Save":     {{plain, with(checkpoint.Config{Save: []checkpoint.When{checkpoint.EverySteps(3)}})}, {plain, with(checkpoint.Config{Save: []checkpoint.When{}}), "Save or Keep is empty"}, {plain, with(checkpoint.Config{Save: []checkpoint.When{checkpoint.EveryTime(-1)}}), "Save[0]: EveryTime(-1ns), want more than 0"}, {plain, with(checkpoint.Config{Save: []checkpoint.When{nil}}), "Save[0] is nil"}},
		"Config.Keep":     {{plain, with(checkpoint.Config{Keep: []checkpoint.Which{checkpoint.Last(1)}})}, {plain, with(checkpoint.Config{Keep: []checkpoint.Which{none{}}}), "checkpoint_test.none says of 0 of 1 checkpoints whether they are kept"}, {plain, with(checkpoint.Config{Keep: []checkpoint.Which{checkpoint.Last(0)}}), "Keep[0]: Last(0), want 1 or more"}, {plain, with(checkpoint.Config{Save: []checkpoint.When{checkpoint.EverySteps(1)}, Keep: []checkpoint.Which{checkpoint.Best{}}}), "Save has no EveryEpochs"}},
		"Config.State":    {{counted(false), counted(true)}, {plain, with(checkpoint.Config{State: map[string]checkpoint.Stateful{"a": nil}}), `State "a" is nil`}},
		"Config.Settings": {{plain, again(checkpoint.Config{Settings: 1}, checkpoint.Config{Settings: 2}), "Settings is 2, there it is 1"}},
		"Config.Changed":  {{again(checkpoint.Config{}, checkpoint.Config{}, other), again(checkpoint.Config{}, checkpoint.Config{Changed: []string{"Seed"}}, other)}, {plain, again(checkpoint.Config{}, checkpoint.Config{Changed: []string{"x"}}), `Changed names "x"`}},
		"Config.Log":      {{again(checkpoint.Config{}, checkpoint.Config{}), again(checkpoint.Config{}, checkpoint.Config{Log: nothing})}},
		"Config.Failed":   {{full(checkpoint.Config{}), full(checkpoint.Config{Failed: func(error) error { return nil }})}, {plain, full(checkpoint.Config{Failed: func(err error) error { return errors.WithMessage(err, "lost") }}), "lost: checkpoint: store: write"}},
		"Config.FS":       {{"[]", with(checkpoint.Config{FS: &crashfs.FS{}})}, {plain, with(checkpoint.Config{FS: (*crashfs.FS)(nil)}), "FS is a nil *crashfs.FS"}},
		"Best.N":          {{best(checkpoint.Best{}), best(checkpoint.Best{N: 2})}, {plain, with(checkpoint.Config{Keep: []checkpoint.Which{checkpoint.Best{N: -1}}}), "Best of -1"}},
		"Best.Metric":     {{best(checkpoint.Best{}), best(checkpoint.Best{Metric: "x"})}},
		"Best.Lower":      {{best(checkpoint.Best{}), best(checkpoint.Best{Lower: true})}},
	}, "Moment", "Info", "Store")
}

// No function of the package ends in an error of the Go runtime, whatever it is
// given.
func TestAbsurdArguments(t *testing.T) {
	absurd.Sweep{
		Funcs: map[string]any{"List": checkpoint.List, "Verify": checkpoint.Verify},
		Types: []any{
			&checkpoint.Config{}, &checkpoint.Store{}, checkpoint.EverySteps(0), checkpoint.EveryTime(0), checkpoint.EveryEpochs(0), checkpoint.OnInterrupt{}, checkpoint.OnError{},
			checkpoint.Last(0), checkpoint.EveryNth(0), checkpoint.Best{},
		},
	}.Run(t)
}
