package trainers_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// A watcher of one fit is to the next as a new one: the rate that a Cliff lowered is
// not that of the next fit's first epoch, and a fit that ends before an epoch leaves
// nothing of the one before.
func TestWatchersBeginAnew(t *testing.T) {
	fit := func(w trainers.Watcher, rate float64, onStep func(trainers.Step) error) ([]byte, float64, error) {
		params := &graph.Params{Dtype: graph.Float64}
		_, err := trainers.Fit(context.Background(), mean, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{
			Params: params, Epochs: 12, Optimizer: trainers.Momentum{Rate: rate, Mu: .5}, Test: set(t, 1).Batches(data.BatchConfig{}),
			Watch: []trainers.Watcher{w}, OnStep: onStep,
		})
		state, e := w.MarshalBinary()
		if e != nil {
			t.Fatal(e)
		}
		return state, elements(t, params, "m")[0], err
	}
	full := errors.New("no step")
	for _, fresh := range []func() trainers.Watcher{
		func() trainers.Watcher { return &trainers.Cliff{Fall: 50, Retries: 9} },
		func() trainers.Watcher { return &trainers.EarlyStopping{Patience: 2} },
		func() trainers.Watcher { return &trainers.Convergence{Window: 2, Test: true} },
	} {
		used := fresh()
		if state, _, err := fit(used, 11, nil); err != nil || bytes.Equal(state, must(fresh().MarshalBinary())) {
			t.Fatalf("%T remembers nothing of a fit (%v): %s", used, err, state)
		}
		if state, _, err := fit(used, .1, func(trainers.Step) error { return full }); !errors.Is(err, full) || !bytes.Equal(state, must(fresh().MarshalBinary())) {
			t.Errorf("%T after a fit of no epoch (%v): %s", used, err, state)
		}
		fit(used, 11, nil)
		state, m, err := fit(used, .1, nil)
		wantState, want, wantErr := fit(fresh(), .1, nil)
		if m != want || !bytes.Equal(state, wantState) || err != nil || wantErr != nil {
			t.Errorf("%T used before: %v, %s (%v), want %v, %s (%v)", used, m, state, err, want, wantState, wantErr)
		}
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
