package vi_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// TestDreamsHaveNoiseOfTheirOwn: the layers of a dream and those that score it
// share noise, and it is not that of the wake phase.
func TestDreamsHaveNoiseOfTheirOwn(t *testing.T) {
	p, err := graph.BuildTraining(&graph.Params{}, func(s *graph.Scope) {
		s = s.NoiseAsInput()
		e := vi.WakeSleep{K: 2}.Estimate(s, layered(s, "reparameterised", false), vi.Data{"x": s.Input("x", 3, 2)})
		for i, g := range e.Grad(s.Trainable()...) {
			s.Output(fmt.Sprint("g", i), g)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"dec/noise", "enc/noise", "sleep/dec/noise", "sleep/enc/noise", "sleep/x/noise", "sleep/z/noise", "x", "z/noise"}
	if got := p.Inputs(); !slices.Equal(got, want) {
		t.Errorf("noise %v, want %v", got, want)
	}
}

// TestRowsOfTwoKindsShareANetwork: two estimates in one build, as in
// semi-supervised learning, run the same layers with noise of their own; the
// state follows the mean of both.
func TestRowsOfTwoKindsShareANetwork(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		m := layered(s, "reparameterised", false)
		a := vi.ELBO{}.Estimate(s.In("a"), m, vi.Data{"x": s.Input("x", 3, 2)})
		b := vi.IWAE{Config: vi.Config{K: 2, Estimator: vi.DReG{}}}.Estimate(s.In("b"), m, vi.Data{"x": s.Input("more", 2, 2)})
		s.Output("bound", vi.Sum(a, b).Value)
	})
	if err != nil {
		t.Fatal(err)
	}
	graph.Feed(p, "x", layeredRows)
	graph.Feed(p, "more", []float64{7, -3, 5, 1})
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	got, _ := graph.Values[float64](params, "enc/mean")
	if want := .25 * (.6 + 6) / 2; math.Abs(got[0]-want) > 1e-12 {
		t.Errorf("the state is %v, want %v", got[0], want)
	}
}

// TestFirstValuesUnderEstimators: a program that initialises takes a network's
// first values from what comes to it in the first run, whatever objective runs
// the model, and however often.
func TestFirstValuesUnderEstimators(t *testing.T) {
	for name, o := range map[string]vi.Objective{
		"ELBO":                vi.ELBO{Config: vi.Config{K: 2}},
		"STL":                 vi.ELBO{Config: vi.Config{K: 2, Estimator: vi.STL{}}},
		"DReG":                vi.IWAE{Config: vi.Config{K: 3, Estimator: vi.DReG{}}},
		"MeasureValued":       vi.ELBO{Config: vi.Config{Estimator: vi.MeasureValued{}}},
		"WakeSleep":           vi.WakeSleep{},
		"ReweightedWakeSleep": vi.ReweightedWakeSleep{K: 2},
		"TVO":                 vi.TVO{K: 2},
	} {
		params := &graph.Params{Dtype: graph.Float64}
		p, err := graph.BuildInitialising(params, func(s *graph.Scope) {
			c := layers.Config{WeightNorm: true, Weights: graph.Constant(1)}
			enc, dec := c.NewMLP(s.In("enc"), 2, 2), c.NewMLP(s.In("dec"), 2, 2)
			unit := graph.BroadcastTo(s.Const(0), 2)
			m := vi.Model{
				Guide: func(t *vi.Trace) { t.Draw("z", prob.Normal{Mean: enc.Apply(t.Given("x")), LogStd: unit}) },
				Joint: func(t *vi.Trace) {
					z := t.Draw("z", prob.StdNormal(2))
					t.Draw("x", prob.Normal{Mean: dec.Apply(z), LogStd: unit})
				},
			}
			e := o.Estimate(s, m, vi.Data{"x": s.Input("x", 3, 2)})
			e.Grad(s.Trainable()...)
			s.Output("bound", e.Value)
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		graph.Feed(p, "x", layeredRows)
		if err := p.Run(context.Background(), graph.Key{Seed: 5}); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var sum [3]float64 // what enters the guide's units
		mean, square := 0., 0.
		for i := range sum {
			sum[i] = (layeredRows[2*i] + layeredRows[2*i+1]) / math.Sqrt2
			mean, square = mean+sum[i]/3, square+sum[i]*sum[i]/3
		}
		std := math.Sqrt(square - mean*mean)
		g, _ := graph.Values[float64](params, "enc/0/g")
		b, _ := graph.Values[float64](params, "enc/0/b")
		if !(math.Abs(g[0]-1/std) < 1e-9 && math.Abs(b[0]+mean/std) < 1e-9) {
			t.Errorf("%s: the guide starts at g = %v and b = %v, want %v and %v", name, g[0], b[0], 1/std, -mean/std)
		}
		if g, _ := graph.Values[float64](params, "dec/0/g"); g[0] == 1 {
			t.Errorf("%s: the joint's network has not started from data", name)
		}
	}
}
