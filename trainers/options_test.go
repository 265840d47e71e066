package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// greys has grey pixels x and another array y.
func greys(t *testing.T) *data.Set {
	t.Helper()
	s, err := data.New(data.FromFlat("x", []float64{.1, .9, .5, .3, .7, .2, .4, .6}, 2), data.FromFlat("y", []float64{1, 2, 3, 4}, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seen is a model of the greys that tells what it was given. Its weight, where
// it has one, is an input.
func seen(weighted bool, saw *[]string) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		names := slices.Sorted(maps.Keys(d))
		*saw = append(*saw, fmt.Sprint(names, d["x"].Shape()))
		w := s.Param("w", graph.Gaussian{Std: .1}, 2)
		m := vi.Model{
			Guide: func(t *vi.Trace) {
				h := t.Given("x")
				if d["y"] != nil {
					h = h.Add(t.Given("y"))
				}
				t.Draw("z", prob.Normal{Mean: h.Mul(w), LogStd: graph.BroadcastTo(s.Const(0), 2)})
			},
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.StdNormal(2))
				t.Draw("x", prob.Normal{Mean: z.Add(w), LogStd: s.Const(0)})
			},
		}
		e := vi.ELBO{}.Estimate(s, m, d)
		if weighted {
			e = e.Times(s.Input("weight"))
		}
		return e
	}
}

// fitted is what a fit comes to, as text; its error, if there is one, instead.
func fitted(t *testing.T, c trainers.Config) string {
	t.Helper()
	var saw []string
	if c.Params == nil {
		c.Params = &graph.Params{Dtype: graph.Float64}
	}
	if c.Epochs == 0 {
		c.Epochs = 2
	}
	r, err := trainers.Fit(context.Background(), seen(c.Schedules["weight"] != nil, &saw), greys(t).Batches(data.BatchConfig{Size: 2}), c)
	if err != nil {
		return "error " + err.Error()
	}
	w, _ := graph.Values[float64](r.Params, "w")
	for i := range r.Epochs {
		if c.Clock == nil {
			r.Epochs[i].Seconds, r.Epochs[i].ExamplesPerSecond = 0, 0
		}
	}
	return fmt.Sprintf("%v %v %v %d", saw, w, r.Epochs, r.Steps)
}

// evaluated is fitted of an evaluation.
func evaluated(t *testing.T, c trainers.EvalConfig) string {
	t.Helper()
	var saw []string
	params := &graph.Params{Dtype: graph.Float64}
	v, err := trainers.Evaluate(context.Background(), seen(c.Schedules["weight"] != nil, &saw), params, greys(t).Batches(data.BatchConfig{Evaluation: true}), c)
	if err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprint(saw, v)
}

// options has, for each option, results that differ, or of which the second is a
// refusal that holds the third.
func options(t *testing.T) map[string][][]string {
	fit := func(c trainers.Config) string { return fitted(t, c) }
	eval := func(c trainers.EvalConfig) string { return evaluated(t, c) }
	rule := func(o trainers.Optimizer) string { return fitted(t, trainers.Config{Optimizer: o}) }
	ramp := map[string]trainers.Schedule{"weight": trainers.ScheduleFunc(func(step int) float64 { return float64(1 + step) })}
	flat := map[string]trainers.Schedule{"weight": trainers.Constant(1)}
	plain, even := fit(trainers.Config{}), eval(trainers.EvalConfig{})
	called := func(c func(*trainers.Config, *int)) string {
		n, conf := 0, trainers.Config{}
		c(&conf, &n)
		fitted(t, conf)
		return fmt.Sprint("called ", n)
	}
	resumed := func() (out string) { // the epochs that a run tells of which has ended before
		fs := &crashfs.FS{}
		for range 2 {
			out = called(func(c *trainers.Config, n *int) {
				c.Checkpoint, c.OnEpoch = &checkpoint.Config{Dir: "run", FS: fs}, func(trainers.Epoch) error { *n++; return nil }
			})
		}
		return out
	}
	given := &graph.Params{Dtype: graph.Float64, Seed: 9}
	clock := func() func() time.Time {
		now := time.Unix(0, 0)
		return func() time.Time { now = now.Add(time.Second); return now }
	}
	global := func(draws int) string {
		v, err := trainers.Evaluate(context.Background(), shared(2), &graph.Params{}, set(t, 1, 2).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{GlobalDraws: draws})
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(v)
	}
	tested := func(draws int) string {
		m := func(s *graph.Scope, d vi.Data) *vi.Estimate {
			e := shared(2)(s, d)
			return e.Times(s.Param("scale", graph.Constant(1)))
		}
		r, err := trainers.Fit(context.Background(), m, set(t, 1, 2).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1, Test: set(t, 1, 2).Batches(data.BatchConfig{Evaluation: true}), GlobalDraws: draws})
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(r.Epochs[0].Test)
	}
	settle := func(c trainers.Convergence) string {
		for e := 1; e <= 1000; e++ {
			v := -1 - 1/float64(e)
			if err := c.OnEpoch(trainers.Epoch{Epoch: e, Train: map[string]float64{"bound": v, "kl": v * v * v * v}, Test: map[string]float64{"bound": v * v * v}}); err != nil {
				if !errors.Is(err, trainers.Stop) {
					return "error " + err.Error()
				}
				return fmt.Sprint(e)
			}
		}
		return "never"
	}
	draw := func(c trainers.DrawConfig) string {
		d, err := trainers.Draw(context.Background(), slope, &graph.Params{Dtype: graph.Float64}, set(t, 1, 2).Batches(data.BatchConfig{Evaluation: true}), c)
		if err != nil {
			return "error " + err.Error()
		}
		return fmt.Sprint(len(d), d["y"], d["mean"])
	}
	settled, drawn := settle(trainers.Convergence{}), draw(trainers.DrawConfig{})
	all := map[string][][]string{
		"Convergence.Window":    {{settled, settle(trainers.Convergence{Window: 7})}, {settled, settle(trainers.Convergence{Window: -1}), "a Window of -1"}},
		"Convergence.Tolerance": {{settled, settle(trainers.Convergence{Tolerance: .1})}, {settled, settle(trainers.Convergence{Tolerance: -1}), "a Tolerance of -1"}},
		"Convergence.Term":      {{settled, settle(trainers.Convergence{Term: "kl"})}},
		"Convergence.Test":      {{settled, settle(trainers.Convergence{Test: true})}},
		"DrawConfig.K":          {{drawn, draw(trainers.DrawConfig{K: 3})}, {drawn, draw(trainers.DrawConfig{K: -1}), "K -1"}},
		"DrawConfig.Rows":       {{drawn, draw(trainers.DrawConfig{Rows: 3}), "Rows 3 beside batches"}, {simulated(t, 2), simulated(t, 3)}, {drawn, simulated(t, -1), "numbers of -1 rows"}},
		"DrawConfig.Seed":       {{drawn, draw(trainers.DrawConfig{Seed: 1})}},
		"DrawConfig.Sites":      {{drawn, draw(trainers.DrawConfig{Sites: []string{"y"}})}},
		"DrawConfig.Draws":      {{drawn, draw(trainers.DrawConfig{Draws: map[string]*vi.Draws{"w": {K: 1, Shape: []int{1}, Values: []float64{1}}}})}},
		"DrawConfig.Of": {{drawn, draw(trainers.DrawConfig{Of: func(r *vi.Record) map[string]*graph.Node {
			return map[string]*graph.Node{"mean": r.Site("y").Value}
		}})}},

		"Config.Params":     {{plain, fit(trainers.Config{Params: given})}, {"[]", fmt.Sprint(given.Names())}},
		"Config.Epochs":     {{plain, fit(trainers.Config{Epochs: 3})}, {plain, fit(trainers.Config{Epochs: -1}), "Epochs -1"}},
		"Config.Seed":       {{plain, fit(trainers.Config{Seed: 1})}},
		"Config.Optimizer":  {{plain, rule(trainers.AdaMax{})}},
		"Config.ClipNorm":   {{rule(trainers.Momentum{}), fit(trainers.Config{Optimizer: trainers.Momentum{}, ClipNorm: .01})}, {plain, fit(trainers.Config{ClipNorm: -1}), "ClipNorm -1"}},
		"Config.Schedules":  {{fit(trainers.Config{Schedules: flat}), fit(trainers.Config{Schedules: ramp})}, {plain, fit(trainers.Config{Schedules: map[string]trainers.Schedule{"v": flat["weight"]}}), "Schedules has [v]"}},
		"Config.Initialise": {{starting(t, false), starting(t, true)}, {plain, fit(trainers.Config{Initialise: true}), "nothing to initialise"}},
		"Config.Test":       {{plain, fit(trainers.Config{Test: greys(t).Batches(data.BatchConfig{Evaluation: true})})}},
		"Config.OnEpoch": {{"called 0", called(func(c *trainers.Config, n *int) { c.OnEpoch = func(trainers.Epoch) error { *n++; return nil } })},
			{plain, fit(trainers.Config{OnEpoch: func(trainers.Epoch) error { return errors.New("stop") }}), "stop"}},
		"Config.OnStep": {{"called 0", called(func(c *trainers.Config, n *int) { c.OnStep = func(trainers.Step) error { *n++; return nil } })},
			{plain, fit(trainers.Config{OnStep: func(trainers.Step) error { return errors.New("stop") }}), "stop"}},
		"Config.Checkpoint": {{called(func(c *trainers.Config, n *int) { c.OnEpoch = func(trainers.Epoch) error { *n++; return nil } }), resumed()},
			{plain, fit(trainers.Config{Checkpoint: &checkpoint.Config{}}), "trainers: checkpoint: no Dir"}},
		"Config.Clock": {{plain, fit(trainers.Config{Clock: clock()})}},

		"EvalConfig.Seed": {{even, eval(trainers.EvalConfig{Seed: 1})}},
		"EvalConfig.Schedules": {{eval(trainers.EvalConfig{Schedules: flat}), eval(trainers.EvalConfig{Schedules: map[string]trainers.Schedule{"weight": trainers.Constant(2)}})},
			{even, eval(trainers.EvalConfig{Schedules: map[string]trainers.Schedule{"v": flat["weight"]}}), "Schedules has [v]"}},
		"EvalConfig.GlobalDraws": {{global(0), global(3)}, {plain, global(-1), "GlobalDraws -1"}},
		"Config.GlobalDraws":     {{tested(0), tested(3)}, {plain, tested(-1), "GlobalDraws -1"}, {plain, fit(trainers.Config{GlobalDraws: 3}), "GlobalDraws 3 without a Test"}},

		"EvalConfig.Step": {{eval(trainers.EvalConfig{Schedules: ramp}), eval(trainers.EvalConfig{Schedules: ramp, Step: 3})}},

		"Adam.Rate":         {{rule(trainers.Adam{}), rule(trainers.Adam{Rate: .1})}, {plain, rule(trainers.Adam{Rate: -1}), "want a finite Rate"}},
		"Adam.Beta1":        {{rule(trainers.Adam{}), rule(trainers.Adam{Beta1: .5})}, {rule(trainers.Adam{}), rule(trainers.Adam{Beta1: -1})}, {plain, rule(trainers.Adam{Beta1: 1}), "Beta1 < 1"}},
		"Adam.Beta2":        {{rule(trainers.Adam{}), rule(trainers.Adam{Beta2: .5})}, {plain, rule(trainers.Adam{Beta2: 1}), "Beta2 < 1"}},
		"Adam.Epsilon":      {{rule(trainers.Adam{}), rule(trainers.Adam{Epsilon: .5})}, {plain, rule(trainers.Adam{Epsilon: -1}), "finite Epsilon > 0"}},
		"Adam.Uncorrected":  {{rule(trainers.Adam{}), rule(trainers.Adam{Uncorrected: true})}},
		"Adam.AMSGrad":      {{rule(trainers.Adam{Beta2: .1}), rule(trainers.Adam{Beta2: .1, AMSGrad: true})}},
		"Adagrad.Rate":      {{rule(trainers.Adagrad{}), rule(trainers.Adagrad{Rate: .1})}, {plain, rule(trainers.Adagrad{Rate: -1}), "want a finite Rate"}},
		"Adagrad.Epsilon":   {{rule(trainers.Adagrad{}), rule(trainers.Adagrad{Epsilon: .1})}, {plain, rule(trainers.Adagrad{Epsilon: -1}), "a finite Epsilon"}},
		"RMSProp.Rate":      {{rule(trainers.RMSProp{}), rule(trainers.RMSProp{Rate: .1})}, {plain, rule(trainers.RMSProp{Rate: -1}), "want a finite Rate"}},
		"RMSProp.Beta":      {{rule(trainers.RMSProp{}), rule(trainers.RMSProp{Beta: .1})}, {plain, rule(trainers.RMSProp{Beta: 1}), "Beta < 1"}},
		"RMSProp.Epsilon":   {{rule(trainers.RMSProp{}), rule(trainers.RMSProp{Epsilon: .1})}, {plain, rule(trainers.RMSProp{Epsilon: -1}), "a finite Epsilon"}},
		"Momentum.Nesterov": {{rule(trainers.Momentum{}), rule(trainers.Momentum{Nesterov: true})}},
		"AdaMax.Rate":       {{rule(trainers.AdaMax{}), rule(trainers.AdaMax{Rate: .1})}, {plain, rule(trainers.AdaMax{Rate: -1}), "want a finite Rate"}},
		"AdaMax.Beta1":      {{rule(trainers.AdaMax{}), rule(trainers.AdaMax{Beta1: .5})}, {plain, rule(trainers.AdaMax{Beta1: 1}), "Beta1 < 1"}},
		"AdaMax.Beta2":      {{rule(trainers.AdaMax{}), rule(trainers.AdaMax{Beta2: .1})}, {plain, rule(trainers.AdaMax{Beta2: 1}), "Beta2 < 1"}},
		"Momentum.Rate":     {{rule(trainers.Momentum{}), rule(trainers.Momentum{Rate: .1})}, {plain, rule(trainers.Momentum{Rate: -1}), "want a finite Rate"}},
		"Momentum.Mu":       {{rule(trainers.Momentum{}), rule(trainers.Momentum{Mu: .5})}, {plain, rule(trainers.Momentum{Mu: 1}), "Mu < 1"}},
		"SGD.Rate":          {{rule(trainers.SGD{}), rule(trainers.SGD{Rate: .1})}, {plain, rule(trainers.SGD{Rate: -1}), "want a finite Rate"}},
	}
	maps.Copy(all, updateOptions(t))
	maps.Copy(all, watchOptions(t))
	maps.Copy(all, evidenceOptions(t))
	return all
}

// simulated is what a model that reads no data draws for some rows.
func simulated(t *testing.T, rows int) string {
	t.Helper()
	d, err := trainers.Draw(context.Background(), func(*graph.Scope) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) { t.Draw("y", prob.StdNormal(2)) }}
	}, &graph.Params{}, nil, trainers.DrawConfig{Rows: rows, K: 1})
	if err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprint(d["y"])
}

// starting is the bound of an epoch with or without first values from data.
func starting(t *testing.T, initialise bool) string {
	r, err := trainers.Fit(context.Background(), standard, set(t, 1, 5).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1, Initialise: initialise})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(r.Epochs[0].Train)
}

// TestEveryOptionHasAnEffect: a new field of a struct that says what to do has
// no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	exported.Effects(t, options(t), "Epoch", "Step", "Fall", "Result", "LaplaceResult", "EvidenceResult", "NotFinite", "State", "PlateauState", "Tensor") // of which are what a fit says
}

// TestParametersThatNothingTrains are an error that names them, frozen ones not.
func TestParametersThatNothingTrains(t *testing.T) {
	fit := func(frozen bool) error {
		_, err := trainers.Fit(context.Background(), func(s *graph.Scope, d vi.Data) *vi.Estimate {
			spare := s.In("spare")
			if frozen {
				spare = spare.Frozen()
			}
			spare.Param("w", graph.Constant(0), 1)
			spare.Param("v", graph.Constant(0), 1)
			return mean(s, d)
		}, set(t, 1, 2).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1})
		return err
	}
	want := "trainers: the estimate does not depend on the parameters [spare/w spare/v]: leave them out, or keep them out of training by Frozen"
	if err := fit(false); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	if err := fit(true); err != nil {
		t.Error(err)
	}
}
