package vi_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// TestRegressionFindsTheBestCoefficient: the averages of many steps give the coefficient
// of least variance, which by an integral is that of a parabola.
func TestRegressionFindsTheBestCoefficient(t *testing.T) {
	for _, c := range []struct {
		p     problem
		k     int
		of    func(scale float64, regress bool) vi.Estimator
		state string
	}{
		{relaxedBit(24, "z/given"), 1, func(s float64, r bool) vi.Estimator { return vi.REBAR{Scale: s, Regress: r} }, "z/rebar/"},
		{bits(1), 2, func(s float64, r bool) vi.Estimator { return vi.DoubleCV{Scale: s, Regress: r} }, "z/doublecv/"},
	} {
		o := func(e vi.Estimator) vi.Objective {
			return vi.ELBO{Config: vi.Config{K: c.k, Sites: choice{"z": e}}, KL: vi.MonteCarlo}
		}
		variance := func(scale float64) float64 {
			return c.p.compile(t, o(c.of(scale, false)), c.k, true).integrate(t, c.p.params).vari["c"]
		}
		a, b, d := variance(.5), variance(1), variance(1.5)
		best := 1 - .25*(d-a)/(d-2*b+a)

		params := &graph.Params{Dtype: graph.Float64, Seed: 3}
		p, err := graph.BuildTraining(params, func(s *graph.Scope) {
			m := c.p.model(s)
			e := o(c.of(0, true)).Estimate(s, m, vi.Data{"x": s.Input("x", 1, 1)})
			for i, g := range e.Grad(s.Trainable()...) {
				s.Output([]string{"a", "b", "c", "d", "e"}[i], g)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		graph.Feed(p, "x", c.p.data["x"])
		for name, v := range c.p.params {
			dst, err := graph.Memory[float64](params, name)
			if err != nil {
				t.Fatal(err)
			}
			dst[0] = v
		}
		var product, square float64
		for step := range 20000 {
			if err := p.Run(context.Background(), graph.Key{Step: uint32(step)}); err != nil {
				t.Fatal(err)
			}
			if err := p.Commit(); err != nil {
				t.Fatal(err)
			}
			if step < 500 {
				continue
			}
			for name, sum := range map[string]*float64{"product": &product, "square": &square} {
				v, err := graph.Values[float64](params, c.state+name)
				if err != nil {
					t.Fatal(err)
				}
				*sum += v[0]
			}
		}
		if got := -product / square; !(math.Abs(got-best) <= 1e-1*math.Abs(best)) {
			t.Errorf("%s: the averages give %.3f, the least variance has %.3f", vi.Name(c.of(0, true)), got, best)
		}
	}
}
