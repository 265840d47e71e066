package models_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/examples/models"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// TestPosteriorsClassify: a small network learns drawn digits under every posterior,
// and a prediction of many draws is a law of the classes whose density is "log_p".
func TestPosteriorsClassify(t *testing.T) {
	ctx, train, test := context.Background(), data.Digits(1, 500), data.Digits(2, 100)
	for _, q := range models.Posteriors {
		declare := func(s *graph.Scope) models.Bayesian {
			return models.NewClassifier(s, q.Config, train.Cols("x"), 10, 30)
		}
		fit, err := trainers.Fit(ctx, func(s *graph.Scope, d vi.Data) *vi.Estimate {
			return vi.ELBO{Config: vi.Config{Total: train.Len()}, Beta: s.Input("beta").Scale(q.Beta)}.Estimate(s, declare(s).Model(), d)
		}, train.Batches(data.BatchConfig{Size: 50, Seed: 1, Flat: true}), trainers.Config{
			Params: &graph.Params{Seed: 1}, Epochs: 15, Optimizer: trainers.Adam{Rate: 3e-3},
			Schedules: map[string]trainers.Schedule{"beta": trainers.WarmUp{Steps: 300}},
		})
		if err != nil {
			t.Fatal(q.Name, err)
		}
		const draws = 20
		out, err := trainers.Predict(ctx, func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
			m := declare(s)
			return m.Predict(s, m.Model(), d, vi.Config{K: draws})
		}, fit.Params, test.Batches(data.BatchConfig{Size: 40, Flat: true, Evaluation: true}), trainers.EvalConfig{})
		if err != nil {
			t.Fatal(q.Name, err)
		}
		hits, spread := 0, 0.
		for i, y := range test.Values("y") {
			p := out["mean"][10*i : 10*i+10]
			best, sum := 0, 0.
			for c := range p {
				sum += p[c]
				spread += out["spread"][10*i+c]
				if p[c] > p[best] {
					best = c
				}
			}
			if best == int(y) {
				hits++
			}
			if math.Abs(sum-1) > 1e-5 || math.Abs(math.Exp(out["log_p"][i])-p[int(y)]) > 1e-5 {
				t.Fatalf("%s: probabilities %v of the class %v, whose log density is %v", q.Name, p, y, out["log_p"][i])
			}
		}
		if hits < 70 {
			t.Errorf("%s: %d of %d right", q.Name, hits, test.Len())
		}
		if noisy := q.Name != "none"; noisy != (spread > 1e-3) {
			t.Errorf("%s: a spread of %v over the draws", q.Name, spread)
		}
	}
}

// TestRegressionWithoutNoise: "mean" and "log_p" of a network of means are its
// function and the density around it.
func TestRegressionWithoutNoise(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64, Seed: 1}
	p, err := graph.Build(params, func(s *graph.Scope) {
		b := models.NewRegression(s, bayes.Config{}, 2, 3)
		x, y := s.Tensor([]float64{.3, -1, 2, .5}, 2, 2), s.Tensor([]float64{.1, -.7}, 2, 1)
		for name, n := range b.Predict(s.In("a"), b.With(b.Net.Mean()), vi.Data{"x": x, "y": y}, vi.Config{K: 3}) {
			s.Output(name, n)
		}
		s.Output("f", b.Net.Mean().Apply(x))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	get := func(name string) []float64 {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	f, std := get("f"), math.Exp(-1)
	for i, y := range []float64{.1, -.7} {
		e := (y - f[i]) / std
		want := -.5*e*e + 1 - .5*math.Log(2*math.Pi)
		if got := get("log_p")[i]; math.Abs(got-want) > 1e-12 || get("mean")[i] != f[i] || get("spread")[i] != 0 {
			t.Errorf("row %d: log density %v, want %v; mean %v, want %v; spread %v", i, got, want, get("mean")[i], f[i], get("spread")[i])
		}
	}
}

func TestCalibrationError(t *testing.T) {
	for _, c := range []struct {
		p       []float64
		correct []bool
		bins    int
		want    float64
	}{
		{[]float64{1, 1}, []bool{true, true}, 15, 0},
		{[]float64{1, 1}, []bool{false, true}, 15, .5},
		{[]float64{.55, .55, .95}, []bool{true, false, false}, 10, (.1 + .95) / 3},
		{[]float64{.2, .8}, []bool{true, false}, 1, 0},
	} {
		if got := models.CalibrationError(c.p, c.correct, c.bins); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("error of %v, %v: %v, want %v", c.p, c.correct, got, c.want)
		}
	}
}

// One of three rows is wrong, and so is its confidence of .8.
func TestJudge(t *testing.T) {
	wrong, ece := models.Judge([]float64{.9, .1, .4, .6, .8, .2}, []float32{0, 1, 1})
	if math.Abs(wrong-1./3) > 1e-12 || math.Abs(ece-(.1+.4+.8)/3) > 1e-12 {
		t.Errorf("error %v and calibration error %v", wrong, ece)
	}
}
