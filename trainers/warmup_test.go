package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// While the weight of the bound rises, epochs are marked and none is counted by a
// rule that compares them, whatever schedule says so.
func TestWarmUpIsNotCounted(t *testing.T) {
	const steps, epochs = 3, 30
	falling := func(s *graph.Scope, d vi.Data) *vi.Estimate { return mean(s, d).Times(s.Input("beta")) } // the bound is below 0
	stairs := func(step int) float64 { return min(1, float64(1+step/steps)/6) }
	for name, c := range map[string]struct {
		beta trainers.Schedule
		warm int // epochs
	}{
		"a constant":            {trainers.Constant(1), 0},
		"a warm-up":             {trainers.WarmUp{Steps: 6 * steps}, 6},
		"one step longer":       {trainers.WarmUp{Steps: 6*steps + 2}, 7},
		"a pointer":             {&trainers.WarmUp{Steps: 6 * steps}, 6},
		"a function":            {trainers.ScheduleFunc(func(step int) float64 { return min(1, float64(step+1)/(6*steps)) }), 6},
		"stairs":                {trainers.ScheduleFunc(stairs), 5},
		"a wave":                {trainers.Cosine{WarmUp: 3 * steps, Steps: 6 * steps, Floor: .5}, 6},
		"decay, to the end":     {trainers.ScheduleFunc(func(step int) float64 { return math.Exp(-float64(step) / 100) }), epochs},
		"a function that stays": {trainers.ScheduleFunc(func(int) float64 { return .5 }), 0},
	} {
		for _, unknown := range []bool{false, true} {
			train := set(t, 1, 2, 3).Batches(data.BatchConfig{Size: 1})
			if _, ok := c.beta.(trainers.ScheduleFunc); unknown && ok {
				c.warm = max(c.warm, 1) // it takes an epoch to see
			}
			if unknown {
				train = uncounted{train}
			}
			stop := &trainers.EarlyStopping{Patience: -1, Lower: true, Threshold: 1e9} // the second epoch that counts is not better
			warm := 0
			r, err := trainers.Fit(context.Background(), falling, train, trainers.Config{
				Epochs: epochs, Optimizer: trainers.SGD{Rate: 1e-6}, Schedules: map[string]trainers.Schedule{"beta": c.beta}, Watch: []trainers.Watcher{stop},
				OnEpoch: func(e trainers.Epoch) error {
					if e.WarmUp {
						if warm++; warm != e.Epoch {
							t.Errorf("%s: epoch %d is of a warm-up, one before is not", name, e.Epoch)
						}
					}
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			want := min(c.warm+2, epochs)
			if at, _ := stop.Best(); warm != c.warm || len(r.Epochs) != want || stop.Stopped() != (c.warm < epochs) || at != (c.warm+1)%(epochs+1) {
				t.Errorf("%s (number of steps unknown: %t): %d epochs of warm-up, ended after %d, the best is %d; want %d and %d", name, unknown, warm, len(r.Epochs), at, c.warm, want)
			}
		}
	}
}

// uncounted are batches that do not know how many they are.
type uncounted struct{ data.Batches }

func (uncounted) Count() int { return -1 }

// The rules that compare epochs all leave those of a warm-up out, and From counts
// them all the same.
func TestEpochsOfAWarmUp(t *testing.T) {
	warm := func(e int) trainers.Epoch {
		v := map[string]float64{"bound": -float64(e)}
		return trainers.Epoch{Epoch: e, Train: v, Test: v, WarmUp: e <= 20}
	}
	for name, c := range map[string]struct {
		w    trainers.Watcher
		want int
	}{
		"early stopping":           {&trainers.EarlyStopping{Patience: 2}, 24},
		"early stopping from 3":    {&trainers.EarlyStopping{Patience: 2, From: 3}, 6},
		"early stopping from 30":   {&trainers.EarlyStopping{Patience: 2, From: 30}, 33},
		"a cliff":                  {&trainers.Cliff{Fall: 4.5}, 26}, // the best is the first after the warm-up
		"a cliff from 3":           {&trainers.Cliff{Fall: 4.5, From: 3}, 8},
		"convergence":              {&trainers.Convergence{Window: 1, Tolerance: .5}, 22},
		"convergence of 2":         {&trainers.Convergence{Window: 2, Tolerance: .5}, 24},
		"a cliff that never falls": {&trainers.Cliff{Fall: 100}, 0},
	} {
		got := 0
		for e := 1; e <= 40 && got == 0; e++ {
			switch err := c.w.OnEpoch(warm(e)); {
			case errors.Is(err, trainers.Stop) || errors.Is(err, trainers.ErrCliff):
				got = e
			case err != nil:
				t.Fatal(err)
			}
		}
		if got != c.want {
			t.Errorf("%s ends in epoch %d, want %d", name, got, c.want)
		}
	}
}

// A Plateau in a fit does not observe the epochs of a warm-up either.
func TestPlateauWaitsForTheWarmUp(t *testing.T) {
	var saw []float64
	_, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate { return mean(s, d).Times(s.Input("beta")) },
		set(t, 1).Batches(data.BatchConfig{}), trainers.Config{
			Epochs: 8, Optimizer: rates{&saw}, Plateau: &trainers.Plateau{Patience: -1, Factor: .5, Lower: true, Threshold: 1e9},
			Schedules: map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: 4}},
		})
	if want := "[1 1 1 1 1 0.5 0.25 0.125]"; err != nil || fmt.Sprint(saw) != want {
		t.Errorf("factors %v, want %s, error %v", saw, want, err)
	}
}
