package flow_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// Where a formula divides by a length that is 0, a flow is what is left of it, and
// gradients are finite: in both precisions.
func TestWhereALengthIsZero(t *testing.T) {
	for _, c := range []struct {
		name    string
		new     func(s scope) prob.Bijector
		numbers []float64
		y, l    []float64 // at x = (1, −2)
	}{
		{"planar with w = 0 moves all by u·tanh b", func(s scope) prob.Bijector { return flow.NewPlanar(s, 2, flow.Config{}) },
			[]float64{3, 4, 0, 0, .5}, []float64{1 + 3*math.Tanh(.5), -2 + 4*math.Tanh(.5)}, []float64{0}},
		{"radial at its centre stays, and stretches by (α+β)/α", func(s scope) prob.Bijector { return flow.NewRadial(s, 2, flow.Config{}) },
			[]float64{1, -2, .3, .7}, []float64{1, -2}, []float64{2 * (math.Log(math.Log1p(math.Exp(.7))) - .3)}},
		{"Sylvester with v = 0 reflects nothing", func(s scope) prob.Bijector { return flow.NewSylvester(s, 2, 1, flow.Config{}) },
			[]float64{0, 0, 0, 0, .5, .5, .4, .4, 0, 0, 0, 0},
			[]float64{1 + math.Tanh(.5)*math.Tanh(math.Tanh(.4)), -2 - math.Tanh(.5)*math.Tanh(2*math.Tanh(.4))},
			[]float64{logSlope(.5, .4, 1) + logSlope(.5, .4, 2)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for dt, tol := range map[graph.Dtype]float64{graph.Float64: 1e-14, graph.Float32: 1e-6} {
				params := &graph.Params{Dtype: dt}
				p := build(t, params, func(s scope) {
					b := c.new(s.In("f"))
					x := s.Input("x", 1, 2)
					y, l := b.Forward(x), b.LogDet(x)
					s.Output("y", y)
					s.Output("l", l)
					for i, g := range graph.Grad(graph.Sum(y).Add(graph.Sum(l)), []node{x, s.Trainable()[0]}) {
						s.Output([]string{"x", "b"}[i]+"grad", graph.Min(graph.MinOver(graph.IsFinite(g)), graph.Const(1)))
					}
				})
				if dt == graph.Float64 {
					set(t, params, "f/b", c.numbers)
				} else {
					m, err := graph.Memory[float32](params, "f/b")
					if err != nil {
						t.Fatal(err)
					}
					for i, v := range c.numbers {
						m[i] = float32(v)
					}
				}
				out := run(t, p, map[string][]float64{"x": {1, -2}})
				near(t, "y", out["y"], c.y, tol)
				near(t, "log determinant", out["l"], c.l, tol)
				if out["xgrad"][0] != 1 || out["bgrad"][0] != 1 {
					t.Errorf("%v: a gradient is not finite", dt)
				}
			}
		})
	}
}

// logSlope is log(1 + tanh′(x·tanh b)·tanh a·tanh b).
func logSlope(a, b, x float64) float64 {
	h := math.Tanh(x * math.Tanh(b))
	return math.Log1p((1 - h*h) * math.Tanh(a) * math.Tanh(b))
}
