package trainers_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// standard is p(x) = N(m, 1) of x·scale + shift, whose parameters start at what
// gives a batch mean 0 and variance 1.
func standard(s *graph.Scope, d vi.Data) *vi.Estimate {
	scale, shift := s.Param("scale", graph.Constant(1), 1), s.Param("shift", graph.Constant(0), 1)
	m := s.Param("m", graph.Constant(0), 1)
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		y := layers.Standardise(s, t.Given("x"), scale, shift)
		t.Draw("z", prob.Normal{Mean: m.Add(y), LogStd: graph.Const(0)})
	}}, vi.Data{"x": d["x"], "z": graph.Const(0).Mul(d["x"])})
}

// The first step starts from what the first batch says, and only with Initialise;
// parameters that are trained already start anew.
func TestInitialise(t *testing.T) {
	x := []float64{101, 103, 107, 109, 104, 112}
	points, err := data.New(data.FromFlat("x", x, 1))
	if err != nil {
		t.Fatal(err)
	}
	batches := func() data.Batches { return points.Batches(data.BatchConfig{Size: 4, Seed: 3}) }
	b := batches()
	if err := b.Seek(0, 0); err != nil || !b.Next() {
		t.Fatal("no batch", err)
	}
	mean, square := 0., 0.
	for _, i := range b.Index("x") {
		mean += x[i] / 4
	}
	for _, i := range b.Index("x") {
		square += (x[i] - mean) * (x[i] - mean) / 4
	}
	want := []float64{1 / math.Sqrt(square), -mean / math.Sqrt(square)}

	params := &graph.Params{Dtype: graph.Float64}
	for range 2 {
		// A first step that is refused leaves the first values.
		_, err = trainers.Fit(context.Background(), standard, batches(), trainers.Config{
			Params: params, Epochs: 1, Initialise: true, Optimizer: refusing{},
		})
		if err == nil || !strings.Contains(err.Error(), "is not finite") {
			t.Fatalf("error %v", err)
		}
		var got []float64
		for _, name := range []string{"scale", "shift"} {
			v, err := graph.Memory[float64](params, name)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v[0])
			v[0] = 7
		}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-12*math.Abs(want[i]) {
				t.Errorf("scale and shift start at %v, want %v", got, want)
			}
		}
	}
	fit := func(initialise bool) []float64 {
		r, err := trainers.Fit(context.Background(), standard, batches(), trainers.Config{Epochs: 3, Initialise: initialise, Optimizer: trainers.SGD{Rate: 1e-4}})
		if err != nil {
			t.Fatal(err)
		}
		v, err := graph.Values[float32](r.Params, "scale")
		if err != nil {
			t.Fatal(err)
		}
		return []float64{float64(v[0]), r.Epochs[0].Train["bound"]}
	}
	if with, again, without := fit(true), fit(true), fit(false); !slices.Equal(with, again) || with[1] < without[1]+1000 {
		t.Errorf("scale and bound %v and %v with first values, %v without", with, again, without)
	}
	c, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := trainers.Fit(c, standard, batches(), trainers.Config{Epochs: 1, Initialise: true}); !errors.Is(err, trainers.ErrInterrupted) {
		t.Errorf("error %v, want that of an interruption", err)
	}
}

// refusing makes a parameter that is not finite, so that every step is taken back.
type refusing struct{}

func (refusing) Slots() int             { return 0 }
func (refusing) Step(p trainers.Tensor) { p.Param.Set(0, math.Inf(1)) }
