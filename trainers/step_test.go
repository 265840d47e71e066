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
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
)

// The numbers of a step are those of its batch: of the model N(m, 1) the bound is
// −½(x−m)² − ½log 2π and its gradient x − m, so that all of them have a formula.
func TestStepTellsItsBatch(t *testing.T) {
	const rate = .25
	x := []float64{3, 1, -2, 5, 4}
	bound := func(x, m float64) float64 { return -.5*(x-m)*(x-m) - .5*math.Log(2*math.Pi) }
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		tol := 1e-12
		if dt == graph.Float32 {
			tol = 1e-5
		}
		near := func(what string, got, want float64) {
			t.Helper()
			if !(math.Abs(got-want) <= tol*(1+math.Abs(want))) {
				t.Errorf("%v: %s is %v, want %v", dt, what, got, want)
			}
		}
		m, sum, number, norms := 0., 0., 0, 0.
		_, err := trainers.Fit(context.Background(), mean, set(t, x...).Batches(data.BatchConfig{Size: 1, Evaluation: true}), trainers.Config{
			Params: &graph.Params{Dtype: dt}, Epochs: 3, Optimizer: trainers.SGD{Rate: rate}, ClipNorm: 1.5,
			OnStep: func(s trainers.Step) error {
				metrics, err := s.Metrics()
				if err != nil {
					return err
				}
				means, err := s.Means()
				if err != nil {
					return err
				}
				norm, err := s.GradNorm("")
				if err != nil {
					return err
				}
				own, err := s.GradNorm("^m$")
				if err != nil {
					return err
				}
				if s.Step == 1 {
					sum, norms = 0, 0
				}
				v := x[s.Step-1]
				b := bound(v, m)
				sum += b
				norms += math.Abs(v - m)
				number++
				near("bound", metrics["bound"], b)
				near("term", metrics["reconstruction"], b)
				near("mean so far", means["bound"], sum/float64(s.Step))
				near("norm", norm, math.Abs(v-m)) // before it is clipped
				near("norm of m", own, math.Abs(v-m))
				if s.Number != number || s.Rows != 1 || s.NotFinite != nil || s.Steps != len(x) {
					t.Errorf("step %+v", s)
				}
				m += rate * math.Max(-1.5, math.Min(1.5, v-m))
				return nil
			},
			OnEpoch: func(e trainers.Epoch) error {
				near("mean of the epoch", e.Train["bound"], sum/float64(len(x)))
				near("mean norm", e.GradNorm, norms/float64(len(x)))
				if e.Steps != number || e.NotFinite != 0 || e.WarmUp || e.BackTo != 0 {
					t.Errorf("epoch %+v", e)
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The norm of a group is over its parameters, and all groups make up the whole; of
// several batches it is of their mean.
func TestGradNormOfGroups(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		u, p := twoParts(t, dt, trainers.UpdateConfig{ClipNorm: .01})
		if n, err := u.GradNorm(""); err != nil || n != 0 {
			t.Errorf("%v: norm %v before the first update, error %v", dt, n, err)
		}
		squares := map[string]float64{}
		for _, name := range []string{"a", "b/w"} {
			g := make([]float64, 0)
			if dt == graph.Float64 {
				v, err := graph.View[float64](p, "trainers/grad/"+name)
				if err != nil {
					t.Fatal(err)
				}
				g = append(g, v...)
			} else {
				v, err := graph.View[float32](p, "trainers/grad/"+name)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range v {
					g = append(g, float64(x))
				}
			}
			for _, x := range g {
				squares[name] += x * x
			}
		}
		for what, update := range map[string]func() error{
			"a step":          func() error { return u.Step(p) },
			"several batches": func() error { return errors.Join(u.Add(p, 1), u.Add(p, 3), u.Apply()) },
		} {
			if err := update(); err != nil {
				t.Fatal(err)
			}
			for match, want := range map[string]float64{"": squares["a"] + squares["b/w"], "^a": squares["a"], "w$": squares["b/w"]} {
				n, err := u.GradNorm(match)
				if err != nil || math.Abs(n-math.Sqrt(want)) > 1e-5*math.Sqrt(want) || want == 0 {
					t.Errorf("%v, %s: norm of %q is %v, want %v, error %v", dt, what, match, n, math.Sqrt(want), err)
				}
			}
		}
		for match, want := range map[string]string{"v": `trainers: group "v" matches none of the parameters [`, "(": `trainers: group "("`} {
			if _, err := u.GradNorm(match); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error %v, want %s", err, want)
			}
		}
	}
	if _, err := (trainers.Step{}).Metrics(); err == nil || err.Error() != "trainers: the Step is not one that OnStep is told of" {
		t.Errorf("error %v", err)
	}
}

// Steps that are not finite are left out as if their batches were not there, as
// long as there are not too many in a row, and are told of.
func TestSkipNotFinite(t *testing.T) {
	const huge = 1e30 // whose square is not a float32
	fit := func(skip, accumulate int, x ...float64) (m []float64, left []int, r trainers.Result, err error) {
		params := &graph.Params{}
		r, err = trainers.Fit(context.Background(), mean, set(t, x...).Batches(data.BatchConfig{Size: 1, Evaluation: true}), trainers.Config{
			Params: params, Epochs: 3, Optimizer: trainers.Momentum{Rate: .1}, SkipNotFinite: skip, Accumulate: accumulate,
			OnStep: func(s trainers.Step) error {
				if s.NotFinite != nil {
					left = append(left, s.Step)
					if !strings.HasPrefix(s.NotFinite.Error(), "the bound is -Inf") || s.NotFinite.Step != s.Number {
						t.Errorf("step %d is left out as %v", s.Number, s.NotFinite)
					}
				}
				return nil
			},
		})
		if err == nil {
			m = elements(t, params, "m")
		}
		return m, left, r, err
	}
	for _, accumulate := range []int{1, 2, 3} {
		want, _, _, err := fit(0, accumulate, 3, 1, -2, 5)
		if err != nil {
			t.Fatal(err)
		}
		got, left, r, err := fit(2, accumulate, 3, huge, 1, huge, huge, -2, 5, huge)
		if err != nil || !slices.Equal(got, want) || fmt.Sprint(left) != "[2 4 5 8 2 4 5 8 2 4 5 8]" || r.Steps != 24 {
			t.Errorf("Accumulate %d: parameter %v, want %v, left out %v of %d steps, error %v", accumulate, got, want, left, r.Steps, err)
		}
		for _, e := range r.Epochs {
			if e.NotFinite != .5 || math.IsInf(e.Train["bound"], 0) {
				t.Errorf("epoch %+v", e)
			}
		}
		for skip := range 2 {
			var bad *trainers.NotFinite
			if _, left, r, err := fit(skip, accumulate, 3, huge, 1, huge, huge, -2); !errors.As(err, &bad) || len(left) != 2*skip || r.Steps != bad.Step-1 || bad.Step != []int{2, 5}[skip] {
				t.Errorf("SkipNotFinite %d: left out %v, error %v", skip, left, err)
			}
		}
	}
	if _, _, _, err := fit(9, 1, huge, huge); err == nil || err.Error() != "trainers: epoch 1 has no batch whose bound, gradient and update are finite" {
		t.Errorf("error %v", err)
	}
	if _, _, _, err := fit(-1, 1, 1); err == nil || err.Error() != "trainers: SkipNotFinite -1, want 0 or more" {
		t.Errorf("error %v", err)
	}

	// An update that is not finite drops the gradients that it was to be made of.
	params := &graph.Params{Dtype: graph.Float64}
	left := 0
	r, err := trainers.Fit(context.Background(), mean, set(t, 1, 2, 3, 4).Batches(data.BatchConfig{Size: 1}), trainers.Config{
		Params: params, Epochs: 1, Accumulate: 2, SkipNotFinite: 1, Optimizer: trainers.SGD{Rate: math.MaxFloat64},
		OnStep: func(s trainers.Step) error {
			if s.NotFinite != nil {
				left++
			}
			return nil
		},
	})
	if err != nil || left != 2 || elements(t, params, "m")[0] != 0 || r.Epochs[0].NotFinite != .5 || r.Epochs[0].GradNorm != 0 {
		t.Errorf("left out %d, parameter %v, epochs %+v, error %v", left, elements(t, params, "m"), r.Epochs, err)
	}
}

// Who asks a step for nothing pays for nothing: a step allocates what its batch of
// data does, six times, with a function for the steps and without one.
func TestStepsAllocateNothing(t *testing.T) {
	allocations := func(epochs int, onStep func(trainers.Step) error) float64 {
		x := set(t, slices.Repeat([]float64{1, 2, 3}, 100)...)
		return testing.AllocsPerRun(3, func() {
			if _, err := trainers.Fit(context.Background(), mean, x.Batches(data.BatchConfig{Size: 1}), trainers.Config{Epochs: epochs, OnStep: onStep, SkipNotFinite: 1}); err != nil {
				t.Fatal(err)
			}
		})
	}
	for name, onStep := range map[string]func(trainers.Step) error{
		"none": nil, "a counter": func(trainers.Step) error { return nil },
	} {
		if more := (allocations(5, onStep) - allocations(2, onStep)) / 900; more > 6.5 {
			t.Errorf("%s: %v allocations a step", name, more)
		}
	}
}
