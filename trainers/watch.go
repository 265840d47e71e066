package trainers

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// Watcher looks at the epochs of a fit and may end it: EarlyStopping, Cliff,
// Convergence, or one's own. Whatever it decides by is in what it is told and in
// its state, so that a fit that goes on from both ends where one that was not
// interrupted does.
type Watcher interface {
	// OnEpoch is told of every epoch in turn; epoch 1 begins anew. An error ends
	// the fit, Stop without being one.
	OnEpoch(e Epoch) error
	// MarshalBinary returns the state: what it remembers of the epochs so far.
	encoding.BinaryMarshaler
	// UnmarshalBinary makes such a state its own. On an error it is as before.
	encoding.BinaryUnmarshaler
}

// keeper is a Watcher that wants the parameters of some epochs.
type keeper interface {
	// keep is called after an epoch that the Watcher has accepted.
	keep(t *trainer, e Epoch) error
}

// beginner is a Watcher that forgets the fit before.
type beginner interface{ begin() }

// begin makes watchers begin anew before the first step, by which a fit may fall
// already.
func (t *trainer) begin() {
	for _, w := range t.Watch {
		if b, ok := w.(beginner); ok {
			b.begin()
		}
	}
}

// metric returns a number of an epoch: of Test, if there is one, else of Train.
func (e Epoch) metric(who, name string) (float64, error) {
	of, terms := "Test", e.Test
	if terms == nil {
		of, terms = "Train", e.Train
	}
	return term(who, cmp.Or(name, "bound"), of, terms)
}

func term(who, name, of string, terms map[string]float64) (float64, error) {
	v, ok := terms[name]
	if !ok {
		return 0, errors.Errorf("trainers: %s of %s, which Epoch.%s does not have: it has %v", who, name, of, slices.Sorted(maps.Keys(terms)))
	}
	return v, nil
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// remember and recall turn what a Watcher remembers into JSON and back.
func remember(state any) ([]byte, error) {
	b, err := json.Marshal(state)
	return b, errors.Wrap(err, "trainers")
}

func recall[T any](of string, state []byte, ok func(T) bool) (T, error) {
	var s, none T
	d := json.NewDecoder(bytes.NewReader(state))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return none, errors.Wrapf(err, "trainers: the state of %s", of)
	}
	if d.More() || !ok(s) {
		return none, errors.Errorf("trainers: the state of %s is %.200s, which it never is", of, state)
	}
	return s, nil
}

// watch shows a complete epoch to the watchers and the Plateau. What it returns is
// for the end of the epoch. An epoch that fell counts for none that come after.
func (t *trainer) watch(e Epoch) (verdict error) {
	for _, w := range t.Watch {
		err := w.OnEpoch(e)
		switch k, ok := w.(keeper); {
		case errors.Is(err, ErrCliff):
			return t.rescued(e.Epoch, err)
		case err == nil && ok:
			err = k.keep(t, e)
		}
		if err != nil && !errors.Is(err, Stop) {
			return err
		}
		if verdict == nil {
			verdict = err
		}
	}
	if t.Plateau == nil || e.WarmUp {
		return verdict
	}
	seen := e.Test
	if t.test == nil {
		seen = e.Train
	}
	if err := t.runs.update.Observe(seen); err != nil {
		return err
	}
	return verdict
}

// watchable is an error if a Watcher is not there.
func watchable(c Config) error {
	for i, w := range c.Watch {
		if w == nil {
			return errors.Errorf("Watch[%d] is nil, want a Watcher", i)
		}
		if op.Nil(w) {
			return errors.Errorf("Watch[%d] is a nil %T", i, w)
		}
		if err := checked(w); err != nil {
			return err
		}
		if k, ok := w.(*Cliff); ok && k.Retries > 0 && c.Test == nil {
			return errors.New("a Cliff with Retries without a Test set: the bound of training is of parameters that have changed since, so that none are known to be good")
		}
		if s, ok := w.(*EarlyStopping); ok && s.Params != nil && s.Params == c.Params {
			return errors.New("EarlyStopping.Params are those that are trained: give the best others")
		}
	}
	return nil
}

// ending is a Schedule that knows the step from which on it stays.
type ending interface{ end() int }

func (c Constant) end() int { return 0 }
func (w WarmUp) end() int   { return w.Steps - 1 }
func (c Cosine) end() int   { return c.Steps }

// warming tells whether an input of the model still changes in the epoch under
// way or in a later one of the fit: bounds before and after are not of the same
// objective then. Schedules that do not know their end are looked at 1, 2,
// 4, … steps further on.
func (t *trainer) warming() bool {
	from, n := t.result.Steps-t.at.now.steps, t.runs.batches.Count()
	left := (t.Epochs-t.at.epoch)*n - 1
	if n < 0 { // nobody knows: as many again
		left = from
	}
	for _, s := range t.Schedules {
		if s == nil {
			continue
		}
		if e, ok := s.(ending); ok {
			if from < e.end() {
				return true
			}
			continue
		}
		if n < 0 && from == 0 {
			return true // it takes an epoch to see
		}
		now := s.At(from)
		for ahead := 1; ahead < 2*left; ahead *= 2 {
			if s.At(from+min(ahead, left)) != now {
				return true
			}
		}
	}
	return false
}
