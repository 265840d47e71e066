package trainers_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

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
		"trainers: evaluate rows from 0: trainers: output z is nil": func() error {
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

func TestConfigErrors(t *testing.T) {
	x := set(t, 1)
	same := x.Batches(data.BatchConfig{})
	one := func(c data.BatchConfig) data.Batches { return x.Batches(c) }
	for _, c := range []struct {
		train data.Batches
		c     trainers.Config
		want  string
	}{
		{nil, trainers.Config{Epochs: 1}, "trainers: no training data"},
		{(*data.Join)(nil), trainers.Config{Epochs: 1}, "trainers: no training data"},
		{(*data.Set)(nil).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1}, "trainers: data: batches of a set that is nil"},
		{same, trainers.Config{Epochs: 1, Test: same}, "trainers: Test is the very Batches that are trained on"},
		{&data.Join{Parts: map[string]data.Batches{"a": same}}, trainers.Config{Epochs: 1, Test: same}, "trainers: Test is the very Batches that are trained on, or a part of them"},
		{one(data.BatchConfig{}), trainers.Config{}, "trainers: Epochs 0, want 1 or more"},
		{one(data.BatchConfig{Size: -1}), trainers.Config{Epochs: 1}, "trainers: data: batches of -1 rows, want at least 1"},
		{one(data.BatchConfig{}), trainers.Config{Epochs: 1, ClipNorm: math.NaN()}, "trainers: ClipNorm NaN, want 0 or more"},
		{one(data.BatchConfig{Arrays: []string{"y"}}), trainers.Config{Epochs: 1}, "trainers: data: batches: no array y in the data, which have [x]"},
		{one(data.BatchConfig{}), trainers.Config{Epochs: 1, Optimizer: trainers.Adam{Rate: -1}}, "trainers: Adam{Rate:-1 Beta1:0 Beta2:0 Epsilon:0 Uncorrected:false AMSGrad:false}: want a finite Rate > 0"},
	} {
		_, err := trainers.Fit(context.Background(), mean, c.train, c.c)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}
