package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// logistic is the regression of internal/ref/optimizers/lbfgs.py.
func logistic(s *graph.Scope, d vi.Data) *vi.Estimate {
	w, b := s.Param("w", graph.Constant(0), 3, 1), s.Param("b", graph.Constant(0), 1)
	e := vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("y", prob.Bernoulli{Logits: graph.Linear(t.Given("x"), w, b)})
	}}, d)
	e.Value = e.Value.Sub(graph.Sum(w.Square()).Scale(1. / 200))
	e.Costs = []vi.Cost{{Name: "regression", Node: e.Value.Neg()}}
	return e
}

func logisticData(t *testing.T) *data.Set {
	t.Helper()
	var x, y []float64
	for i := range 40 {
		i := float64(i)
		x = append(x, math.Sin(i), math.Cos(2*i), math.Sin(3*i))
		if y = append(y, 0); math.Sin(i)+math.Sin(5*i/2) > 0 {
			y[len(y)-1] = 1
		}
	}
	s, err := data.New(data.FromFlat("x", x, 3), data.FromFlat("y", y, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The maximum of a logistic regression is the one that SciPy finds, however the
// data are cut into batches and on any number of processors.
func TestLBFGSAgainstSciPy(t *testing.T) {
	want := []float64{1.7371055057880243, .37336145327364534, -.37394921202701425, -.4038623003040518}
	const value = -.5409469685493918
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for dt, tol := range map[graph.Dtype]float64{graph.Float64: 1e-8, graph.Float32: 1e-3} {
		for _, size := range []int{40, 7} {
			var found [2]string
			for procs := range found {
				runtime.GOMAXPROCS(procs + 1)
				params := &graph.Params{Dtype: dt}
				r, err := trainers.LBFGS{Params: params, Tolerance: 1e-10}.Fit(context.Background(), logistic, logisticData(t).Batches(data.BatchConfig{Size: size}))
				if err != nil {
					t.Fatal(err)
				}
				got := append(elements(t, params, "w"), elements(t, params, "b")...)
				for i := range want {
					if math.Abs(got[i]-want[i]) > tol {
						t.Errorf("%v, batches of %d: found %v, want %v", dt, size, got, want)
						break
					}
				}
				last := r.Epochs[len(r.Epochs)-1]
				if math.Abs(last.Train["bound"]-value) > 1e-7 || len(r.Epochs) > 40 || r.Params != params {
					t.Errorf("%v, batches of %d: the bound %v after %d iterations, want %v", dt, size, last.Train["bound"], len(r.Epochs), value)
				}
				found[procs] = fmt.Sprint(got, r.Steps)
			}
			if found[0] != found[1] {
				t.Errorf("%v: on one processor %s, on two %s", dt, found[0], found[1])
			}
		}
	}
}

// With noise it is the maximum for the draws that the seed says, where their
// bound, as evaluated anew by the iterations, is steady.
func TestLBFGSFreezesTheNoise(t *testing.T) {
	x, _ := ppcaData(t, 60, 4)
	fit := func(seed uint64) (string, []trainers.Epoch) {
		params := &graph.Params{Seed: 1, Dtype: graph.Float64}
		r, err := trainers.LBFGS{Params: params, Seed: seed, Iterations: 400, Tolerance: 1e-7}.Fit(context.Background(), ppcaModel(4, 2, vi.MonteCarlo), x.Batches(data.BatchConfig{Size: 25, Seed: 2}))
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, name := range params.Names() {
			out += fmt.Sprint(name, elements(t, params, name))
		}
		return out, r.Epochs
	}
	a, epochs := fit(1)
	again, _ := fit(1)
	other, _ := fit(2)
	if a != again || a == other {
		t.Error("a seed is not the draws")
	}
	last := math.Inf(-1)
	for _, e := range epochs {
		if !(e.Train["bound"] >= last) {
			t.Errorf("iteration %d falls from %v to %v", e.Epoch, last, e.Train["bound"])
		}
		last = e.Train["bound"]
	}
}

func TestLBFGSMistakes(t *testing.T) {
	x := logisticData(t)
	all := func() data.Batches { return x.Batches(data.BatchConfig{Size: 20}) }
	ctx, cancel := context.WithCancel(context.Background())
	score := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		w := s.Param("w", graph.Constant(0), 1)
		return vi.ELBO{Config: vi.Config{Estimator: vi.Score{}}}.Estimate(s, vi.Model{
			Joint: func(t *vi.Trace) {
				z := t.Draw("z", prob.Bernoulli{Logits: s.Tensor([]float64{0}, 1)})
				t.Draw("y", prob.Bernoulli{Logits: z.Add(w)})
			},
			Guide: func(t *vi.Trace) { t.Draw("z", prob.Bernoulli{Logits: w.Add(graph.Cols(t.Given("x"), 0, 1))}) },
		}, d)
	}
	wrong := func(s *graph.Scope, d vi.Data) *vi.Estimate { // downhill
		e := logistic(s, d)
		e.Costs[0].Node = e.Value
		return e
	}
	beta := func(s *graph.Scope, d vi.Data) *vi.Estimate { return logistic(s, d).Times(s.Input("beta")) }
	for _, c := range []struct {
		how  trainers.LBFGS
		m    trainers.Bound
		b    data.Batches
		want string
	}{
		{trainers.LBFGS{}, nil, all(), "trainers: no model"},
		{trainers.LBFGS{}, logistic, nil, "trainers: no training data"},
		{trainers.LBFGS{Iterations: -1}, logistic, all(), "trainers: LBFGS of Iterations -1, Memory 0 and Tolerance 0: want none below 0"},
		{trainers.LBFGS{Memory: -1}, logistic, all(), "trainers: LBFGS of Iterations 0, Memory -1"},
		{trainers.LBFGS{Tolerance: math.NaN()}, logistic, all(), "trainers: LBFGS of Iterations 0, Memory 0 and Tolerance NaN"},
		{trainers.LBFGS{}, score, all(), "takes nodes as constant, so that its gradient is not that of the bound, which L-BFGS wants: use Fit"},
		{trainers.LBFGS{}, wrong, all(), "trainers: L-BFGS: no step along the gradient raises the bound"},
		{trainers.LBFGS{}, beta, all(), "trainers: L-BFGS: input beta is neither in the data [x y] nor in Schedules"},
		{trainers.LBFGS{Schedules: map[string]trainers.Schedule{"b": trainers.Constant(1)}}, logistic, all(), "trainers: L-BFGS: Schedules has [b]"},
		{trainers.LBFGS{Schedules: map[string]trainers.Schedule{"b": trainers.WarmUp{}}}, beta, all(), "trainers: schedule b: WarmUp{Steps:0}"},
		{trainers.LBFGS{OnEpoch: func(trainers.Epoch) error { return errors.New("enough") }}, logistic, all(), "trainers: L-BFGS: enough"},
		{trainers.LBFGS{OnEpoch: func(trainers.Epoch) error { cancel(); return nil }}, logistic, all(), "context canceled"},
	} {
		_, err := c.how.Fit(ctx, c.m, c.b)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if strings.HasPrefix(c.want, "context") && !errors.Is(err, trainers.ErrInterrupted) {
			t.Errorf("error %v is no ErrInterrupted", err)
		}
	}
}

// A bound that is not finite where the line search looks is a step too far, and
// where it starts an error.
func TestLBFGSBeyondTheFinite(t *testing.T) {
	model := func(start float64) trainers.Bound { // −(w−2)², and −∞ from w = 2.5 on
		return func(s *graph.Scope, d vi.Data) *vi.Estimate {
			w := s.Param("w", graph.Constant(start), 1)
			fence := graph.Log(s.Const(2.5).Sub(w)).Scale(1e-9)
			v := graph.Sum(w.Shift(-2).Square().Neg().Add(fence))
			return &vi.Estimate{Value: v, Costs: []vi.Cost{{Name: "cost", Node: v.Neg()}}}
		}
	}
	x := set(t, 1)
	params := &graph.Params{Dtype: graph.Float64}
	if _, err := (trainers.LBFGS{Params: params}).Fit(context.Background(), model(1.6), x.Batches(data.BatchConfig{})); err != nil {
		t.Fatal(err)
	}
	if w := elements(t, params, "w"); math.Abs(w[0]-2) > 1e-4 {
		t.Errorf("w is %v, want 2", w)
	}
	_, err := trainers.LBFGS{}.Fit(context.Background(), model(3), x.Batches(data.BatchConfig{}))
	if bad := (*trainers.NotFinite)(nil); !errors.As(err, &bad) {
		t.Errorf("error %v, want one of a bound that is not finite", err)
	}
}

// States are those of one pass at the optimum, and an end by Stop leaves the
// parameters of the iteration.
func TestLBFGSEnds(t *testing.T) {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		n := s.State("n", graph.Constant(0), 1)
		s.Assign(n, n.Shift(1))
		return logistic(s, d)
	}
	params := &graph.Params{Dtype: graph.Float64}
	var seen []float64
	r, err := trainers.LBFGS{Params: params, OnEpoch: func(e trainers.Epoch) error {
		if seen = elements(t, params, "w"); e.Epoch == 3 {
			return trainers.Stop
		}
		return nil
	}}.Fit(context.Background(), model, logisticData(t).Batches(data.BatchConfig{Size: 20}))
	if err != nil {
		t.Fatal(err)
	}
	if n := elements(t, params, "n"); n[0] != 2 || len(r.Epochs) != 3 {
		t.Errorf("n is %v after %d iterations, want the 2 batches of a pass and 3", n, len(r.Epochs))
	}
	if w := elements(t, params, "w"); fmt.Sprint(w) != fmt.Sprint(seen) {
		t.Errorf("w is %v, at the last iteration it was %v", w, seen)
	}
}
