package vi_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/vitest"
)

// problem is a vitest.Problem, and which of its parameters only the joint has.
type problem struct {
	model  func(s *graph.Scope) vi.Model
	params map[string]float64   // scalars, by name
	joint  []string             // those that only the joint has
	data   map[string][]float64 // one row a number
	noise  func(p map[string]float64, k int) []dimension
}

// dimension is a vitest.Dimension.
type dimension struct {
	input string
	at    int
	rule  vitest.Rule
}

func (p problem) lift() vitest.Problem {
	return vitest.Problem{Model: p.model, Params: p.params, Data: p.data, Noise: func(v map[string]float64, k int) (ds []vitest.Dimension) {
		for _, d := range p.noise(v, k) {
			ds = append(ds, vitest.Dimension{Input: d.input, Element: d.at, Rule: d.rule})
		}
		return ds
	}}
}

// hermite integrates over the standard normal distribution.
func hermite(n int) vitest.Rule { return vitest.Normal(n) }

// cells integrates over (0,1) what is constant between the breaks.
func cells(breaks func(before []float64) []float64) vitest.Rule { return smoothCells(1, breaks) }

// smoothCells integrates what is smooth between the breaks, with n points each.
func smoothCells(n int, breaks func(before []float64) []float64) vitest.Rule {
	return vitest.Uniform(n, breaks)
}

// mean is the expectation of an estimate.
type mean struct {
	value float64
	grad  map[string]float64
	vari  map[string]float64 // variances of the gradient
}

// compiled is a problem compiled for an objective.
type compiled struct {
	problem
	params   *graph.Params
	prog     *graph.Program
	integral *vitest.Integral
}

func (p problem) compile(t testing.TB, o vi.Objective, k int, grads bool) *compiled {
	t.Helper()
	c, err := p.lift().Compile(o, k, grads)
	if err != nil {
		t.Fatal(err)
	}
	return &compiled{p, c.Params, c.Program, c}
}

// integrate returns the expectations at given parameters.
func (c *compiled) integrate(t testing.TB, params map[string]float64) mean {
	t.Helper()
	m, err := c.integral.At(params)
	if err != nil {
		t.Fatal(err)
	}
	return mean{m.Value, m.Grad, m.Variance}
}

// exact returns the gradient of the expected value by finite differences.
func (c *compiled) exact(t testing.TB) map[string]float64 {
	t.Helper()
	g, err := c.integral.Exact()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// off returns the largest difference of a mean gradient, which is the negative
// gradient of a lower bound (sign −1), from the exact one; NaN if one is.
func off(got, exact map[string]float64, sign float64) (worst float64, at string) {
	for name, want := range exact {
		if d := math.Abs(got[name] - sign*want); !(d <= worst) && !math.IsNaN(worst) {
			worst, at = d, fmt.Sprintf("%s: %.9g, want %.9g", name, got[name], sign*want)
		}
	}
	return worst, at
}
