package vitest

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// Problem is a model whose noise has so few numbers that expectations over it are
// integrated instead of sampled.
type Problem struct {
	Model  func(s *graph.Scope) vi.Model
	Params map[string]float64   // by name, the value of every element; what is not named stays as it begins
	Data   map[string][]float64 // one row a number
	Noise  func(params map[string]float64, k int) []Dimension
}

// Mean is the expectation of an estimate: of its value, and of the gradient of its
// costs, with the variance of that.
type Mean struct {
	Value          float64
	Grad, Variance map[string]float64 // by parameter, summed over its elements
	Runs           int                // points of the integral
}

// Integral is a Problem compiled for one objective, in float64.
type Integral struct {
	Program *graph.Program
	Params  *graph.Params

	problem Problem
	k       int
	names   []string
}

const gradOutput = "vitest/grad/"

// Compile compiles an objective of k draws, with its gradient or without.
func (p Problem) Compile(o vi.Objective, k int, gradient bool) (*Integral, error) {
	if p.Model == nil || p.Noise == nil || o == nil {
		return nil, errors.New("vitest: a Problem without Model or Noise, or no objective")
	}
	if k < 0 || k > 64 {
		return nil, errors.Errorf("vitest: the noise of %d draws, want 0 to 64", k)
	}
	c := &Integral{problem: p, k: k, Params: &graph.Params{Dtype: graph.Float64}}
	var err error
	c.Program, err = graph.BuildTraining(c.Params, func(s *graph.Scope) {
		m := p.Model(s)
		wrt := s.Trainable()
		d := vi.Data{}
		for _, name := range slices.Sorted(maps.Keys(p.Data)) {
			if len(p.Data[name]) == 0 {
				graph.Fail("vitest: the data %s have no rows", name)
			}
			d[name] = s.Input(name, len(p.Data[name]), 1)
		}
		e := o.Estimate(s.NoiseAsInput(), m, d)
		s.Output("value", e.Value)
		if !gradient {
			return
		}
		for i, g := range e.Grad(wrt...) {
			c.names = append(c.names, wrt[i].Name())
			s.Output(gradOutput+wrt[i].Name(), graph.Sum(g))
		}
	})
	if err != nil {
		return nil, err
	}
	for name, v := range p.Data {
		if err := graph.Feed(c.Program, name, v); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Mean integrates an objective of k draws at the parameters.
func (p Problem) Mean(o vi.Objective, k int) (Mean, error) {
	c, err := p.Compile(o, k, true)
	if err != nil {
		return Mean{}, err
	}
	return c.At(p.Params)
}

// Exact returns the gradient of the expected value by finite differences of the
// integral: five points, steps of 1e-3, an error of fourth order.
func (p Problem) Exact(o vi.Objective, k int) (map[string]float64, error) {
	c, err := p.Compile(o, k, false)
	if err != nil {
		return nil, err
	}
	return c.Exact()
}

// At integrates at given parameters. Noise that no Dimension integrates over is
// NaN: it must have no effect.
func (c *Integral) At(params map[string]float64) (Mean, error) {
	if c == nil || c.Program == nil {
		return Mean{}, errors.New("vitest: the Integral is nil or zero, want one of Compile")
	}
	for name, v := range params {
		dst, err := graph.Memory[float64](c.Params, name)
		if err != nil {
			return Mean{}, err
		}
		for i := range dst {
			dst[i] = v
		}
	}
	dims := c.problem.Noise(params, c.k)
	inputs := map[string][]float64{}
	for _, name := range c.Program.Inputs() {
		if _, ok := c.problem.Data[name]; !ok {
			inputs[name] = slices.Repeat([]float64{math.NaN()}, graph.Size(c.Program.Shape(name)))
		}
	}
	for _, d := range dims {
		switch in := inputs[d.Input]; {
		case in == nil || d.Element < 0 || d.Element >= len(in):
			return Mean{}, errors.Errorf("vitest: no element %d of the noise %s; the inputs are %v", d.Element, d.Input, c.Program.Inputs())
		case d.Rule == nil:
			return Mean{}, errors.Errorf("vitest: element %d of the noise %s has no Rule", d.Element, d.Input)
		}
	}
	out := Mean{Grad: map[string]float64{}, Variance: map[string]float64{}}
	total, err := c.walk(dims, inputs, nil, 1, &out)
	switch {
	case err != nil:
		return Mean{}, err
	case !(math.Abs(total-1) <= 1e-10):
		return Mean{}, errors.Errorf("vitest: the weights of the noise add up to %v, want 1", total)
	}
	for _, name := range c.names {
		out.Variance[name] -= out.Grad[name] * out.Grad[name]
	}
	return out, nil
}

// walk adds to the mean what the dimensions after those before give, and returns
// their weight.
func (c *Integral) walk(dims []Dimension, inputs map[string][]float64, before []float64, weight float64, out *Mean) (total float64, err error) {
	if len(before) < len(dims) {
		d := dims[len(before)]
		x, w := d.Rule(before)
		for i := range x {
			inputs[d.Input][d.Element] = x[i]
			part, err := c.walk(dims, inputs, append(before[:len(before):len(before)], x[i]), weight*w[i], out)
			if err != nil {
				return 0, err
			}
			total += part
		}
		return total, nil
	}
	for name, x := range inputs {
		if err := graph.Feed(c.Program, name, x); err != nil {
			return 0, err
		}
	}
	if err := c.Program.Run(context.Background(), graph.Key{}); err != nil {
		return 0, err
	}
	var v [1]float64
	if err := graph.Read(c.Program, "value", v[:]); err != nil {
		return 0, err
	}
	out.Runs++
	out.Value += weight * v[0]
	for _, name := range c.names {
		if err := graph.Read(c.Program, gradOutput+name, v[:]); err != nil {
			return 0, err
		}
		out.Grad[name] += weight * v[0]
		out.Variance[name] += weight * v[0] * v[0]
	}
	return weight, nil
}

// Exact is Problem.Exact of what was compiled.
func (c *Integral) Exact() (map[string]float64, error) {
	if c == nil || c.Program == nil {
		return nil, errors.New("vitest: the Integral is nil or zero, want one of Compile")
	}
	const h = 1e-3
	out := map[string]float64{}
	for name, v := range c.problem.Params {
		for _, step := range [...]struct{ at, w float64 }{{-2, 1. / 12}, {-1, -8. / 12}, {1, 8. / 12}, {2, -1. / 12}} {
			at := maps.Clone(c.problem.Params)
			at[name] = v + step.at*h
			m, err := c.At(at)
			if err != nil {
				return nil, err
			}
			out[name] += step.w * m.Value / h
		}
	}
	return out, nil
}
