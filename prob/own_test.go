package prob_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/probtest"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// Sech is the hyperbolic secant distribution, ½ sech(πz/2) of z = (x−m)/s: that
// of (2/π)·log|a/b| for standard normal a and b.
type Sech struct{ Mean, LogScale *graph.Node }

func (d Sech) LogProb(x *graph.Node) *graph.Node {
	y := x.Sub(d.Mean).Mul(graph.Exp(d.LogScale.Neg())).Scale(math.Pi / 2)
	return graph.Sum(graph.LogAddExp(y, y.Neg()).Add(d.LogScale).Neg(), -1)
}

func (d Sech) Sample(s *graph.Scope, lead ...int) *graph.Node {
	shape := append(lead, d.Mean.Shape()[len(d.Mean.Shape())-1])
	log := func(name string) *graph.Node {
		return graph.Log(graph.Abs(s.Noise(name, graph.GaussianNoise, shape...)))
	}
	z := log("a").Sub(log("b")).Scale(2 / math.Pi)
	return d.Mean.Add(z.Mul(graph.Exp(d.LogScale)))
}

func (Sech) Pathwise() {}

// A distribution of one's own needs LogProb and Sample, and the marker
// Pathwise if draws are differentiable. It goes through the same checks as
// those of this package, and trains like them.
func Example_own() {
	model := func(s *graph.Scope, d vi.Data) *vi.Estimate {
		mean := s.Param("mean", graph.Constant(0), 1)
		logScale := s.Param("logscale", graph.Constant(0), 1)
		m := vi.Model{
			Joint: func(t *vi.Trace) { // z is Sech(0, 1), x is Normal(z, 0.5)
				z := t.Draw("z", Sech{Mean: s.Tensor([]float64{0}, 1), LogScale: s.Const(0)})
				t.Draw("x", prob.Normal{Mean: z, LogStd: s.Const(math.Log(0.5))})
			},
			Guide: func(t *vi.Trace) { t.Draw("z", Sech{Mean: mean, LogScale: logScale}) },
		}
		return vi.ELBO{Config: vi.Config{K: 10}}.Estimate(s, m, d)
	}
	set, err := data.New(data.FromFlat("x", slices.Repeat([]float32{1.5}, 256), 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := trainers.Fit(context.Background(), model, set.Batches(data.BatchConfig{Size: 64, Seed: 1}), trainers.Config{
		Epochs: 60, Seed: 1, Optimizer: trainers.Adam{Rate: 0.03},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	first, last := r.Epochs[0].Train["bound"], r.Epochs[len(r.Epochs)-1].Train["bound"]
	fmt.Printf("the bound rises from %.1f to %.1f, log p(x) is -2.1\n", first, last)
	// Output: the bound rises from -6.6 to -2.2, log p(x) is -2.1
}

// TestOwn puts a user's distribution through the suite.
func TestOwn(t *testing.T) {
	probtest.Run(t, probtest.Case{
		New:      func(_ *graph.Scope, p []*graph.Node) prob.Dist { return Sech{Mean: p[0], LogScale: p[1]} },
		Params:   [][]float64{{0, 0}, {-1.5, 1.2}, {3, -2}},
		Extremes: [][]float64{{0, -13.8}, {0, 13.8}, {1e6, 0}},
	})
}
