package trainers_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

func TestSchedulesFeedTheModelsInputs(t *testing.T) {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		beta := s.Input("beta")
		e := mean(s, d)
		e.Terms["beta"] = beta
		return e.Times(beta)
	}
	var steps []int
	r, err := trainers.Fit(context.Background(), model, set(t, 1, 2, 3).Batches(data.BatchConfig{Size: 1}), trainers.Config{
		Epochs:    2,
		Schedules: map[string]trainers.Schedule{"beta": trainers.ScheduleFunc(func(step int) float64 { steps = append(steps, step); return float64(step) })},
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(steps) // it is looked at ahead too, but not beyond the end
	if want := []int{0, 1, 2, 3, 4, 5}; !cmp.Equal(slices.Compact(steps), want) {
		t.Errorf("schedule asked for steps %v, want %v", steps, want)
	}
	if r.Epochs[0].Train["beta"] != 1 || r.Epochs[1].Train["beta"] != 4 {
		t.Errorf("mean β of the epochs %v and %v, want 1 and 4", r.Epochs[0].Train["beta"], r.Epochs[1].Train["beta"])
	}
	_, err = trainers.Fit(context.Background(), model, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1})
	if want := "trainers: step 1 (epoch 1): input beta is neither in the data [x] nor in Schedules"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestScheduleOfNoInput(t *testing.T) {
	x, ctx := set(t, 1, 2, 3), context.Background()
	constant := map[string]trainers.Schedule{}
	for _, name := range []string{"beta", "x", "tau"} { // x is data
		constant[name] = trainers.Constant(1)
	}
	in := func(when func(s *graph.Scope) bool) trainers.Bound {
		return func(s *graph.Scope, d vi.Data) *vi.Estimate {
			if when(s) {
				return mean(s, d).Times(s.Input("beta"))
			}
			return mean(s, d)
		}
	}
	always, never := func(*graph.Scope) bool { return true }, func(*graph.Scope) bool { return false }
	fit := func(m trainers.Bound, test *data.Set) error {
		c := trainers.Config{Epochs: 1, Schedules: constant}
		if test != nil {
			c.Test = test.Batches(data.BatchConfig{Size: 2, Evaluation: true})
		}
		_, err := trainers.Fit(ctx, m, x.Batches(data.BatchConfig{Size: 2}), c)
		return err
	}
	evaluate := func(m trainers.Bound) error {
		_, err := trainers.Evaluate(ctx, m, &graph.Params{}, x.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{Schedules: constant})
		return err
	}
	const epoch, rows = "trainers: step 1 (epoch 1): ", "trainers: evaluate rows from 0: "
	for _, c := range []struct {
		got  error
		want string
	}{
		{fit(in(always), nil), epoch + "Schedules has [tau x], the model's own inputs are [beta]"},
		{fit(in(never), nil), epoch + "Schedules has [beta tau x], the model's own inputs are []"},
		{fit(in(always), x), epoch + "Schedules has [tau x], the model's own inputs are [beta]"},
		{evaluate(in(always)), rows + "Schedules has [tau x], the model's own inputs are [beta]"},
		{evaluate(in((*graph.Scope).Training)), rows + "Schedules has [beta tau x], the model's own inputs are []"},
	} {
		if c.got == nil || c.got.Error() != c.want {
			t.Errorf("error %v, want %s", c.got, c.want)
		}
	}
	// An input of one of the two programs is enough.
	delete(constant, "x")
	delete(constant, "tau")
	evaluation := func(s *graph.Scope) bool { return !s.Training() }
	for _, when := range []func(*graph.Scope) bool{(*graph.Scope).Training, evaluation} {
		if err := fit(in(when), x); err != nil {
			t.Error(err)
		}
	}
	if err := fit(in(evaluation), nil); err == nil {
		t.Error("the schedule of an input in evaluation, of which there is none, fits")
	}
}

// Schedules at their ends and beyond them; between them the rates of PyTorch are in
// testdata/optimizers.csv.
func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		s    trainers.Schedule
		at   int
		want float64
	}{
		{trainers.Constant(.3), 5, .3},
		{trainers.WarmUp{Steps: 4}, 0, .25},
		{trainers.WarmUp{Steps: 4}, 3, 1},
		{trainers.WarmUp{Steps: 4}, math.MaxInt32, 1},
		{trainers.StepDecay{Every: 3}, 2, 1},
		{trainers.StepDecay{Every: 3}, 3, .1},
		{trainers.StepDecay{Every: 3, Factor: 2}, 11, 8},
		{trainers.Cosine{Steps: 10}, 0, 1},
		{trainers.Cosine{Steps: 10}, 5, .5},
		{trainers.Cosine{Steps: 10}, 10, 0},
		{trainers.Cosine{Steps: 10, Floor: .2}, math.MaxInt32, .2},
		{trainers.Cosine{Steps: 10, WarmUp: 4}, 1, .5},
		{trainers.Cosine{Steps: 10, WarmUp: 4}, 4, 1},
		{trainers.Cosine{Steps: 10, WarmUp: 4, Floor: .5}, 7, .75},
		{trainers.InverseRoot{}, 0, 1},
		{trainers.InverseRoot{}, 3, .5},
		{trainers.InverseRoot{WarmUp: 4}, 1, .5},
		{trainers.InverseRoot{WarmUp: 4}, 3, 1},
		{trainers.InverseRoot{WarmUp: 4}, 15, .5},
		{trainers.ScheduleFunc(func(step int) float64 { return float64(step) }), 7, 7},
	} {
		if got := c.s.At(c.at); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%T%+[1]v is %v at step %d, want %v", c.s, got, c.at, c.want)
		}
	}
}
