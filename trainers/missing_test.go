package trainers_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Pixels that were not observed stay so through every way of batching, and a
// masked model fits what was: the mean of each column's numbers.
func TestMissingValuesInData(t *testing.T) {
	nan := math.NaN()
	x := []float64{1, nan, 0, 1, 1, 1, nan, 1}
	mean := []float64{2. / 3, 1}
	for _, dt := range []string{"float32", "float64"} {
		array := data.FromFlat("x", x, 2).Missing()
		params := &graph.Params{Dtype: graph.Float64}
		if dt == "float32" {
			f := make([]float32, len(x))
			for i, v := range x {
				f[i] = float32(v)
			}
			array = data.FromFlat("x", f, 2).Missing()
			params.Dtype = graph.Float32
		}
		set, err := data.New(array)
		if err != nil {
			t.Fatal(err)
		}
		for draw, m := range []map[string]data.Transform{nil, {"x": data.Binarize}, {"x": data.Once(data.Binarize)}} {
			b := set.Batches(data.BatchConfig{Size: 3, Map: m, Evaluation: true})
			var got []float64
			for b.Next() {
				v := make([]float64, 2*len(b.Index("x")))
				if err := b.Fill("x", 0, graph.Array{F64: v}); err != nil {
					t.Fatal(err)
				}
				got = append(got, v...)
			}
			for i := range x {
				if got[i] != x[i] && !(math.IsNaN(got[i]) && math.IsNaN(x[i])) {
					t.Errorf("%s drawn by %d: value %d is %v, want %v", dt, draw, i, got[i], x[i])
				}
			}
		}
		model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
			m := s.Param("m", graph.Constant(0), 2)
			return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
				x := t.Given("x")
				t.Draw("x", prob.Masked(prob.Normal{Mean: m, LogStd: s.Const(0)}, x.Eq(x)))
			}}, d)
		}
		_, err = trainers.Fit(context.Background(), model, set.Batches(data.BatchConfig{Size: 4}), trainers.Config{Params: params, Epochs: 400, Optimizer: trainers.SGD{Rate: .5}})
		if err != nil {
			t.Fatal(err)
		}
		m := []float64{}
		if dt == "float32" {
			v, err := graph.Values[float32](params, "m")
			if err != nil {
				t.Fatal(err)
			}
			m = append(m, float64(v[0]), float64(v[1]))
		} else if m, err = graph.Values[float64](params, "m"); err != nil {
			t.Fatal(err)
		}
		for i, v := range m {
			if math.Abs(v-mean[i]) > 1e-6 {
				t.Errorf("%s: mean %d is %v, want %v", dt, i, v, mean[i])
			}
		}
	}
}
