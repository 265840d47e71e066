package trainers_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
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
	return descendBy(t, dt, trainers.UpdateConfig{Optimizer: o, ClipNorm: clip}, steps)
}

// descendBy is descend with the whole of a configuration. m is the parameters
// enc/w, enc/b and dec/w. With an Average it returns the averages.
func descendBy(t *testing.T, dt graph.Dtype, c trainers.UpdateConfig, steps int) [][]float64 {
	t.Helper()
	params := &graph.Params{Dtype: dt}
	u := trainers.NewUpdater(params, c)
	var names []string
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		var all []*graph.Node
		names = nil
		for _, name := range []string{"enc/w", "enc/b", "dec/w"} {
			scope, own, _ := strings.Cut(name, "/")
			all = append(all, s.In(scope).Param(own, graph.Constant(.5), 1))
			names = append(names, name)
		}
		u.Declare(s, vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Normal{Mean: graph.Concat(0, all...), LogStd: s.Const(0)})
		}}, vi.Data{"x": s.Input("x", 1, 3)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	shown := params
	if u.Average() != nil {
		shown = u.Average()
	}
	var path [][]float64
	for step := range steps {
		if err := graph.Feed(p, "x", pull(step+1)); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		if err := u.Step(p); err != nil {
			t.Fatal(err)
		}
		var m []float64
		for _, name := range names {
			m = append(m, elements(t, shown, name)...)
		}
		path = append(path, m)
	}
	return path
}

// elements returns a parameter of either dtype.
func elements(t testing.TB, params *graph.Params, name string) []float64 {
	t.Helper()
	if params.Dtype == graph.Float64 {
		v, err := graph.Values[float64](params, name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	x, err := graph.Values[float32](params, name)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float64, len(x))
	for i := range x {
		v[i] = float64(x[i])
	}
	return v
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
	plain := func(rate, b1, b2, eps float64, largest bool) func() func(t int, g float64) float64 {
		return func() func(int, float64) float64 {
			var m, v, most float64
			return func(_ int, g float64) float64 {
				m, v = b1*m+(1-b1)*g, b2*v+(1-b2)*g*g
				if most = max(most, v); !largest {
					most = v
				}
				return rate * m / (math.Sqrt(most) + eps)
			}
		}
	}
	for _, c := range []struct {
		rule trainers.Optimizer
		loop func() func(t int, g float64) float64 // what step t takes off an element of gradient g
	}{
		{trainers.Adam{Rate: .01, Uncorrected: true}, plain(.01, .9, .999, 1e-8, false)},
		{trainers.Adam{Rate: .01, Beta2: .7, Uncorrected: true, AMSGrad: true}, plain(.01, .9, .7, 1e-8, true)},
		{trainers.RMSProp{Rate: .01, Beta: -1}, plain(.01, 0, 0, 1e-8, false)},
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

// table returns the rows of a file in testdata by their first column, the others
// as numbers.
func table(t *testing.T, file string) map[string][][]float64 {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][][]float64{}
	for _, r := range rows {
		var v []float64
		for _, s := range r[1:] {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			v = append(v, x)
		}
		all[r[0]] = append(all[r[0]], v)
	}
	return all
}

// TestOptimizersAgainstPyTorch compares rules, decay, groups, schedules and
// averages with testdata/optimizers.csv, made by internal/ref/optimizers.
func TestOptimizersAgainstPyTorch(t *testing.T) {
	rules := map[string]trainers.UpdateConfig{
		"AdamW": {Optimizer: trainers.Adam{Rate: .05}, Groups: []trainers.Group{{Decay: .02}}},
		"SGDW":  {Optimizer: trainers.Momentum{Rate: .05}, Groups: []trainers.Group{{Decay: .02}}},
		"groups": {Optimizer: trainers.Adam{Rate: .05}, Groups: []trainers.Group{
			{Match: "enc/w", Decay: .02}, {Match: "/b$", Rate: 2}, {Match: "", Rate: 4, Decay: .005},
		}},
		"exponential average": {Optimizer: trainers.Adam{Rate: .1}, Average: &trainers.Average{Decay: .9}},
		"plain average":       {Optimizer: trainers.Adam{Rate: .1}, Average: &trainers.Average{From: 19}},
	}
	for name, s := range map[string]trainers.Schedule{
		"Adam long": nil, "StepDecay": trainers.StepDecay{Every: 7, Factor: .5}, "WarmUp": trainers.WarmUp{Steps: 8},
		"Cosine": trainers.Cosine{Steps: 50, WarmUp: 5, Floor: .1}, "InverseRoot": trainers.InverseRoot{WarmUp: 9},
	} {
		rules[name] = trainers.UpdateConfig{Optimizer: trainers.Adam{Rate: .1}, Rate: s}
	}
	for name, o := range map[string]trainers.Optimizer{
		"descent": trainers.SGD{}, "Momentum": trainers.Momentum{Rate: .05}, "Nesterov": trainers.Momentum{Rate: .05, Mu: .8, Nesterov: true},
		"Adagrad": trainers.Adagrad{}, "Adagrad long": trainers.Adagrad{Rate: .5, Epsilon: 1e-3},
		"RMSProp": trainers.RMSProp{}, "RMSProp short": trainers.RMSProp{Rate: .1, Beta: .5, Epsilon: 1e-2},
		"Adam": trainers.Adam{}, "Adam short": trainers.Adam{Rate: .1, Beta1: .5, Beta2: .7, Epsilon: 1e-3},
		"AMSGrad": trainers.Adam{Rate: .1, Beta2: .7, AMSGrad: true},
		"AdaMax":  trainers.AdaMax{}, "AdaMax short": trainers.AdaMax{Rate: .5, Beta1: .5, Beta2: .8},
	} {
		rules[name] = trainers.UpdateConfig{Optimizer: o}
	}
	all := table(t, "optimizers.csv")
	if got, want := slices.Sorted(maps.Keys(rules)), slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Errorf("compared %v, the table has %v", got, want)
	}
	for name, c := range rules {
		t.Run(name, func(t *testing.T) {
			eachDtype(t, func(t *testing.T, dt graph.Dtype, tol float64) {
				path := descendBy(t, dt, c, 50)
				if len(all[name]) != 8 {
					t.Fatalf("%d rows, want 8", len(all[name]))
				}
				for _, v := range all[name] {
					compare(t, fmt.Sprint("step ", v[0]), path[int(v[0])-1], v[1:], tol)
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
		{trainers.Adam{Epsilon: math.Inf(1)}, "Adam{Rate:0 Beta1:0 Beta2:0 Epsilon:+Inf Uncorrected:false AMSGrad:false}: want a finite Rate > 0, Beta1 < 1, Beta2 < 1, a finite Epsilon > 0"},
		{&trainers.RMSProp{Beta: 1}, "RMSProp{Rate:0 Beta:1 Epsilon:0}: want a finite Rate > 0, Beta < 1, a finite Epsilon > 0"},
		{trainers.Adagrad{Rate: math.NaN()}, "Adagrad{Rate:NaN Epsilon:0}: want a finite Rate > 0, a finite Epsilon > 0"},
		{embedding{Adam: trainers.Adam{Rate: -1}}, "Adam{Rate:-1"},
	} {
		_, err := trainers.Fit(context.Background(), mean, set(t, 1).Batches(data.BatchConfig{}), trainers.Config{Epochs: 1, Optimizer: c.rule})
		if want := "trainers: " + c.want; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
