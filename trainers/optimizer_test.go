package trainers_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// pull is the observation at step t that pulls on the parameters.
func pull(t int) []float64 {
	return []float64{math.Sin(float64(t)), 10 * math.Sin(float64(2*t)), 100 * math.Sin(float64(3*t))}
}

// descend returns the parameters m, from ½ on, after each step of x ~ N(m, 1)
// with x = pull(t): the gradient is m − x.
func descend(t *testing.T, dt graph.Dtype, o trainers.Optimizer, clip float64, steps int) [][]float64 {
	t.Helper()
	params := &graph.Params{Dtype: dt}
	u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: o, ClipNorm: clip})
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		m := s.Param("m", graph.Constant(.5), 3)
		s.Output("m", m)
		u.Declare(s, vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)})
		}}, vi.Data{"x": s.Input("x", 1, 3)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	var path [][]float64
	for step := range steps + 1 {
		if err := graph.Feed(p, "x", pull(step+1)); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		m, err := p.Value("m")
		if err != nil {
			t.Fatal(err)
		}
		path = append(path, slices.Clone(m))
		if err := u.Step(p); err != nil {
			t.Fatal(err)
		}
	}
	return path[1:]
}

// eachDtype runs a test in both precisions with the error to allow, in float32
// that of gradients up to 100.
func eachDtype(t *testing.T, f func(t *testing.T, dt graph.Dtype, tol float64)) {
	t.Run("float64", func(t *testing.T) { f(t, graph.Float64, 1e-13) })
	t.Run("float32", func(t *testing.T) { f(t, graph.Float32, 1e-5) })
}

func compare(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tol*max(1, math.Abs(want[i]))) {
			t.Fatalf("%s: parameter %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// TestOptimizersAgainstLoops compares the rules with their definitions, one
// element at a time, with clipping and without.
func TestOptimizersAgainstLoops(t *testing.T) {
	adaMax := func(rate, b1, b2 float64) func() func(t int, g float64) float64 {
		return func() func(int, float64) float64 {
			var m, u float64
			return func(t int, g float64) float64 {
				m, u = b1*m+(1-b1)*g, max(b2*u, math.Abs(g))
				return rate / (1 - math.Pow(b1, float64(t))) * m / u
			}
		}
	}
	momentum := func(rate, mu float64) func() func(t int, g float64) float64 {
		return func() func(int, float64) float64 {
			var v float64
			return func(_ int, g float64) float64 {
				v = mu*v + g
				return rate * v
			}
		}
	}
	for _, c := range []struct {
		rule trainers.Optimizer
		loop func() func(t int, g float64) float64 // what step t takes off an element of gradient g
	}{
		{trainers.AdaMax{}, adaMax(2e-3, .9, .999)},
		{trainers.AdaMax{Rate: .3, Beta1: .6, Beta2: .7}, adaMax(.3, .6, .7)},
		{trainers.AdaMax{Rate: .3, Beta1: -1, Beta2: -1}, adaMax(.3, 0, 0)},
		{trainers.SGD{}, momentum(1e-2, 0)},
		{trainers.Momentum{}, momentum(1e-2, .9)},
		{trainers.Momentum{Rate: .2, Mu: -1}, momentum(.2, 0)},
		{trainers.Momentum{Rate: .2, Mu: .8}, momentum(.2, .8)},
	} {
		for _, clip := range []float64{0, 7} {
			t.Run(fmt.Sprintf("%T%+v clipped to %v", c.rule, c.rule, clip), func(t *testing.T) {
				eachDtype(t, func(t *testing.T, dt graph.Dtype, tol float64) {
					m, loops := []float64{.5, .5, .5}, []func(int, float64) float64{c.loop(), c.loop(), c.loop()}
					for step, got := range descend(t, dt, c.rule, clip, 40) {
						g, squares := make([]float64, 3), 0.
						for i, x := range pull(step + 1) {
							g[i] = m[i] - x
							squares += g[i] * g[i]
						}
						scale := 1.
						if norm := math.Sqrt(squares); clip > 0 {
							scale = min(1, clip/norm)
						}
						for i := range m {
							m[i] -= loops[i](step+1, scale*g[i])
						}
						compare(t, fmt.Sprint("step ", step+1), got, m, tol)
					}
				})
			})
		}
	}
}

// TestOptimizersAgainstPyTorch compares the rules with testdata/optimizers.csv,
// made by internal/ref/optimizers.
func TestOptimizersAgainstPyTorch(t *testing.T) {
	f, err := os.Open("testdata/optimizers.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for name, rule := range map[string]trainers.Optimizer{
		"Adam": trainers.Adam{}, "AdaMax": trainers.AdaMax{}, "AdaMax short": trainers.AdaMax{Rate: .5, Beta1: .5, Beta2: .8},
		"descent": trainers.SGD{}, "Momentum": trainers.Momentum{Rate: .05},
	} {
		t.Run(name, func(t *testing.T) {
			eachDtype(t, func(t *testing.T, dt graph.Dtype, tol float64) {
				path, compared := descend(t, dt, rule, 0, 40), 0
				for _, r := range rows {
					if r[0] != name {
						continue
					}
					var v []float64
					for _, s := range r[1:] {
						x, err := strconv.ParseFloat(s, 64)
						if err != nil {
							t.Fatal(err)
						}
						v = append(v, x)
					}
					compare(t, "step "+r[1], path[int(v[0])-1], v[1:], tol)
					compared++
				}
				if compared != 7 {
					t.Errorf("%d rows compared, want 7", compared)
				}
			})
		})
	}
}

func TestOptimizerErrors(t *testing.T) {
	const adaMax, momentum = ": want a finite Rate > 0, Beta1 < 1, Beta2 < 1", ": want a finite Rate > 0, Mu < 1"
	for _, c := range []struct {
		rule trainers.Optimizer
		want string
	}{
		{trainers.AdaMax{Rate: -1}, "AdaMax{Rate:-1 Beta1:0 Beta2:0}" + adaMax},
		{trainers.AdaMax{Rate: math.Inf(1)}, "AdaMax{Rate:+Inf Beta1:0 Beta2:0}" + adaMax},
		{trainers.AdaMax{Beta1: 1}, "AdaMax{Rate:0 Beta1:1 Beta2:0}" + adaMax},
		{trainers.AdaMax{Beta2: math.NaN()}, "AdaMax{Rate:0 Beta1:0 Beta2:NaN}" + adaMax},
		{trainers.Momentum{Rate: math.NaN()}, "Momentum{Rate:NaN Mu:0 Nesterov:false}" + momentum},
		{trainers.Momentum{Mu: 1}, "Momentum{Rate:0 Mu:1 Nesterov:false}" + momentum},
		{trainers.SGD{Rate: -1}, "SGD{Rate:-1}: want a finite Rate > 0"},
	} {
		_, err := trainers.Fit(context.Background(), mean, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1, Optimizer: c.rule})
		if want := "trainers: " + c.want; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
