package trainers_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// shared is w ~ N(0, 1) for all data, x ~ N(w, 1), and a guide N(.3, .5²) of w.
func shared(total int) trainers.Bound {
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		normal := func(mean *graph.Node, logStd float64) prob.Normal {
			return prob.Normal{Mean: mean, LogStd: s.Const(logStd)}
		}
		return vi.ELBO{Config: vi.Config{Total: total}}.Estimate(s, vi.Model{
			Guide: func(t *vi.Trace) { t.Global("w", normal(s.Tensor([]float64{.3}, 1), math.Log(.5))) },
			Joint: func(t *vi.Trace) {
				w := t.Global("w", prob.StdNormal(1))
				t.Draw("x", normal(graph.BroadcastTo(w, 1, 1, 1), 0))
			},
		}, d)
	}
}

// The bound of a model with a global is a mean over draws of it with a standard
// error that is right: the exact bound is within it as often as Student's t
// says, while one draw is far off.
func TestEvaluateAveragesOverGlobals(t *testing.T) {
	x := []float64{1.2, -.4, .7, 2.1, .3}
	n, m, s := float64(len(x)), .3, .5
	exact := -(.5*(s*s+m*m-1) - math.Log(s)) / n // −KL(q ‖ p)/n + E log p(x|w)
	for _, x := range x {
		exact -= (.5*math.Log(2*math.Pi) + .5*((x-m)*(x-m)+s*s)) / n
	}
	set, params := set(t, x...), &graph.Params{Dtype: graph.Float64}
	inside, alone, runs := 0, 0, 120
	for seed := range runs {
		c := trainers.EvalConfig{Seed: uint64(seed), GlobalDraws: 60}
		got, err := trainers.Evaluate(context.Background(), shared(len(x)), params, set.Batches(data.BatchConfig{Evaluation: true}), c)
		if err != nil {
			t.Fatal(err)
		}
		if se := got["bound/stderr"]; math.Abs(got["bound"]-exact) < 2.001*se {
			inside++
		}
		if got["kl/stderr"] != 0 || got["elbo/stderr"] != got["bound/stderr"] {
			t.Errorf("standard errors %v", got)
		}
		c.GlobalDraws = 1
		if got, err = trainers.Evaluate(context.Background(), shared(len(x)), params, set.Batches(data.BatchConfig{Evaluation: true}), c); err != nil {
			t.Fatal(err)
		}
		if _, ok := got["bound/stderr"]; ok {
			t.Error("a standard error of one draw")
		}
		if math.Abs(got["bound"]-exact) > .1 {
			alone++
		}
	}
	if c := float64(inside) / float64(runs); math.Abs(c-.95) > .06 || alone < runs/4 {
		t.Errorf("covers %v; one draw is off by .1 %d times of %d", c, alone, runs)
	}
}

// Ten draws are the default, and the batch size changes nothing.
func TestEvaluateDefaultDrawsOfGlobals(t *testing.T) {
	x := []float64{1.2, -.4, .7, 2.1, .3}
	evaluate := func(size int, c trainers.EvalConfig) float64 {
		t.Helper()
		got, err := trainers.Evaluate(context.Background(), shared(len(x)), &graph.Params{Dtype: graph.Float64}, set(t, x...).Batches(data.BatchConfig{Size: size, Evaluation: true}), c)
		if err != nil {
			t.Fatal(err)
		}
		return got["bound"]
	}
	want := evaluate(0, trainers.EvalConfig{Seed: 2, GlobalDraws: 10})
	if got := evaluate(0, trainers.EvalConfig{Seed: 2}); got != want {
		t.Errorf("bound %v, by ten draws %v", got, want)
	}
	if got := evaluate(2, trainers.EvalConfig{Seed: 2}); math.Abs(got-want) > 1e-13 {
		t.Errorf("bound %v in batches of 2, %v in one", got, want)
	}
}

// A model whose rows share no noise is gone through once.
func TestEvaluateOnceWithoutSharedNoise(t *testing.T) {
	local := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		one := func(mean *graph.Node) prob.Normal { return prob.Normal{Mean: mean, LogStd: s.Const(0)} }
		return vi.ELBO{}.Estimate(s, vi.Model{
			Guide: func(t *vi.Trace) { t.Draw("z", one(t.Given("x").Scale(.5))) },
			Joint: func(t *vi.Trace) { t.Draw("x", one(t.Draw("z", prob.StdNormal(1)))) },
		}, d)
	}
	got, err := trainers.Evaluate(context.Background(), local, &graph.Params{}, set(t, 1, 2, 3).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for name := range got {
		if strings.HasSuffix(name, "/stderr") {
			t.Errorf("%s without noise that the rows share", name)
		}
	}
	if _, err := trainers.Evaluate(context.Background(), local, &graph.Params{}, set(t, 1).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{GlobalDraws: -1}); err == nil || !strings.Contains(err.Error(), "GlobalDraws -1") {
		t.Errorf("error %v", err)
	}
}
