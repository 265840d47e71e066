package vi_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// problem is a model whose noise has so few dimensions that expectations over
// it are integrated instead of sampled.
type problem struct {
	model  func(s *graph.Scope) vi.Model
	params map[string]float64   // scalars, by name
	joint  []string             // those that only the joint has
	data   map[string][]float64 // one row a number
	noise  func(p map[string]float64, k int) []dimension
}

// dimension is one element of a noise, and how to integrate over it given the
// elements before it.
type dimension struct {
	input string
	at    int
	rule  func(before []float64) (x, w []float64)
}

// hermite integrates over the standard normal distribution.
func hermite(n int) func([]float64) ([]float64, []float64) {
	x, w := make([]float64, n), make([]float64, n)
	quad.Hermite{}.FixedLocations(x, w, math.Inf(-1), math.Inf(1))
	for i := range x {
		x[i] *= math.Sqrt2
		w[i] /= math.Sqrt(math.Pi)
	}
	return func([]float64) ([]float64, []float64) { return x, w }
}

// cells integrates over (0,1) what is constant between the breaks.
func cells(breaks func(before []float64) []float64) func([]float64) ([]float64, []float64) {
	return smoothCells(1, breaks)
}

// smoothCells integrates what is smooth between the breaks, with n points each.
func smoothCells(n int, breaks func(before []float64) []float64) func([]float64) ([]float64, []float64) {
	return func(before []float64) (x, w []float64) {
		ends := append([]float64{0, 1}, breaks(before)...)
		slices.Sort(ends)
		for i := 1; i < len(ends); i++ {
			if ends[i]-ends[i-1] < 1e-14 {
				continue
			}
			xs, ws := make([]float64, n), make([]float64, n)
			quad.Legendre{}.FixedLocations(xs, ws, ends[i-1], ends[i])
			x, w = append(x, xs...), append(w, ws...)
		}
		return x, w
	}
}

// mean is the expectation of an estimate.
type mean struct {
	value float64
	grad  map[string]float64
	vari  map[string]float64 // variances of the gradient
}

// estimator is a compiled problem.
type compiled struct {
	problem
	k      int
	names  []string
	params *graph.Params
	prog   *graph.Program
	wrt    bool
}

func (p problem) compile(t testing.TB, o vi.Objective, k int, grads bool) *compiled {
	t.Helper()
	c := &compiled{problem: p, k: k, params: &graph.Params{Dtype: graph.Float64}, wrt: grads}
	prog, err := graph.BuildTraining(c.params, func(s *graph.Scope) {
		m := p.model(s)
		wrt := s.Trainable()
		d := vi.Data{}
		for name, v := range p.data {
			d[name] = s.Input(name, len(v), 1)
		}
		e := o.Estimate(s.NoiseAsInput(), m, d)
		s.Output("value", e.Value)
		if !grads {
			return
		}
		for i, g := range e.Grad(wrt...) {
			c.names = append(c.names, wrt[i].Name())
			s.Output("grad/"+wrt[i].Name(), g)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	c.prog = prog
	for name, v := range p.data {
		if err := graph.Feed(prog, name, v); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// integrate returns the expectations at given parameters.
func (c *compiled) integrate(t testing.TB, params map[string]float64) mean {
	t.Helper()
	for name, v := range params {
		dst, err := graph.Memory[float64](c.params, name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range dst {
			dst[i] = v
		}
	}
	dims := c.noise(params, c.k)
	inputs := map[string][]float64{}
	for _, name := range c.prog.Inputs() {
		if _, ok := c.data[name]; !ok {
			// Not integrated over, noise must be dead, or the result is NaN.
			inputs[name] = slices.Repeat([]float64{math.NaN()}, graph.Size(c.prog.Shape(name)))
		}
	}
	out := mean{grad: map[string]float64{}, vari: map[string]float64{}}
	var v [1]float64
	total := 0.0
	var walk func(before []float64, weight float64)
	walk = func(before []float64, weight float64) {
		if len(before) < len(dims) {
			d := dims[len(before)]
			x, w := d.rule(before)
			for i := range x {
				if in := inputs[d.input]; in == nil {
					t.Fatalf("no noise %s among %v", d.input, c.prog.Inputs())
				} else {
					in[d.at] = x[i]
				}
				walk(append(before[:len(before):len(before)], x[i]), weight*w[i])
			}
			return
		}
		for name, x := range inputs {
			if err := graph.Feed(c.prog, name, x); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.prog.Run(context.Background(), graph.Key{}); err != nil {
			t.Fatal(err)
		}
		total += weight
		graph.Read(c.prog, "value", v[:])
		out.value += weight * v[0]
		for _, name := range c.names {
			graph.Read(c.prog, "grad/"+name, v[:])
			out.grad[name] += weight * v[0]
			out.vari[name] += weight * v[0] * v[0]
		}
	}
	walk(nil, 1)
	if math.Abs(total-1) > 1e-10 {
		t.Fatalf("weights add up to %v", total)
	}
	for _, name := range c.names {
		out.vari[name] -= out.grad[name] * out.grad[name]
	}
	return out
}

// exact returns the gradient of the expected value by finite differences of
// the integral (five points, error of order h⁴).
func (c *compiled) exact(t testing.TB) map[string]float64 {
	t.Helper()
	const h = 1e-3
	out := map[string]float64{}
	for name, v := range c.problem.params {
		for step, w := range map[float64]float64{-2: 1. / 12, -1: -8. / 12, 1: 8. / 12, 2: -1. / 12} {
			at := map[string]float64{}
			for n, x := range c.problem.params {
				at[n] = x
			}
			at[name] = v + step*h
			out[name] += w * c.integrate(t, at).value / h
		}
	}
	return out
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
