package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// momentum is the model mean, of the number 1, by Momentum, as a formula.
type momentum struct{ m, v, rate float64 }

func (o *momentum) step() { o.v = .5*o.v + o.m - 1; o.m -= o.rate * o.v }

func (o momentum) bound() float64 { return -.5*(1-o.m)*(1-o.m) - .5*math.Log(2*math.Pi) }

// A fit whose rate is too large falls, goes back to the parameters and the velocity
// of its best epoch, and goes on at half the rate, as often as it takes.
func TestCliffGoesBack(t *testing.T) {
	const fall, epochs = 50., 60
	for _, retries := range []int{0, 1, 2, 9} {
		cliff := &trainers.Cliff{Fall: fall, Retries: retries}
		params := &graph.Params{Dtype: graph.Float64}
		var back []int
		after := map[int]float64{}
		r, err := trainers.Fit(context.Background(), mean, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{
			Params: params, Epochs: epochs, Optimizer: trainers.Momentum{Rate: 11, Mu: .5}, Test: set(t, 1).Batches(data.BatchConfig{}), Watch: []trainers.Watcher{cliff},
			OnEpoch: func(e trainers.Epoch) error {
				if e.BackTo > 0 {
					back = append(back, e.BackTo)
				}
				after[e.Epoch] = elements(t, params, "m")[0]
				return nil
			},
		})
		sim, kept, best, at := momentum{rate: 11}, momentum{}, math.Inf(-1), 0
		var falls []trainers.Fall
		ended, last := "", 0
		for e := 1; e <= epochs && ended == ""; e++ {
			sim.step()
			last = e
			b := sim.bound()
			if got := r.Epochs[e-1].Test["bound"]; !(math.Abs(got-b) <= 1e-9*(1+math.Abs(b))) {
				t.Fatalf("%d retries, epoch %d: bound %v, want %v", retries, e, got, b)
			}
			switch {
			case b > best:
				kept, best, at = sim, b, e
			case best-b > fall && len(falls) < retries:
				falls = append(falls, trainers.Fall{Epoch: e, Back: at})
				rate := sim.rate / 2
				sim = kept
				sim.rate = rate
			case best-b > fall:
				ended = fmt.Sprintf("trainers: epoch %d: bound is %.6g, worse by", e, b)
			}
			if m := after[e]; math.Abs(m-sim.m) > 1e-9*(1+math.Abs(m)) {
				t.Fatalf("%d retries: the parameter after epoch %d is %v, want %v", retries, e, m, sim.m)
			}
		}
		if ended != "" && (err == nil || !errors.Is(err, trainers.ErrCliff) || !strings.HasPrefix(err.Error(), ended) || len(r.Epochs) != last) || ended == "" && err != nil {
			t.Errorf("%d retries: error %v after %d epochs, want %s after %d", retries, err, len(r.Epochs), ended, last)
		}
		got, backs := cliff.Falls(), []int(nil)
		for i := range got {
			if !strings.HasPrefix(got[i].Why, "bound is -") {
				t.Errorf("fall %+v", got[i])
			}
			got[i].Why = ""
			if got[i].Epoch < epochs {
				backs = append(backs, got[i].Back)
			}
		}
		if !slices.Equal(got, falls) || !slices.Equal(back, backs) {
			t.Errorf("%d retries: falls %v, epochs that say so %v, want %v", retries, got, back, falls)
		}
		if retries == 9 && (len(falls) < 2 || math.Abs(sim.m-1) > 1e-6) {
			t.Errorf("the rate was lowered %d times, and the parameter is %v", len(falls), sim.m)
		}
	}
}

// logarithmic has the parameter m, which a step too long makes negative, where the
// bound is NaN.
func logarithmic(s *graph.Scope, d vi.Data) *vi.Estimate {
	m := s.Param("m", graph.Constant(.5), 1)
	n := s.State("count", graph.Constant(0), 1)
	s.Assign(n, n.Shift(1))
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: graph.Log(m), LogStd: s.Const(0)})
	}}, d)
}

// A bound that is NaN amid an epoch, or after it on the test set, makes a fit go
// back too: parameters, states and the schedule of the rate are as if what came
// after the best epoch had not been.
func TestCliffAtWhatIsNotFinite(t *testing.T) {
	const x, epochs = -2, 12
	for name, perEpoch := range map[string]int{"on the test set": 1, "amid an epoch": 4} {
		late := map[int]int{1: 2, 4: 5}[perEpoch]
		rate := func(update int) float64 {
			if update < late {
				return .02
			}
			return 3
		}
		cliff := &trainers.Cliff{Fall: 1e6, Retries: 5, Factor: .25}
		params := &graph.Params{Dtype: graph.Float64}
		r, err := trainers.Fit(context.Background(), logarithmic, set(t, x, x, x, x).Batches(data.BatchConfig{Size: 4 / perEpoch}), trainers.Config{
			Params: params, Epochs: epochs, Optimizer: trainers.SGD{Rate: 1}, Rate: trainers.ScheduleFunc(rate),
			Test: set(t, x).Batches(data.BatchConfig{}), Watch: []trainers.Watcher{cliff},
		})
		if err != nil {
			t.Fatal(err)
		}

		type at struct {
			m       float64
			updates int
		}
		now, kept, best, good, factor := at{m: .5}, at{}, math.Inf(-1), 0, 1.
		var falls []trainers.Fall
		var complete []int
		steps := 0
		bound := func() float64 { return -.5 * (x - math.Log(now.m)) * (x - math.Log(now.m)) }
		for e := 1; e <= epochs; e++ {
			fell := false
			for range perEpoch {
				if fell = math.IsNaN(bound()); fell {
					break
				}
				steps++
				now = at{now.m + rate(now.updates)*factor*(x-math.Log(now.m))/now.m, now.updates + 1}
			}
			switch {
			case fell || math.IsNaN(bound()):
				falls = append(falls, trainers.Fall{Epoch: e, Back: good})
				now, factor = kept, factor/4
				continue
			case bound() > best:
				kept, best, good = now, bound(), e
			}
			complete = append(complete, e)
		}
		var got []int
		for _, e := range r.Epochs {
			got = append(got, e.Epoch)
		}
		seen := cliff.Falls()
		for i := range seen {
			if !strings.Contains(seen[i].Why, "the bound is NaN") {
				t.Errorf("%s: %+v", name, seen[i])
			}
			seen[i].Why = ""
		}
		if len(falls) == 0 || !slices.Equal(seen, falls) || !slices.Equal(got, complete) || r.Steps != steps {
			t.Errorf("%s: falls %v, complete epochs %v, %d steps; want %v, %v and %d", name, seen, got, r.Steps, falls, complete, steps)
		}
		if m, n := elements(t, params, "m")[0], elements(t, params, "count")[0]; math.Abs(m-now.m) > 1e-12 || n != float64(now.updates) {
			t.Errorf("%s: parameter %v, state %v; want %v and %d", name, m, n, now.m, now.updates)
		}
	}

	// Without an epoch to go back to, or a try left, the error is that of the number.
	for name, retries := range map[string]int{"none kept": 3, "no retries": 0} {
		_, err := trainers.Fit(context.Background(), logarithmic, set(t, -5).Batches(data.BatchConfig{}), trainers.Config{
			Epochs: 9, Optimizer: trainers.SGD{Rate: 1}, Test: set(t, -5).Batches(data.BatchConfig{}), Watch: []trainers.Watcher{&trainers.Cliff{Fall: 1e6, Retries: retries}},
		})
		if bad := (*trainers.NotFinite)(nil); !errors.As(err, &bad) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A Cliff whose state has been written and read goes back to the same epoch, with
// all that the optimiser kept, in either dtype.
func TestCliffGoesBackAfterItsStateWasRead(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		for _, o := range []trainers.Optimizer{trainers.SGD{Rate: .3}, trainers.Momentum{Rate: .3, Mu: .5}, trainers.Adam{Rate: .3}} {
			late := trainers.ScheduleFunc(func(update int) float64 { return []float64{1, 300}[min(update/10, 1)] })
			run := func(written bool) string {
				params := &graph.Params{Dtype: dt}
				rule := trainers.Cliff{Fall: 20, Retries: 9, Factor: .1}
				cliff := &trainers.Cliff{}
				*cliff = rule
				var all []string
				average := &trainers.Average{Decay: .9, Params: &graph.Params{}}
				r, err := trainers.Fit(context.Background(), mean, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{
					Params: params, Epochs: 30, Optimizer: o, Test: set(t, 1).Batches(data.BatchConfig{}), Watch: []trainers.Watcher{cliff}, Average: average,
					Plateau: &trainers.Plateau{Patience: 30}, Rate: late,
					OnEpoch: func(e trainers.Epoch) error {
						all = append(all, fmt.Sprint(e.Test["bound"], elements(t, params, "m"), elements(t, average.Params, "m")))
						if !written {
							return nil
						}
						state, err := cliff.MarshalBinary()
						if err != nil {
							return err
						}
						*cliff = rule
						return cliff.UnmarshalBinary(state)
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				if len(cliff.Falls()) == 0 || len(r.Epochs) != 30 {
					t.Errorf("%T: %d falls in %d epochs", o, len(cliff.Falls()), len(r.Epochs))
				}
				return fmt.Sprint(all, cliff.Falls())
			}
			if a, b := run(false), run(true); a != b {
				t.Errorf("%T, %v: %s\nand with a state that was written\n%s", o, dt, a, b)
			}
		}
	}
}

// A cliff is told of to OnEpoch, whose Stop does not hide it.
func TestCliffBesideStop(t *testing.T) {
	told := 0
	_, err := trainers.Fit(context.Background(), mean, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{
		Epochs: 30, Optimizer: trainers.SGD{Rate: 3}, Test: set(t, 1).Batches(data.BatchConfig{}), Watch: []trainers.Watcher{&trainers.Cliff{Fall: 50}},
		OnEpoch: func(e trainers.Epoch) error {
			if told = e.Epoch; e.Test["bound"] < -60 {
				return trainers.Stop
			}
			return nil
		},
	})
	if !errors.Is(err, trainers.ErrCliff) || told != 4 {
		t.Errorf("told of %d epochs, error %v", told, err)
	}
}
