package vitest_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// The estimators of discrete sites, at each of one and of two stochastic layers, with
// what they learn away from where it does nothing.
func TestOurEstimatorsOnEveryModel(t *testing.T) {
	stein := map[string]float64{"rodeo/scale": .8, "rodeo/score_scale": -.6}
	for _, c := range []vitest.Case{
		{Estimator: vi.Score{}}, {Estimator: vi.Score{Baseline: vi.LeaveOneOut{}}}, {Estimator: vi.VIMCO{}},
		{Estimator: vi.ARM{}, Classes: decided}, {Estimator: vi.DisARM{}, Classes: decided}, {Estimator: vi.ARMS{}, Classes: decided},
		{Estimator: vi.DoubleCV{}, Learned: map[string]float64{"doublecv/scale": .7}},
		{Estimator: vi.DoubleCV{Regress: true}, Learned: map[string]float64{"doublecv/product": -.3, "doublecv/square": .5}},
		{Estimator: vi.RODEO{Hidden: 3}, Learned: stein},
		{Estimator: vi.RODEO{Hidden: 3, Regress: true}, Learned: map[string]float64{"rodeo/product": -.3, "rodeo/product2": .2, "rodeo/square": .5, "rodeo/square2": .4, "rodeo/mixed": -.1}},
	} {
		t.Run(vi.Name(c.Estimator), func(t *testing.T) {
			t.Parallel()
			vitest.Unbiased(t, c)
		})
	}
	t.Run("of three draws", func(t *testing.T) {
		t.Parallel()
		for _, c := range []vitest.Case{{Estimator: vi.DoubleCV{}}, {Estimator: vi.RODEO{Hidden: 3}, Learned: stein}} {
			c.Draws = []int{3}
			m := vitest.Models()[2] // classes
			unbiased(t, m, c, 3)
		}
	})
}

// unbiased tests one estimator at one model of one layer.
func unbiased(t *testing.T, m vitest.Model, c vitest.Case, k int) {
	t.Helper()
	p := m.Problem(k, c.Noise...)
	for name, v := range c.Learned {
		p.Params["z/"+name] = v
	}
	o := func(k int, e vi.Estimator) vi.Objective { return vi.ELBO{Config: vi.Config{K: k, Estimator: e}} }
	exact, err := m.Problem(1).Exact(o(1, vi.Score{}), 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Mean(o(k, c.Estimator), k)
	if err != nil {
		t.Fatal(err)
	}
	if d, at := got.Off(exact); !(d <= 1e-6) {
		t.Errorf("%s of %d draws, %s: off by %v at %s", vi.Name(c.Estimator), k, m.Name, d, at)
	}
}

// TestARMSOfThree integrates over the sticks that three antithetic draws are broken
// from, where the guide's bit is rare and where it is common.
func TestARMSOfThree(t *testing.T) {
	m := vitest.Models()[0]
	o := func(k int, e vi.Estimator) vi.Objective {
		return vi.ELBO{Config: vi.Config{K: k, Estimator: e}, KL: vi.MonteCarlo}
	}
	for _, c := range []float64{-1.5, -.2, 1.1} {
		p := m.Problem(1)
		p.Params["c"] = c
		exact, err := p.Exact(o(1, vi.Score{}), 1)
		if err != nil {
			t.Fatal(err)
		}
		p.Noise = func(v map[string]float64, k int) []vitest.Dimension {
			q := 1 / (1 + math.Exp(-math.Abs(.8*v["a"]+v["c"])))
			tau := math.Sqrt(1 - q) // of the rarer value; a stick jumps there
			first := func([]float64) []float64 {
				return []float64{tau * tau, (1 - tau) * (1 - tau), 4 * (1 - tau) * (1 - tau)}
			}
			second := func(before []float64) []float64 {
				r := math.Sqrt(before[0])
				return []float64{(tau - 1 + r) / r, (1 - tau) / r}
			}
			return []vitest.Dimension{
				{Input: "z/noise", Element: 0, Rule: vitest.Uniform(40, first)},
				{Input: "z/noise", Element: 1, Rule: vitest.Uniform(1, second)},
			}
		}
		got, err := p.Mean(o(3, vi.ARMS{}), 3)
		if err != nil {
			t.Fatal(err)
		}
		if d, at := got.Off(exact); !(d <= 1e-6) {
			t.Errorf("logit %v: off by %v at %s", .8*p.Params["a"]+c, d, at)
		}
	}
}
