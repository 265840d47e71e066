package trainers_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

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

// Stop, from wherever, ends a fit that is complete, without an error.
func TestStopEndsAFit(t *testing.T) {
	four := func() data.Batches { return set(t, 1, 2, 3, 4).Batches(data.BatchConfig{Size: 1}) }
	wrapped := errors.WithMessage(trainers.Stop, "enough")
	for name, c := range map[string]struct {
		c             trainers.Config
		train         data.Batches
		steps, epochs int
	}{
		"after an epoch": {trainers.Config{OnEpoch: func(e trainers.Epoch) error {
			if e.Epoch == 3 {
				return trainers.Stop
			}
			return nil
		}}, four(), 12, 3},
		"after a step": {trainers.Config{OnStep: func(s trainers.Step) error {
			if s.Epoch == 2 && s.Step == 3 {
				return wrapped
			}
			return nil
		}}, four(), 7, 1},
		"before the first batch":        {trainers.Config{}, closed{four()}, 0, 0},
		"before the first of the tests": {trainers.Config{Test: closed{four()}}, four(), 0, 0},
		"by the data":                   {trainers.Config{}, &stream{left: 6, per: 4, err: wrapped}, 6, 1},
	} {
		c.c.Epochs, c.c.Params = 9, &graph.Params{}
		r, err := trainers.Fit(context.Background(), mean, c.train, c.c)
		if err != nil || r.Steps != c.steps || len(r.Epochs) != c.epochs || r.Params != c.c.Params {
			t.Errorf("%s: %d steps, %d epochs, error %v; want %d and %d", name, r.Steps, len(r.Epochs), err, c.steps, c.epochs)
		}
	}
	if _, err := trainers.Fit(context.Background(), mean, four(), trainers.Config{Epochs: 1, OnStep: func(trainers.Step) error { return fs.ErrClosed }}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v, want that of OnStep", err)
	}
}

// closed is Batches without a place to go to.
type closed struct{ data.Batches }

func (closed) Seek(int, int) error { return errors.WithMessage(trainers.Stop, "closed") }

// What a caller branches on is found through the wrapping, and nothing else is.
func TestErrorsToTellApart(t *testing.T) {
	x := func(v ...float64) data.Batches { return set(t, v...).Batches(data.BatchConfig{}) }
	done, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancelLate := context.WithTimeout(context.Background(), -1)
	defer cancelLate()
	ctx := context.Background()
	weighted := func(s *graph.Scope, d vi.Data) *vi.Estimate { return mean(s, d).Times(s.Input("weight")) }
	bits := observing(1, func(m *graph.Node) prob.Dist { return prob.Bernoulli{Logits: m} })
	fit := func(ctx context.Context, m trainers.Bound, b data.Batches) error {
		_, err := trainers.Fit(ctx, m, b, trainers.Config{Epochs: 1})
		return errors.WithMessage(err, "above")
	}
	evaluate := func(ctx context.Context, m trainers.Bound) error {
		_, err := trainers.Evaluate(ctx, m, &graph.Params{}, x(1), trainers.EvalConfig{})
		return errors.WithMessage(err, "above")
	}
	predict := func(ctx context.Context) error {
		_, err := trainers.Predict(ctx, evidence, &graph.Params{}, x(1), trainers.EvalConfig{})
		return errors.WithMessage(err, "above")
	}
	all := []error{trainers.ErrInterrupted, context.Canceled, context.DeadlineExceeded, graph.ErrMissingInput, fs.ErrInvalid}
	for name, c := range map[string]struct {
		err  error
		want []error
	}{
		"fit":                {fit(done, mean, x(1)), []error{trainers.ErrInterrupted, context.Canceled}},
		"late fit":           {fit(late, mean, x(1)), []error{trainers.ErrInterrupted, context.DeadlineExceeded}},
		"evaluation":         {evaluate(done, mean), []error{trainers.ErrInterrupted, context.Canceled}},
		"prediction":         {predict(late), []error{trainers.ErrInterrupted, context.DeadlineExceeded}},
		"no schedule":        {fit(ctx, weighted, x(1)), []error{graph.ErrMissingInput}},
		"no schedule either": {evaluate(ctx, weighted), []error{graph.ErrMissingInput}},
		"not finite":         {fit(ctx, bits, x(7)), nil},
		"a stream's":         {fit(ctx, mean, &stream{left: 2, per: 4, err: fs.ErrInvalid}), []error{fs.ErrInvalid}},
	} {
		for _, is := range all {
			if got, want := errors.Is(c.err, is), slices.Contains(c.want, is); got != want {
				t.Errorf("%s: errors.Is(%v, %v) is %v", name, c.err, is, got)
			}
		}
		if bad := (*trainers.NotFinite)(nil); errors.As(c.err, &bad) != (name == "not finite") {
			t.Errorf("%s: NotFinite in %v", name, c.err)
		}
	}
}

// A second fit of the same parameters is refused while the first is under way,
// and welcome after it.
func TestTwoFitsOfTheSameParameters(t *testing.T) {
	params, x := &graph.Params{}, set(t, 1, 2)
	fit := func(onStep func(trainers.Step) error, params *graph.Params) error {
		_, err := trainers.Fit(context.Background(), mean, x.Batches(data.BatchConfig{Size: 1}), trainers.Config{Params: params, Epochs: 1, OnStep: onStep})
		return err
	}
	var within, beside error
	if err := fit(func(trainers.Step) error {
		within, beside = fit(nil, params), fit(nil, &graph.Params{})
		return nil
	}, params); err != nil {
		t.Fatal(err)
	}
	if want := "trainers: another Fit is training these Params"; within == nil || !strings.HasPrefix(within.Error(), want) || beside != nil {
		t.Errorf("error %v, want %s; with other parameters: %v", within, want, beside)
	}
	if err := fit(nil, params); err != nil {
		t.Error(err)
	}
}
