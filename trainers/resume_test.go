package trainers_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
)

// grouped is one more epoch of three batches with an update for every two, and the
// parameters at its end for the plateau to see: none is ever better. What is left
// of a group is there for the next epoch.
func (l *loop) grouped(t *testing.T, epoch int) {
	t.Helper()
	l.each(t, epoch, func() error {
		if err := l.updater.Add(l.program, 20); err != nil || l.step%2 == 0 {
			return err
		}
		return l.updater.Apply()
	})
	if err := l.updater.Observe(map[string]float64{"bound": -float64(epoch)}); err != nil {
		t.Fatal(err)
	}
}

// Training with all that there is, stopped amid the batches of an update, goes on
// from the state as if nothing had happened, bit for bit, averages too.
func TestRestoredStateHasEverything(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, o := range everyRule() {
			all := func(l *loop) string {
				s, err := l.updater.State()
				if err != nil {
					t.Fatal(err)
				}
				out := fmt.Sprint(l.values(), s)
				for _, name := range l.params.Names() {
					out += fmt.Sprint(name, elements(t, l.updater.Average(), name))
				}
				return out
			}
			whole := newLoopBy(t, dt, everything(o), "")
			for e := range 4 {
				whole.grouped(t, e)
			}
			half := newLoopBy(t, dt, everything(o), "")
			half.grouped(t, 0)
			path := t.TempDir() + "/model"
			if err := half.params.Save(path); err != nil {
				t.Fatal(err)
			}
			state, err := half.updater.State()
			if err != nil {
				t.Fatal(err)
			}
			if state.Batches != 1 || state.Weight != 20 || state.Step != 1 || state.Plateau.Epochs != 1 || len(state.Averages) != len(state.Slots) {
				t.Errorf("%T: state %+v", o, state)
			}
			half.grouped(t, 1) // what goes on does not change what was taken
			rest := newLoopBy(t, dt, everything(o), path)
			rest.step = 3
			if err := rest.updater.Restore(state); err != nil {
				t.Fatal(err)
			}
			if again, err := rest.updater.State(); err != nil || cmp.Diff(state, again) != "" {
				t.Errorf("%T: restored: %s, error %v", o, cmp.Diff(state, again), err)
			}
			for e := range 3 {
				rest.grouped(t, e+1)
			}
			if d := cmp.Diff(all(whole), all(rest)); d != "" {
				t.Errorf("%T%+[1]v, %v: what was restored differs: %s", o, dt, d)
			}
		}
	}
}

// A group that was whole when the state was taken is applied without another
// batch.
func TestRestoredGradientsAreApplied(t *testing.T) {
	u, p := twoParts(t, graph.Float32, trainers.UpdateConfig{})
	if err := u.Add(p, 3); err != nil {
		t.Fatal(err)
	}
	state, err := u.State()
	if err != nil {
		t.Fatal(err)
	}
	v, q := twoParts(t, graph.Float32, trainers.UpdateConfig{})
	for _, err := range []error{v.Restore(state), u.Apply(), v.Apply()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(elements(t, p.Params(), "b/w"), elements(t, q.Params(), "b/w")); d != "" || elements(t, q.Params(), "a")[0] == 0 {
		t.Errorf("the update differs: %s", d)
	}
}

func TestRestoreRefusesOtherUpdaters(t *testing.T) {
	plain, _ := twoParts(t, graph.Float32, trainers.UpdateConfig{Optimizer: trainers.SGD{}})
	full, p := twoParts(t, graph.Float32, everything(trainers.SGD{}))
	for _, err := range []error{full.Add(p, 2), full.Observe(map[string]float64{"bound": 1})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	none, err := plain.State()
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(s *trainers.State)) trainers.State {
		s, err := full.State()
		if err != nil {
			t.Fatal(err)
		}
		change(&s)
		return s
	}
	for _, c := range []struct {
		u    *trainers.Updater
		s    trainers.State
		want string
	}{
		{full, none, "the average of parameter b/w is missing"},
		{plain, with(func(*trainers.State) {}), "the state has averages, the Updater has no Average"},
		{plain, with(func(s *trainers.State) { s.Averages = nil }), "the state is of a Plateau, the Updater has none"},
		{full, with(func(s *trainers.State) { s.Batches = 0 }), "2 gradients of 0 batches of weight 2"},
		{full, with(func(s *trainers.State) { s.Batches, s.Grads, s.Weight = 0, nil, math.NaN() }), "0 gradients of 0 batches of weight NaN"},
		{full, with(func(s *trainers.State) { s.Batches, s.Weight = 0, 0 }), "2 gradients of 0 batches of weight 0"},
		{full, with(func(s *trainers.State) { s.Weight = 0 }), "2 gradients of 1 batches of weight 0"},
		{full, with(func(s *trainers.State) { s.Batches = -1 }), "2 gradients of -1 batches of weight 2"},
		{full, with(func(s *trainers.State) { delete(s.Grads, "a") }), "the gradient of parameter a is missing"},
		{full, with(func(s *trainers.State) { s.Grads["c"] = s.Grads["a"] }), "the state is of a parameter c"},
		{full, with(func(s *trainers.State) { s.Averages["c"] = s.Averages["a"] }), "the state is of a parameter c"},
		{full, with(func(s *trainers.State) { s.Averages["a"] = s.Grads["a"] }), "the average of parameter a is float32, want float64"},
		{full, with(func(s *trainers.State) { s.Averages["a"] = s.Averages["b/w"] }), "the average of parameter a has shape [40 1000]"},
		{full, with(func(s *trainers.State) { s.Plateau.Cuts = -1 }), "the state of the Plateau is {Epochs:1 Best:1 Waited:0 Cuts:-1}"},
	} {
		before, err := c.u.State()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.u.Restore(c.s); err == nil || !strings.HasPrefix(err.Error(), "trainers: restore: "+c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if after, err := c.u.State(); err != nil || cmp.Diff(before, after) != "" {
			t.Errorf("%s: the state changed", c.want)
		}
	}
}
