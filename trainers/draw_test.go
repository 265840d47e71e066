package trainers_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// slope is y ~ N(w·x, 1) with w ~ N(0, 1) and a guide N(2, .5²) of it.
func slope(s *graph.Scope) vi.Model {
	return vi.Model{
		Guide: func(t *vi.Trace) {
			t.Global("w", prob.Normal{Mean: s.Tensor([]float64{2}, 1), LogStd: s.Const(math.Log(.5))})
		},
		Joint: func(t *vi.Trace) {
			w := t.Global("w", prob.StdNormal(1))
			t.Draw("y", prob.Normal{Mean: t.Given("x").Mul(w), LogStd: s.Const(0)})
		},
	}
}

// One call draws globals and predictions, the same whatever the batches, in the
// order of the rows.
func TestDraw(t *testing.T) {
	x := []float64{1, -2, 3, 0, 10}
	draw := func(size int, c trainers.DrawConfig) map[string]*vi.Draws {
		t.Helper()
		d, err := trainers.Draw(context.Background(), slope, &graph.Params{Dtype: graph.Float64}, set(t, x...).Batches(data.BatchConfig{Size: size, Evaluation: true}), c)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := draw(0, trainers.DrawConfig{K: 4000})
	w, y := d["w"], d["y"]
	if !slices.Equal(w.Shape, []int{1}) || !slices.Equal(y.Shape, []int{5, 1}) || w.K != 4000 || y.K != 4000 {
		t.Fatalf("draws of shapes %v and %v", w.Shape, y.Shape)
	}
	for i, x := range x {
		std := math.Sqrt(x*x/4 + 1)
		if math.Abs(y.Mean()[i]-2*x) > .07*std || math.Abs(y.Std()[i]-std) > .05*std {
			t.Errorf("row %d: %v ± %v, want %v ± %v", i, y.Mean()[i], y.Std()[i], 2*x, std)
		}
		if q := y.Quantile(.95)[i]; math.Abs(q-2*x-1.645*std) > .12*std {
			t.Errorf("row %d: upper end of the band %v, want %v", i, q, 2*x+1.645*std)
		}
	}
	parts := draw(2, trainers.DrawConfig{K: 4000})
	if !slices.Equal(parts["w"].Values, w.Values) || !slices.Equal(parts["y"].Values, y.Values) {
		t.Error("the batch size changes the draws")
	}
	if k := draw(0, trainers.DrawConfig{})["y"].K; k != 1000 {
		t.Errorf("%d draws, want 1000", k)
	}
	given := draw(2, trainers.DrawConfig{Draws: map[string]*vi.Draws{"w": {K: 2, Shape: []int{1}, Values: []float64{100, -100}}}, Of: func(r *vi.Record) map[string]*graph.Node {
		return map[string]*graph.Node{"mean": r.Site("y").P.(prob.Normal).Mean}
	}})
	if want := []float64{100, -200, 300, 0, 1000, -100, 200, -300, 0, -1000}; !slices.Equal(given["mean"].Values, want) || given["w"] != nil {
		t.Errorf("means under given draws %v, want %v", given["mean"].Values, want)
	}
}

func TestDrawRefusals(t *testing.T) {
	batches := func() data.Batches { return set(t, 1, 2, 3).Batches(data.BatchConfig{Evaluation: true}) }
	params, ctx := &graph.Params{}, context.Background()
	for want, f := range map[string]func() error{
		"trainers: no model to draw from": func() error {
			_, err := trainers.Draw(ctx, nil, params, batches(), trainers.DrawConfig{})
			return err
		},
		"trainers: draw: K -1": func() error {
			_, err := trainers.Draw(ctx, slope, params, batches(), trainers.DrawConfig{K: -1})
			return err
		},
		"trainers: draw: Draws of w": func() error {
			_, err := trainers.Draw(ctx, slope, params, batches(), trainers.DrawConfig{Draws: map[string]*vi.Draws{"w": {K: 2, Shape: []int{1}}}})
			return err
		},
		"Predict is to return v, which is no site": func() error {
			_, err := trainers.Draw(ctx, slope, params, batches(), trainers.DrawConfig{Sites: []string{"v"}})
			return err
		},
		"which are not shuffled": func() error {
			_, err := trainers.Draw(ctx, slope, params, set(t, 1, 2, 3, 4, 5, 6, 7, 8).Batches(data.BatchConfig{Seed: 1}), trainers.DrawConfig{K: 2})
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
