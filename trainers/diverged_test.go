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
