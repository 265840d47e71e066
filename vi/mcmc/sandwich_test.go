package mcmc_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
)

// guided is factor with a guide that is too wide.
func guided(s *graph.Scope, d vi.Data) vi.Model {
	m := factor(s, d)
	m.Guide = func(t *vi.Trace) {
		mean := graph.MatMul(t.Given("x"), s.Tensor([]float64{.2, .3, .2}, 3, 1))
		t.Draw("z", prob.Normal{Mean: mean, LogStd: s.Tensor([]float64{.2}, 1)})
	}
	return m
}

// posteriorOf draws from the posterior of factor: precision 1 + ¾, mean ½Σx/1.75.
func posteriorOf(x []float64) (z []float64) {
	r := rand.New(rand.NewPCG(5, 6))
	for i := 0; i < len(x); i += 3 {
		z = append(z, .5*(x[i]+x[i+1]+x[i+2])/1.75+r.NormFloat64()/math.Sqrt(1.75))
	}
	return z
}

func float64s() *graph.Params { return &graph.Params{Dtype: graph.Float64} }

func sandwich(t *testing.T, model mcmc.RowModel, data map[string][]float64, c mcmc.SandwichConfig) []mcmc.Bounds {
	t.Helper()
	b, err := mcmc.Sandwich(context.Background(), float64s(), model, data, c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSandwich: from the prior and from a guide the bounds close around log p(x).
func TestSandwich(t *testing.T) {
	const n = 5
	x := factorData(n)
	params := float64s()
	if _, err := mcmc.NewEStep(params, factor, mcmc.EStepConfig{Rows: map[string][]int{"x": {3}}, Batch: 1}); err != nil { // declares the parameters
		t.Fatal(err)
	}
	law := marginal(t, params)
	for _, guide := range []bool{false, true} {
		c := mcmc.SandwichConfig{Rows: map[string][]int{"x": {3}}, Guide: guide, Chains: 16, Steps: 400, Leapfrogs: 5, Accept: .9, Seed: 1, Latents: map[string][]float64{"z": posteriorOf(x)}}
		got := sandwich(t, guided, map[string][]float64{"x": x}, c)
		c.Batch = 2
		for i, b := range sandwich(t, guided, map[string][]float64{"x": x}, c) {
			if b != got[i] {
				t.Errorf("row %d: %v in batches of 2, %v at once", i, b, got[i])
			}
		}
		for i, b := range got {
			want := law(x[3*i : 3*i+3])
			for name, v := range map[string]float64{"lower": b.Lower, "upper": b.Upper, "mixed": b.UpperMixed} {
				if !(math.Abs(v-want) < .06) {
					t.Errorf("guide %t, row %d: %s bound %.4f, log p(x) %.4f", guide, i, name, v, want)
				}
			}
			if !(math.Abs(b.Accept-.9) < .05) {
				t.Errorf("guide %t, row %d: acceptance %.2f", guide, i, b.Accept)
			}
		}
	}
}

// TestAnnealedWeightsAreUnbiased: few coarse steps; E w is p(x) of forward chains, and
// E 1/w is 1/p(x) of reverse ones, each from a draw of the posterior of its own.
func TestAnnealedWeightsAreUnbiased(t *testing.T) {
	const n = 4000
	one := []float64{1.4, .2, 1}
	var x []float64
	for range n {
		x = append(x, one...)
	}
	params := float64s()
	if _, err := mcmc.NewEStep(params, factor, mcmc.EStepConfig{Rows: map[string][]int{"x": {3}}, Batch: 1}); err != nil {
		t.Fatal(err)
	}
	want := marginal(t, params)(one)
	for _, steps := range []int{1, 3} {
		c := mcmc.SandwichConfig{Rows: map[string][]int{"x": {3}}, Chains: 1, Steps: steps, Leapfrogs: 2, StepSize: .7, Batch: n, Latents: map[string][]float64{"z": posteriorOf(x)}}
		var up, down, lower, upper []float64
		for _, b := range sandwich(t, factor, map[string][]float64{"x": x}, c) {
			up, down = append(up, math.Exp(b.Lower-want)), append(down, math.Exp(want-b.Upper))
			lower, upper = append(lower, b.Lower), append(upper, b.Upper)
		}
		for name, v := range map[string][]float64{"w/p(x)": up, "p(x)/w": down} {
			mean, sd := stat.MeanStdDev(v, nil)
			if se := sd / math.Sqrt(n); !(math.Abs(mean-1) < 4*se) || !(se < .1) {
				t.Errorf("%d steps: mean %s %.4f ± %.4f", steps, name, mean, se)
			}
		}
		if a, b := stat.Mean(lower, nil), stat.Mean(upper, nil); !(a < want-.01 && want+.01 < b) {
			t.Errorf("%d steps: bounds %.4f and %.4f of %.4f", steps, a, b, want)
		}
	}
}

// TestSandwichOfAConstrainedLatent: a Gamma rate of a Poisson count, whose marginal
// law is negative binomial.
func TestSandwichOfAConstrainedLatent(t *testing.T) {
	const a, b, x = 2.5, 1.5, 4.
	rate := func(s *graph.Scope, _ vi.Data) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.Gamma{LogConcentration: s.Tensor([]float64{math.Log(a)}, 1), LogRate: s.Tensor([]float64{math.Log(b)}, 1)})
			t.Draw("x", prob.Poisson{LogRate: graph.Log(z)})
		}}
	}
	lg := func(v float64) float64 { l, _ := math.Lgamma(v); return l }
	want := lg(a+x) - lg(a) - lg(x+1) + a*math.Log(b/(b+1)) - x*math.Log(b+1)
	z := rand.New(rand.NewPCG(1, 1))
	draw := 0. // Gamma(a+x, b+1) with a+x = 6.5: six exponential numbers and half of a square
	for range 6 {
		draw += z.ExpFloat64()
	}
	draw = (draw + .5*math.Pow(z.NormFloat64(), 2)) / (b + 1)
	got := sandwich(t, rate, map[string][]float64{"x": {x}}, mcmc.SandwichConfig{
		Rows: map[string][]int{"x": {1}}, Steps: 400, Leapfrogs: 5, Accept: .9, Latents: map[string][]float64{"z": {draw}},
	})[0]
	for name, v := range map[string]float64{"lower": got.Lower, "upper": got.Upper, "mixed": got.UpperMixed} {
		if !(math.Abs(v-want) < .06) {
			t.Errorf("%s bound %.4f, log p(x) %.4f", name, v, want)
		}
	}
}

func TestSandwichRefuses(t *testing.T) {
	bit := func(s *graph.Scope, _ vi.Data) vi.Model {
		return vi.Model{Joint: func(t *vi.Trace) {
			z := t.Draw("z", prob.StdNormal(1))
			t.Draw("x", prob.Normal{Mean: z.Add(t.Draw("b", prob.Bernoulli{Logits: s.Tensor([]float64{0}, 1)})), LogStd: s.Tensor([]float64{0}, 1)})
		}}
	}
	x, rows := map[string][]float64{"x": {1, 2, 3}}, map[string][]int{"x": {3}}
	for want, c := range map[string]struct {
		model mcmc.RowModel
		rows  map[string][]int
		c     mcmc.SandwichConfig
	}{
		"the model has no guide":                       {factor, rows, mcmc.SandwichConfig{Guide: true}},
		"with the discrete latents [b]":                {bit, map[string][]int{"x": {1}}, mcmc.SandwichConfig{}},
		"Latents has y, which is no continuous":        {factor, rows, mcmc.SandwichConfig{Latents: map[string][]float64{"y": {1}}}},
		"Latents has 2 numbers for z, want 1":          {factor, rows, mcmc.SandwichConfig{Latents: map[string][]float64{"z": {1, 2}}}},
		"Sandwich of Steps -1":                         {factor, rows, mcmc.SandwichConfig{Steps: -1}},
		"Sandwich of Accept 1":                         {factor, rows, mcmc.SandwichConfig{Accept: 1}},
		"Sandwich of StepSize -1":                      {factor, rows, mcmc.SandwichConfig{StepSize: -1}},
		"mcmc: no Rows: want the shape":                {factor, nil, mcmc.SandwichConfig{}},
		"Latents has a value outside of the support":   {factor, rows, mcmc.SandwichConfig{Latents: map[string][]float64{"z": {math.Inf(1)}}}},
		"mcmc: Sandwich without Params or without a m": {nil, rows, mcmc.SandwichConfig{}},
	} {
		c.c.Rows = c.rows
		if _, err := mcmc.Sandwich(context.Background(), float64s(), c.model, x, c.c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
