package trainers_test

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// The exponential average is the sum of section 7.2 of arXiv 1412.6980 over
// 1−βᵗ, the plain one a mean, over the updates from one on; until then both are the
// parameters.
func TestAveragesAgainstSums(t *testing.T) {
	eachDtype(t, func(t *testing.T, dt graph.Dtype, tol float64) {
		for _, a := range []trainers.Average{{}, {From: 5}, {Decay: .8}, {Decay: .999, From: 3}, {Decay: .1}} {
			c := trainers.UpdateConfig{Optimizer: trainers.Adam{Rate: .3}}
			path := descendBy(t, dt, c, 30)
			c.Average = &a
			got := descendBy(t, dt, c, 30)
			for i := range 3 {
				sum := 0.
				for step := range path {
					n, want := float64(step+1-a.From), path[step][i]
					switch {
					case n <= 0:
					case a.Decay == 0:
						sum += path[step][i]
						want = sum / n
					default:
						sum = a.Decay*sum + (1-a.Decay)*path[step][i]
						want = sum / (1 - math.Pow(a.Decay, n))
					}
					if math.Abs(got[step][i]-want) > min(tol, 1e-7)*max(1, math.Abs(want)) {
						t.Fatalf("%+v: average %d after update %d is %v, want %v", a, i, step+1, got[step][i], want)
					}
				}
			}
		}
	})
}

// The averages are whole parameters: with what is not trained and the states, to
// be evaluated and saved, also while the fit goes on.
func TestAveragesAreParameters(t *testing.T) {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		fixed := s.In("fixed").Frozen().Param("m", graph.Constant(.25), 1)
		n := s.State("n", graph.Constant(0), 1)
		if s.Training() {
			s.Assign(n, n.Shift(1))
		}
		e := mean(s, d)
		e.Terms["fixed"], e.Terms["n"] = graph.Sum(fixed), graph.Sum(n)
		return e
	}
	x := set(t, 1, 2, 6)
	kept := &graph.Params{}
	evaluate := func(p *graph.Params) map[string]float64 {
		v, err := trainers.Evaluate(context.Background(), model, p, x.Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	r, err := trainers.Fit(context.Background(), model, x.Batches(data.BatchConfig{Size: 1}), trainers.Config{
		Epochs: 4, Optimizer: trainers.SGD{Rate: .3}, Average: &trainers.Average{Params: kept},
		OnEpoch: func(e trainers.Epoch) error {
			if v := evaluate(kept); v["n"] != float64(3*e.Epoch) || v["fixed"] != .25 {
				t.Errorf("epoch %d: terms %v of the averages", e.Epoch, v)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Average != kept {
		t.Error("the result has other averages")
	}
	path := filepath.Join(t.TempDir(), "average")
	if err := kept.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded := &graph.Params{}
	if err := loaded.Load(path); err != nil {
		t.Fatal(err)
	}
	if a, b := evaluate(kept), evaluate(loaded); a["bound"] != b["bound"] || a["bound"] == evaluate(r.Params)["bound"] {
		t.Errorf("the averages have the bound %v, loaded %v, the parameters %v", a, b, evaluate(r.Params))
	}
}

func TestAverageErrors(t *testing.T) {
	params := &graph.Params{}
	another := &graph.Params{}
	if _, err := graph.Build(another, func(s *graph.Scope) { s.Output("y", s.Param("other", graph.Constant(0), 1)) }); err != nil {
		t.Fatal(err)
	}
	const numbers = ": want Decay from 0 to below 1, From ≥ 0"
	for want, a := range map[string]trainers.Average{
		"trainers: Average of Decay 1 from 0" + numbers:                                                     {Decay: 1},
		"trainers: Average of Decay -0.1 from 0" + numbers:                                                  {Decay: -.1},
		"trainers: Average of Decay NaN from 0" + numbers:                                                   {Decay: math.NaN()},
		"trainers: Average of Decay 0 from -1" + numbers:                                                    {From: -1},
		"trainers: Average.Params are those that are trained":                                               {Params: params},
		"trainers: step 1 (epoch 1): trainers: the averages: graph: copy, as Save and Load do: parameter m": {Params: another},
	} {
		_, err := trainers.Fit(context.Background(), mean, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1, Params: params, Average: &a})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// Two fits do not keep their averages in the same place, nor one where another
// trains.
func TestAveragesOfTwoFits(t *testing.T) {
	x, kept := set(t, 1, 2), &graph.Params{}
	fit := func(c trainers.Config) error {
		c.Epochs = 1
		_, err := trainers.Fit(context.Background(), mean, x.Batches(data.BatchConfig{}), c)
		return err
	}
	err := fit(trainers.Config{Average: &trainers.Average{Params: kept}, OnEpoch: func(trainers.Epoch) error {
		for _, c := range []trainers.Config{{Average: &trainers.Average{Params: kept}}, {Params: kept}} {
			if err := fit(c); err == nil || !strings.HasPrefix(err.Error(), "trainers: another Fit is training these Params, or keeps its averages there") {
				t.Errorf("error %v", err)
			}
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := fit(trainers.Config{Average: &trainers.Average{Params: kept}}); err != nil {
		t.Error(err)
	}
}
