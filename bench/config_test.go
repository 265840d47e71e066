package bench_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/bench"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

func TestRowsRepeatAndParamsStay(t *testing.T) {
	params := &graph.Params{Seed: 4, Dtype: graph.Float64}
	if _, err := graph.Build(params, func(s *graph.Scope) { s.Output("v", newLine(s).w) }); err != nil {
		t.Fatal(err)
	}
	w, err := graph.Memory[float64](params, "w")
	if err != nil {
		t.Fatal(err)
	}
	w[0] = -.7
	measure := func(seed uint64, cases ...bench.Case) []bench.Row {
		t.Helper()
		rows, err := bench.GradientVariance(context.Background(), lineModel, set(t, 1, 2, 3), cases,
			bench.Config{Params: params, Draws: 50, Warmup: 30, Seed: seed, Batch: 2, Clock: clock()})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	baseline := bench.Case{Estimator: "moving", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.MovingAverage{}}}}}
	nvil := bench.Case{Estimator: "nvil", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.NVIL{Hidden: 3}}}}}
	first := measure(1, baseline, nvil)
	if second := measure(1, baseline, nvil); !slices.EqualFunc(first, second, same) {
		t.Error("a second measurement is not the same")
	}
	if alone := measure(1, nvil); !slices.EqualFunc(first[3:], alone, same) {
		t.Error("a case depends on the one beside it")
	}
	if other := measure(2, baseline, nvil); slices.EqualFunc(first, other, same) {
		t.Error("another seed gives the same")
	}
	if names := params.Names(); w[0] != -.7 || len(names) != 3 {
		t.Errorf("Params were changed: w %v, names %v", w[0], names)
	}
}

func same(a, b bench.Row) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func TestWarmupTrainsBaselinesOnly(t *testing.T) {
	variance := func(warmup int) (mean, v float64) {
		rows, err := bench.GradientVariance(context.Background(), lineModel, set(t, 1, 2, 3), []bench.Case{
			{Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.MovingAverage{}}}}},
		}, bench.Config{Draws: 4000, Warmup: warmup, Group: func(p string) string { return strings.Trim(p, "wl") }})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 1 || rows[0].Group != "m" {
			t.Fatalf("rows %+v, want the group m", rows)
		}
		return rows[0].Mean, rows[0].Var
	}
	m0, cold := variance(-1)
	m1, warm := variance(200)
	if !(warm < .5*cold) || math.Abs(m0-m1) > 5*math.Sqrt(cold/4000) {
		t.Errorf("mean %v, variance %v without warm-up; %v and %v with", m0, cold, m1, warm)
	}
}

// Every column is in a row's JSON, null only where there is no such number.
func TestJSON(t *testing.T) {
	rows, err := bench.GradientVariance(context.Background(), lineModel, set(t, 1), []bench.Case{{Estimator: "e", Objective: "o", Bound: vi.ELBO{}}},
		bench.Config{Problem: "p", Draws: 300, Parts: true, Single: true, Clock: clock(), Group: func(p string) string { return p }})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(rows[0])
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	if len(fields) != len(bench.Columns) || len(fields) != len(rows[0].Values()) {
		t.Errorf("%d fields of %d columns: %s", len(fields), len(bench.Columns), b)
	}
	for _, name := range bench.Columns {
		v, ok := fields[name]
		if unknown := strings.HasPrefix(name, "bias_") || name == "bias" || name == "exact"; !ok || unknown != (v == nil) {
			t.Errorf("%s is %v", name, v)
		}
	}
}

// A row says what its estimator had learnt, and for how long.
func TestRowsSayWhatWasLearnt(t *testing.T) {
	moving := bench.Case{Estimator: "moving", Bound: vi.ELBO{Config: vi.Config{Estimator: vi.Score{Baseline: vi.MovingAverage{}}}}}
	plain := bench.Case{Estimator: "plain", Bound: vi.ELBO{}}
	for warmup, want := range map[int]int{0: 3000, -1: 0, 30: 30} {
		rows, err := bench.GradientVariance(context.Background(), lineModel, set(t, 1, 2, 3), []bench.Case{moving, plain}, bench.Config{Draws: 10, Most: 10, Warmup: warmup})
		if err != nil {
			t.Fatal(err)
		}
		if r := rows[0]; r.Learned != 1 || r.Warmup != want || r.Settled != (warmup == 0) || !strings.HasPrefix(r.State, "z/") || !strings.Contains(r.State, "=") {
			t.Errorf("Warmup %d: the baseline's row has %d numbers learnt, %d steps", warmup, r.Learned, r.Warmup)
		}
		if r := rows[3]; r.Learned != 0 || r.Warmup != 0 || r.Settled || r.State != "" {
			t.Errorf("Warmup %d: the other row has %d numbers learnt, %d steps", warmup, r.Learned, r.Warmup)
		}
	}
}

// An objective with a node in it is made in the build.
func TestObjectivesWithNodesAreMadeInTheBuild(t *testing.T) {
	rows, err := bench.GradientVariance(context.Background(), lineModel, set(t, 1, 2), []bench.Case{
		{Estimator: "β = 0", Bound: bench.Made(func(s *graph.Scope) vi.Objective { return vi.ELBO{Beta: s.Const(0)} })},
		{Estimator: "β = 1", Bound: vi.ELBO{}},
	}, bench.Config{Draws: 300})
	if err != nil {
		t.Fatal(err)
	}
	if zero, one := rows[1], rows[4]; zero.Group != "m" || math.Abs(one.Mean-zero.Mean-lineM) > 1e-5 { // ∂KL/∂m = m
		t.Errorf("gradients of %s %v without divergence, %v with", zero.Group, zero.Mean, one.Mean)
	}
}

func foreign(t *testing.T) (n *graph.Node) {
	t.Helper()
	if _, err := graph.Build(&graph.Params{}, func(s *graph.Scope) { n = s.Const(0); s.Output("zero", n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMistakesAreNamed(t *testing.T) {
	ok := []bench.Case{{Estimator: "e", Objective: "o", Bound: vi.ELBO{}}}
	d := set(t, 1, 2)
	empty, more := &graph.Params{}, &graph.Params{}
	if _, err := graph.Build(more, func(s *graph.Scope) { newLine(s); s.Output("v", s.Param("v", graph.Constant(0), 1)) }); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		model func(*graph.Scope) vi.Model
		data  *data.Set
		cases []bench.Case
		c     bench.Config
		want  string
	}{
		{"model", nil, d, ok, bench.Config{}, "bench: no model"},
		{"data", lineModel, nil, ok, bench.Config{}, "bench: no data"},
		{"cases", lineModel, d, nil, bench.Config{}, "bench: no cases"},
		{"bound", lineModel, d, []bench.Case{{Estimator: "e", Objective: "o"}}, bench.Config{}, "bench: case 0, e of o, has no Bound"},
		{"draws", lineModel, d, ok, bench.Config{Draws: 5}, "bench: Draws 5, want 10 or more"},
		{"batch", lineModel, d, ok, bench.Config{Batch: 3}, "bench: Batch 3, want 1 to 2, the rows of the data, or 0"},
		{"most", lineModel, d, ok, bench.Config{Draws: 50, Most: 40}, "bench: Most 40, want Draws or more"},
		{"another build's node", lineModel, d, []bench.Case{{Estimator: "e", Objective: "o", Bound: vi.ELBO{Beta: foreign(t)}}}, bench.Config{}, "bench: case e of o: graph: mul: operand"},
		{"arrays", lineModel, d, ok, bench.Config{Arrays: []string{"y"}}, "bench: no array y in the data, which have [x]"},
		{"arrays twice", lineModel, d, ok, bench.Config{Arrays: []string{"x", "x"}}, "bench: Arrays names x twice"},
		{"params", lineModel, d, ok, bench.Config{Params: empty}, "bench: case e of o: Config.Params has no parameter w, only []: load it, or build the model with it before"},
		{"more params", lineModel, d, ok, bench.Config{Params: more}, "bench: Config.Params has v, a parameter of no case; the first has [l m w]"},
		{"group", lineModel, d, ok, bench.Config{Group: func(string) string { return "" }}, "Config.Group leaves out all of the parameters [w m l]"},
		{"vi", lineModel, d, []bench.Case{{Estimator: "e", Objective: "o", Bound: vi.IWAE{Config: vi.Config{K: 1, Estimator: vi.VIMCO{}}}}}, bench.Config{}, "bench: case e of o: vi: site z: VIMCO"},
		{"exact", lineModel, d, []bench.Case{{Estimator: "e", Objective: "o", Bound: vi.ELBO{}, Exact: noisy}}, bench.Config{}, "the exact gradient of w is not the same for every draw"},
		{"other", lineModel, d, []bench.Case{ok[0], {Estimator: "f", Objective: "o", Bound: vi.ELBO{}, Model: fewer}}, bench.Config{}, "bench: case f of o: parameters [m], want those of the first case, [w m l]"},
		{"finite", infinite, d, ok, bench.Config{}, "bench: case e of o, draw 1: the gradient of m is not finite"},
		{"parameters", func(s *graph.Scope) vi.Model { return vi.Model{} }, d, ok, bench.Config{}, "the model has no trainable parameters"},
	} {
		_, err := bench.GradientVariance(context.Background(), c.model, c.data, c.cases, c.c)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := bench.GradientVariance(ctx, lineModel, d, ok, bench.Config{}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("cancelled: error %v", err)
	}
}

var noisy trainers.Bound = func(s *graph.Scope, d vi.Data) *vi.Estimate {
	return vi.ELBO{}.Estimate(s, lineModel(s), d)
}

func fewer(s *graph.Scope) vi.Model {
	m := s.Param("m", graph.Constant(0), 1)
	return vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)}) }}
}

func infinite(s *graph.Scope) vi.Model {
	m := s.Param("m", graph.Constant(-1), 1)
	return vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Normal{Mean: graph.Log(m), LogStd: s.Const(0)}) }}
}
