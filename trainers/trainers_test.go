package trainers_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// mean is a model of one parameter: x ~ N(m, 1), maximum likelihood.
func mean(s *graph.Scope, d vi.Data) *vi.Estimate {
	m := s.Param("m", graph.Constant(0), 1)
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)})
	}}, d)
}

func set(t *testing.T, x ...float64) *data.Set {
	t.Helper()
	s, err := data.New(data.FromFlat("x", x, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShortLastBatchCountsByItsRows(t *testing.T) {
	params := &graph.Params{}
	rows := 0
	r, err := trainers.Fit(context.Background(), mean, set(t, 0, 0, 0, 0, 3).Batches(data.BatchConfig{Size: 2}), trainers.Config{
		Params: params, Epochs: 1, Optimizer: trainers.Adam{Rate: 1e-12},
		OnStep: func(trainers.Step) error { rows++; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows != 3 || r.Steps != 3 {
		t.Errorf("%d steps, want 3", rows)
	}
	want := -.5*math.Log(2*math.Pi) - .5*9/5
	if got := r.Epochs[0].Train["bound"]; math.Abs(got-want) > 1e-6 {
		t.Errorf("mean bound %v, want %v", got, want)
	}
}

func TestSameSeedSameResultOnAnyProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	x, _ := ppcaData(t, 130, 4)
	fit := func(procs int, seed uint64) (string, []trainers.Epoch) {
		runtime.GOMAXPROCS(procs)
		params := &graph.Params{Seed: seed}
		r, err := trainers.Fit(context.Background(), ppcaModel(4, 2, vi.Auto), x.Batches(data.BatchConfig{Size: 50, Seed: seed}), trainers.Config{
			Params: params, Epochs: 3, Seed: seed, Test: x.Batches(data.BatchConfig{Size: 50, Seed: seed, Evaluation: true}),
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Epochs {
			r.Epochs[i].Seconds, r.Epochs[i].ExamplesPerSecond = 0, 0
		}
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := params.Save(path); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), r.Epochs
	}
	model, epochs := fit(1, 1)
	again, epochsAgain := fit(2, 1)
	if model != again || !cmp.Equal(epochs, epochsAgain) {
		t.Errorf("two fits of one seed differ: %s", cmp.Diff(epochs, epochsAgain))
	}
	other, _ := fit(2, 2)
	if other == model {
		t.Error("another seed gives the same parameters")
	}
}

func TestStopsCleanlyWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	params := &graph.Params{}
	r, err := trainers.Fit(ctx, mean, set(t, 1, 2, 3, 4).Batches(data.BatchConfig{Size: 1}), trainers.Config{
		Params: params, Epochs: 10,
		OnStep: func(s trainers.Step) error {
			if s.Epoch == 2 && s.Step == 2 {
				cancel()
			}
			return nil
		},
	})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, trainers.ErrInterrupted) {
		t.Fatalf("error %v, want context.Canceled and ErrInterrupted", err)
	}
	if r.Steps != 6 || len(r.Epochs) != 1 || r.Params != params {
		t.Errorf("%d steps, %d epochs; want 6 and 1", r.Steps, len(r.Epochs))
	}
}

func TestNotFiniteStopsAtTheLastGoodStep(t *testing.T) {
	// log of the parameter: the gradient step makes it negative.
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m := s.Param("m", graph.Constant(.5), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: graph.Log(m), LogStd: s.Const(0)})
		}}, d)
	}
	params := &graph.Params{}
	_, err := trainers.Fit(context.Background(), model, set(t, -5).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 9, Optimizer: trainers.Adam{Rate: .4}})
	want := "trainers: step 3 (epoch 3): the bound is NaN: log of -0.265057 is NaN in joint (log(m), element [0] of [1]) on the way to site x; if training went well before, it has diverged (the largest element of a parameter, 0.265, is in m): lower the optimiser's rate or set ClipNorm"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
	m, err := graph.Values[float32](params, "m")
	if err != nil || math.IsNaN(float64(m[0])) {
		t.Errorf("parameter %v after the failed step", m)
	}

	// A finite bound with an infinite gradient: √ at 0.
	model = func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m := s.Param("m", graph.Constant(0), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: graph.Sqrt(m), LogStd: s.Const(0)})
		}}, d)
	}
	_, err = trainers.Fit(context.Background(), model, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1})
	if want := "trainers: step 1 (epoch 1): the gradient of m is not finite: div of "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v\nwant  %s…", err, want)
	}
}

// Each gradient has a finite square here, their sum does not.
func TestNormOfAllGradientsOverflows(t *testing.T) {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		far := func(name string) *graph.Node { return s.Param(name, graph.Constant(0), 1).Scale(1.2e154) }
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: far("a").Add(far("b")), LogStd: s.Const(0)})
		}}, d)
	}
	params := &graph.Params{Dtype: graph.Float64}
	_, err := trainers.Fit(context.Background(), model, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 1, ClipNorm: 1})
	if want := "trainers: step 1 (epoch 1): the squares of all gradients sum to infinity"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

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
		Schedules: map[string]trainers.Schedule{"beta": func(step int) float64 { steps = append(steps, step); return float64(step) }},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 1, 2, 3, 4, 5}; !cmp.Equal(steps, want) {
		t.Errorf("schedule asked for steps %v, want %v", steps, want)
	}
	if r.Epochs[0].Train["beta"] != 1 || r.Epochs[1].Train["beta"] != 4 {
		t.Errorf("mean β of the epochs %v and %v, want 1 and 4", r.Epochs[0].Train["beta"], r.Epochs[1].Train["beta"])
	}
	_, err = trainers.Fit(context.Background(), model, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1})
	if want := "trainers: step 1 (epoch 1): input beta is neither in the data [x] nor in Config.Schedules"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestScheduleOfNoInput(t *testing.T) {
	x, ctx := set(t, 1, 2, 3), context.Background()
	constant := map[string]trainers.Schedule{}
	for _, name := range []string{"beta", "x", "tau"} { // x is data
		constant[name] = func(int) float64 { return 1 }
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

func TestNothingToRun(t *testing.T) {
	x, ctx, params := set(t, 1), context.Background(), &graph.Params{}
	none := func(*graph.Scope, vi.Data) *vi.Estimate { return nil }
	ys := func() data.Batches { return x.Batches(data.BatchConfig{Arrays: []string{"y"}}) }
	for want, run := range map[string]func() error{
		"trainers: no model": func() error {
			_, err := trainers.Fit(ctx, nil, x.Batches(data.BatchConfig{}), trainers.Config{Epochs: 1})
			return err
		},
		"trainers: step 1 (epoch 1): trainers: the model returned no estimate": func() error {
			_, err := trainers.Fit(ctx, none, x.Batches(data.BatchConfig{}), trainers.Config{Epochs: 1})
			return err
		},
		"trainers: no model to evaluate": func() error {
			_, err := trainers.Evaluate(ctx, nil, params, x.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
			return err
		},
		"trainers: evaluate rows from 0: trainers: the model returned no estimate": func() error {
			_, err := trainers.Evaluate(ctx, none, params, x.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
			return err
		},
		"trainers: evaluate: data: batches: no array y in the data, which have [x]": func() error {
			_, err := trainers.Evaluate(ctx, mean, params, ys(), trainers.EvalConfig{})
			return err
		},
		"trainers: no function of outputs to evaluate": func() error {
			_, err := trainers.Predict(ctx, nil, params, x.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
			return err
		},
		"trainers: evaluate rows from 0: graph: output z: node is nil": func() error {
			_, err := trainers.Predict(ctx, func(*graph.Scope, vi.Data) map[string]*graph.Node {
				return map[string]*graph.Node{"z": nil}
			}, params, x.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
			return err
		},
	} {
		if err := run(); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if _, err := trainers.Predict(ctx, evidence, params, ys(), trainers.EvalConfig{}); err == nil || err.Error() != "trainers: evaluate: data: batches: no array y in the data, which have [x]" {
		t.Errorf("Predict: error %v", err)
	}
	if _, err := trainers.Fit(ctx, mean, x.Batches(data.BatchConfig{Arrays: []string{"x"}}), trainers.Config{Epochs: 1, Test: other(t).Batches(data.BatchConfig{Arrays: []string{"x"}, Evaluation: true})}); err == nil || err.Error() != "trainers: evaluate: data: batches: no array x in the data, which have [y]" {
		t.Errorf("Fit with a test set without x: error %v", err)
	}
}

// other is a set without x.
func other(t *testing.T) *data.Set {
	t.Helper()
	s, err := data.New(data.FromFlat("y", []float64{1}, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFrozenParametersStay(t *testing.T) {
	params := &graph.Params{}
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		a, b := s.In("a").Frozen().Param("m", graph.Constant(0), 1), s.Param("m", graph.Constant(0), 1)
		return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: a.Add(b), LogStd: s.Const(0)})
		}}, d)
	}
	if _, err := trainers.Fit(context.Background(), model, set(t, 3).Batches(data.BatchConfig{}), trainers.Config{Params: params, Epochs: 5}); err != nil {
		t.Fatal(err)
	}
	a, _ := graph.Values[float32](params, "a/m")
	b, _ := graph.Values[float32](params, "m")
	if a[0] != 0 || b[0] == 0 {
		t.Errorf("frozen %v, trained %v", a[0], b[0])
	}
}

func TestClipNorm(t *testing.T) {
	// The first step of Adam is α·sign(g) whatever the norm; the second shows
	// the clipping, since the moments of a clipped gradient are equal.
	params := &graph.Params{Dtype: graph.Float64}
	if _, err := trainers.Fit(context.Background(), mean, set(t, 1000).Batches(data.BatchConfig{}), trainers.Config{
		Params: params, Epochs: 1, ClipNorm: 1e-9, Optimizer: trainers.Adam{Rate: 1, Epsilon: 1e-9},
	}); err != nil {
		t.Fatal(err)
	}
	m, _ := graph.Values[float64](params, "m")
	if math.Abs(m[0]-.5) > 1e-6 { // g = 1e-9 = ε: α·g/(g+ε)
		t.Errorf("clipped step %v, want .5", m[0])
	}
}

func TestConfigErrors(t *testing.T) {
	x := set(t, 1)
	one := func(c data.BatchConfig) data.Batches { return x.Batches(c) }
	for _, c := range []struct {
		train data.Batches
		c     trainers.Config
		want  string
	}{
		{nil, trainers.Config{Epochs: 1}, "trainers: no training data"},
		{(*data.Join)(nil), trainers.Config{Epochs: 1}, "trainers: no training data"},
		{(*data.Set)(nil).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1}, "trainers: data: batches of a set that is nil"},
		{one(data.BatchConfig{}), trainers.Config{}, "trainers: Epochs 0, want 1 or more"},
		{one(data.BatchConfig{Size: -1}), trainers.Config{Epochs: 1}, "trainers: data: batches of -1 rows, want at least 1"},
		{one(data.BatchConfig{}), trainers.Config{Epochs: 1, ClipNorm: math.NaN()}, "trainers: ClipNorm NaN, want 0 or more"},
		{one(data.BatchConfig{Arrays: []string{"y"}}), trainers.Config{Epochs: 1}, "trainers: data: batches: no array y in the data, which have [x]"},
		{one(data.BatchConfig{}), trainers.Config{Epochs: 1, Optimizer: trainers.Adam{Rate: -1}}, "trainers: step 1 (epoch 1): Adam{Rate:-1 Beta1:0 Beta2:0 Epsilon:0}: want a finite Rate > 0"},
	} {
		_, err := trainers.Fit(context.Background(), mean, c.train, c.c)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
