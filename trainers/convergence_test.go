package trainers_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// A bound −1 − e^{−t/τ} settles where the means of two windows differ by the
// tolerance, which a formula says.
func TestConvergence(t *testing.T) {
	for _, c := range []struct {
		rule          trainers.Convergence
		window        int
		tolerance     float64
		tau           float64
		of            string
		test, stopped bool
	}{
		{trainers.Convergence{}, 100, 1e-3, 50, "bound", false, true},
		{trainers.Convergence{Window: 10, Tolerance: .02}, 10, .02, 30, "bound", false, true},
		{trainers.Convergence{Window: 5, Tolerance: 1e-4, Term: "kl", Test: true}, 5, 1e-4, 7, "kl", true, true},
		{trainers.Convergence{Window: 10, Tolerance: 1e-9}, 10, 1e-9, 1e5, "bound", false, false},
	} {
		bound := func(epoch int) float64 { return -1 - math.Exp(-float64(epoch)/c.tau) }
		mean := func(from, to int) (m float64) {
			for e := from; e < to; e++ {
				m += bound(e) / float64(to-from)
			}
			return m
		}
		want := 0
		for e := 2 * c.window; want == 0 && e <= 3000; e++ {
			a, b := mean(e-2*c.window+1, e-c.window+1), mean(e-c.window+1, e+1)
			if math.Abs(b-a) <= c.tolerance*math.Abs(a) {
				want = e
			}
		}
		for range 2 { // once more from the start
			got := 0
			for e := 1; got == 0 && e <= 3000; e++ {
				report := trainers.Epoch{Epoch: e, Train: map[string]float64{c.of: bound(e)}}
				if c.test {
					report.Train, report.Test = nil, report.Train
				}
				switch err := c.rule.OnEpoch(report); {
				case errors.Is(err, trainers.Stop):
					got = e
				case err != nil:
					t.Fatal(err)
				}
			}
			if got != want || c.rule.Reached() != c.stopped || (want > 0) != c.stopped {
				t.Errorf("%+v stops after %d epochs, want %d", c.rule, got, want)
			}
		}
	}
}

// A fit ends by it before its epochs are over, without an error.
func TestConvergenceEndsAFit(t *testing.T) {
	settled := &trainers.Convergence{Window: 20}
	r, err := trainers.Fit(context.Background(), mean, set(t, 1, 2, 3).Batches(data.BatchConfig{}), trainers.Config{
		Epochs: 100000, Optimizer: trainers.Adam{Rate: .05}, Watch: []trainers.Watcher{settled},
	})
	if err != nil || !settled.Reached() || len(r.Epochs) > 2000 || len(r.Epochs) < 40 {
		t.Errorf("%d epochs, settled %t, error %v", len(r.Epochs), settled.Reached(), err)
	}
	for want, c := range map[string]*trainers.Convergence{
		"trainers: Convergence of elbos, which Epoch.Train does not have": {Term: "elbos"},
		"trainers: Convergence of bound, which Epoch.Test does not have":  {Test: true},
		"a Window of -1":                   {Window: -1},
		"a Tolerance of NaN":               {Tolerance: math.NaN()},
		"trainers: the Convergence is nil": nil,
	} {
		_, err := trainers.Fit(context.Background(), mean, set(t, 1, 2).Batches(data.BatchConfig{}), trainers.Config{Epochs: 3, OnEpoch: c.OnEpoch})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
