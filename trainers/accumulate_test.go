package trainers_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// The mean gradient of several batches is that of one of all their rows, also
// where the last ones of an epoch are fewer or shorter, and clipping sees it whole.
func TestAccumulatedBatchesAreOneBatch(t *testing.T) {
	x := set(t, 1, -2, 30, 4, -5)
	fit := func(dt graph.Dtype, size, accumulate int, clip float64) []float64 {
		params := &graph.Params{Dtype: dt}
		steps := 0
		r, err := trainers.Fit(context.Background(), mean, x.Batches(data.BatchConfig{Size: size, Seed: 1}), trainers.Config{
			Params: params, Epochs: 4, Accumulate: accumulate, ClipNorm: clip, Optimizer: trainers.Momentum{Rate: .1},
			Rate:   trainers.InverseRoot{}, // counts updates
			OnStep: func(trainers.Step) error { steps++; return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := 4 * ((5 + size - 1) / size); steps != want || r.Steps != want {
			t.Errorf("%d steps, %d in the result, want %d", steps, r.Steps, want)
		}
		return elements(t, params, "m")
	}
	eachDtype(t, func(t *testing.T, dt graph.Dtype, tol float64) {
		for _, clip := range []float64{0, .7} {
			for _, c := range [][3]int{{2, 1, 2}, {4, 2, 2}, {5, 2, 3}, {5, 1, 5}, {5, 1, 9}, {3, 3, 1}} {
				want, got := fit(dt, c[0], 0, clip), fit(dt, c[1], c[2], clip)
				if math.Abs(got[0]-want[0]) > tol*math.Abs(want[0]) {
					t.Errorf("clip %v: %d batches of %d give %v, one of %d gives %v", clip, c[2], c[1], got, c[0], want)
				}
			}
		}
		if a, b := fit(dt, 2, 2, 0), fit(dt, 2, 3, 0); a[0] == b[0] {
			t.Error("the number of batches makes no difference")
		}
	})
}

// States are of every batch, parameters of the update.
func TestAddCommitsStates(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: trainers.SGD{Rate: 1}})
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		count := s.State("n", graph.Constant(0), 1)
		s.Assign(count, count.Shift(1))
		u.Declare(s, mean(s, vi.Data{"x": s.Input("x", 1, 1)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range []float64{3, 6} {
		if err := graph.Feed(p, "x", []float64{x}); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		if err := u.Add(p, 1); err != nil {
			t.Fatal(err)
		}
		if n, m := elements(t, params, "n"), elements(t, params, "m"); n[0] != float64(i+1) || m[0] != 0 {
			t.Errorf("after %d batches n is %v, m %v", i+1, n, m)
		}
	}
	if err := u.Apply(); err != nil {
		t.Fatal(err)
	}
	if n, m := elements(t, params, "n"), elements(t, params, "m"); n[0] != 2 || m[0] != 4.5 {
		t.Errorf("n is %v, m %v, want 2 and 4.5", n, m)
	}
}

func TestAccumulationMistakes(t *testing.T) {
	u, p := twoParts(t, graph.Float64, trainers.UpdateConfig{Optimizer: trainers.SGD{}})
	other, _ := twoParts(t, graph.Float64, trainers.UpdateConfig{})
	is := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	is(u.Apply(), "trainers: apply: no gradient has been added")
	for _, w := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		is(u.Add(p, w), "trainers: add: a batch of weight")
	}
	is(other.Add(p, 1), "trainers: the program was built with other Params than the Updater has")
	if err := u.Add(p, 1); err != nil {
		t.Fatal(err)
	}
	is(u.Step(p), "trainers: step: the gradients of 1 batches have been added: Apply them first")
	if err := u.Apply(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // each finite, their sum not
		if err := u.Add(p, math.MaxFloat64/2); err != nil {
			t.Fatal(err)
		}
	}
	err := u.Apply()
	is(err, "the mean gradient of b/w is not finite")
	if bad := (*trainers.NotFinite)(nil); !errors.As(err, &bad) {
		t.Errorf("error %v is no NotFinite", err)
	}
}
