package trainers_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// evidence is log p(x) by importance sampling of z ~ N(0, 1), x ~ N(z, 1).
func evidence(s *graph.Scope, d vi.Data) map[string]*graph.Node {
	one := func(mean *graph.Node) prob.Normal { return prob.Normal{Mean: mean, LogStd: s.Const(0)} }
	m := vi.Model{
		Joint: func(t *vi.Trace) { t.Draw("x", one(t.Draw("z", prob.StdNormal(1)))) },
		Guide: func(t *vi.Trace) { t.Draw("z", one(t.Given("x").Scale(.5))) },
	}
	e := vi.Evidence{K: 2000}.Estimate(s, m, d)
	return map[string]*graph.Node{"evidence": e.PerRow, "mean": e.Record.PosteriorMeans("z")}
}

// Every row has its own value, whatever the batch, and Evaluate's mean is
// theirs.
func TestRows(t *testing.T) {
	x := []float64{-1, 0, .5, 2, -3}
	params, ctx := &graph.Params{Dtype: graph.Float64}, context.Background()
	var got map[string][]float64
	for _, batch := range []int{5, 2} {
		again, err := trainers.Predict(ctx, evidence, params, set(t, x...).Batches(data.BatchConfig{Size: batch, Evaluation: true}), trainers.EvalConfig{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, again, cmpopts.EquateApprox(1e-14, 0)); got != nil && diff != "" {
			t.Errorf("the batch size changes the rows: %s", diff)
		}
		got = again
	}
	for i, x := range x {
		if want := x / 2; got["mean"][i] != want {
			t.Errorf("row %d: posterior mean %v, want %v", i, got["mean"][i], want)
		}
		want := -.5*math.Log(4*math.Pi) - x*x/4
		if math.Abs(got["evidence"][i]-want) > .05 {
			t.Errorf("row %d: log p(x) %v, want %v", i, got["evidence"][i], want)
		}
	}
}

func TestRowsWantsAnEntryForEachRow(t *testing.T) {
	out, err := trainers.Predict(context.Background(), func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		return map[string]*graph.Node{"z": graph.ExpandDims(graph.ExpandDims(d["x"], 0), 0), "x": d["x"]}
	}, &graph.Params{}, set(t, 1, 2, 3).Batches(data.BatchConfig{Size: 2, Evaluation: true}), trainers.EvalConfig{})
	if err != nil || cmp.Diff(out["z"], out["x"]) != "" || len(out["z"]) != 3 {
		t.Errorf("rows behind axes of 1: %v, error %v", out, err)
	}
	for name, f := range map[string]func(x *graph.Node) *graph.Node{
		"drawn twice": func(x *graph.Node) *graph.Node { return graph.BroadcastTo(x, 2, 3, 1) },
		"one for all": func(x *graph.Node) *graph.Node { return graph.ExpandDims(graph.Sum(x), 0) },
	} {
		_, err := trainers.Predict(context.Background(), func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
			return map[string]*graph.Node{"total": f(d["x"])}
		}, &graph.Params{}, set(t, 1, 2, 3).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
		if err == nil || !strings.Contains(err.Error(), "want [3 …]") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	_, err = trainers.Predict(context.Background(), func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
		return map[string]*graph.Node{"total": graph.Sum(d["x"])}
	}, &graph.Params{}, set(t, 1, 2, 3).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
	if err == nil || !strings.Contains(err.Error(), "output total has shape []") {
		t.Errorf("error %v", err)
	}
}

// Values stand in the order of the data set: batches that are shuffled are
// refused, of one set and of several, and an output may have the name of an array
// and another shape.
func TestPredictKeepsTheOrder(t *testing.T) {
	x := []float64{3, 1, 2, 5, 4, 9, 7}
	wide := func(of string) func(*graph.Scope, vi.Data) map[string]*graph.Node {
		return func(_ *graph.Scope, d vi.Data) map[string]*graph.Node {
			return map[string]*graph.Node{"x": graph.Concat(-1, d[of], d[of].Neg())}
		}
	}
	predict := func(of string, b data.Batches) ([]float64, error) {
		out, err := trainers.Predict(context.Background(), wide(of), &graph.Params{}, b, trainers.EvalConfig{})
		return out["x"], err
	}
	join := func(c data.BatchConfig) data.Batches {
		return &data.Join{Parts: map[string]data.Batches{"a": set(t, x...).Batches(c), "b": set(t, 1, 2).Batches(data.BatchConfig{Size: 1, Seed: 2})}, Epoch: "a"}
	}
	var want []float64
	for _, v := range x {
		want = append(want, v, -v)
	}
	for _, size := range []int{3, 100} {
		for _, evaluation := range []bool{true, false} {
			c := data.BatchConfig{Size: size, Seed: 1, Evaluation: evaluation}
			for of, b := range map[string]data.Batches{"x": set(t, x...).Batches(c), "a/x": join(c)} {
				got, err := predict(of, b)
				if evaluation && (err != nil || cmp.Diff(want, got) != "") {
					t.Errorf("%s by %d: %v, want %v, error %v", of, size, got, want, err)
				}
				if !evaluation && (err == nil || !strings.Contains(err.Error(), "data.BatchConfig.Evaluation, which are not shuffled")) {
					t.Errorf("%s by %d, shuffled: %v, error %v", of, size, got, err)
				}
			}
		}
	}
}
