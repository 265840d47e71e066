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
	"github.com/latentgo/latent/vi/guide"
)

func laplace(joint vi.Func, c guide.Config, total int) trainers.Bound {
	c.Family = guide.Laplace{}
	return func(s *graph.Scope, d vi.Data) *vi.Estimate {
		return vi.ELBO{Config: vi.Config{Total: total}}.Estimate(s, vi.Model{Joint: joint, Guide: guide.New(s, joint, c)}, d)
	}
}

// Of p ~ Beta(2, 3) and coins that fall 5 times of 7 on one side, u = logit p has
// the mode and the curvature
//
//	p* = (2+5)/(2+3+7),  −H = (2+3+7)·p*·(1−p*)
//
// in either dtype, in batches or not, from anywhere.
func TestLaplaceOfACoin(t *testing.T) {
	coins := func(t *vi.Trace) {
		p := t.Global("p", prob.Beta{LogA: graph.Const(math.Log(2)), LogB: graph.Const(math.Log(3))})
		t.Draw("x", prob.Bernoulli{Logits: graph.Log(p).Sub(graph.Log1p(p.Neg()))})
	}
	const p, h = 7. / 12, 12 * 7. / 12 * 5 / 12
	lbeta := func(a, b float64) float64 {
		x, _ := math.Lgamma(a)
		y, _ := math.Lgamma(b)
		z, _ := math.Lgamma(a + b)
		return x + y - z
	}
	joint := 7*math.Log(p) + 5*math.Log(1-p) - lbeta(2, 3)
	for _, c := range []struct {
		dtype     graph.Dtype
		size      int
		start     float64
		tolerance float64
	}{{graph.Float64, 0, .5, 1e-10}, {graph.Float64, 3, 1e-6, 1e-10}, {graph.Float64, 7, 1 - 1e-9, 1e-10}, {graph.Float32, 2, .01, 1e-4}} {
		params := &graph.Params{Dtype: c.dtype}
		start := guide.Config{Init: guide.Values{Of: map[string][]float64{"p": {c.start}}}}
		r, err := trainers.Laplace(context.Background(), laplace(coins, start, 7), params, set(t, 1, 1, 0, 1, 1, 0, 1).Batches(data.BatchConfig{Size: c.size, Evaluation: true}))
		if err != nil {
			t.Fatal(err)
		}
		var got [2]float64
		for i, name := range []string{"p/mean", "guide/cholesky"} {
			if v, err := graph.Values[float64](params, name); err == nil {
				got[i] = v[0]
			} else if v, err := graph.Values[float32](params, name); err == nil {
				got[i] = float64(v[0])
			} else {
				t.Fatal(err)
			}
		}
		for what, x := range map[string][2]float64{
			"mode": {got[0], math.Log(p / (1 - p))}, "spread": {got[1], 1 / math.Sqrt(h)}, "log joint": {r.LogJoint, joint},
			"log evidence": {r.LogEvidence, joint + .5*math.Log(2*math.Pi) - .5*math.Log(h)},
		} {
			if math.Abs(x[0]-x[1]) > c.tolerance {
				t.Errorf("%+v: %s %v, want %v", c, what, x[0], x[1])
			}
		}
		// What is found is the guide of an evaluation, and is found again.
		if _, err := trainers.Evaluate(context.Background(), laplace(coins, start, 7), params, set(t, 1, 1, 0, 1, 1, 0, 1).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{}); err != nil {
			t.Error(err)
		}
		again, err := trainers.Laplace(context.Background(), laplace(coins, start, 7), params, set(t, 1, 1, 0, 1, 1, 0, 1).Batches(data.BatchConfig{Evaluation: true}))
		if err != nil || math.Abs(again.LogEvidence-r.LogEvidence) > c.tolerance {
			t.Errorf("again %+v, %v", again, err)
		}
	}
}

func TestLaplaceRefusals(t *testing.T) {
	one := func(mean *graph.Node) prob.Normal { return prob.Normal{Mean: mean, LogStd: graph.Const(0)} }
	wide := func(n *graph.Node) *graph.Node { return graph.BroadcastTo(n, 1, 1, 1) }
	line := func(t *vi.Trace) { t.Draw("x", one(wide(t.Global("w", prob.StdNormal(1))))) }
	fold := func(t *vi.Trace) { t.Draw("x", one(wide(t.Global("w", prob.StdNormal(1)).Square()))) }
	// Of data without any error, σ → 0 has no end.
	endless := func(t *vi.Trace) {
		w := t.Global("w", prob.StudentT{LogDF: graph.Const(0), Loc: graph.Const(0), LogScale: graph.Const(0)})
		t.Draw("x", prob.Normal{Mean: t.Given("x"), LogStd: wide(w)})
	}
	mean := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		m := s.Param("m", graph.Constant(0), 1)
		return vi.ELBO{Config: vi.Config{Total: 3}}.Estimate(s, vi.Model{Joint: line, Guide: func(t *vi.Trace) { t.Global("w", one(m)) }}, d)
	}
	beside := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		joint := func(t *vi.Trace) { t.Draw("x", one(t.Draw("z", one(t.Global("w", prob.StdNormal(1)))))) }
		m, g := s.Param("m", graph.Constant(0), 1), guide.New(s, joint, guide.Config{Family: guide.Laplace{}})
		return vi.ELBO{Config: vi.Config{Total: 3}}.Estimate(s, vi.Model{Joint: joint, Guide: func(t *vi.Trace) { t.Draw("z", one(m)); g(t) }}, d)
	}
	at := func(v float64) guide.Config {
		return guide.Config{Init: guide.Values{Of: map[string][]float64{"w": {v}}}}
	}
	for want, m := range map[string]trainers.Bound{
		"trainers: Laplace of a model whose guide is not by the family guide.Laplace":           mean,
		"trainers: Laplace of a model with the latent z beside":                                 beside,
		"trainers: Laplace: 3 rows of data and a Total of 5":                                    laplace(line, guide.Config{}, 5),
		"trainers: Laplace: the Hessian of log p(data, u) at the mode is not negative definite": laplace(fold, at(0), 3),
		"trainers: Laplace: no mode after 200 steps of Newton's method":                         laplace(endless, guide.Config{}, 3),
		"trainers: no model to approximate":                                                     nil,
	} {
		_, err := trainers.Laplace(context.Background(), m, &graph.Params{Dtype: graph.Float64}, set(t, 1, 2, 3).Batches(data.BatchConfig{Evaluation: true}))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant  %s", err, want)
		}
	}
}
