package flow_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// A LinearIAF is a lower-triangular matrix of ones on the diagonal, its numbers
// row by row.
func TestLinearIAFIsAMatrix(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64}
	p := build(t, params, func(s scope) {
		s.Output("y", flow.NewLinearIAF(s.In("f"), 3, flow.Config{}).Forward(s.Tensor([]float64{1, 10, 100}, 1, 3)))
	})
	set(t, params, "f/b", []float64{2, 3, 4})
	near(t, "y", run(t, p, nil)["y"], []float64{1, 12, 143}, 1e-14)
}

// A Linear starts at a rotation, and another one for another seed.
func TestLinearStartsAtARotation(t *testing.T) {
	w := func(d int, seed uint64) []float64 {
		p := build(t, &graph.Params{Dtype: graph.Float64}, func(s scope) {
			eye := make([]float64, d*d)
			for i := range d {
				eye[i*d+i] = 1
			}
			w := flow.NewLinear(s.In("f"), d, flow.Config{Seed: seed}).Forward(s.Tensor(eye, d, d))
			s.Output("w", w)
			s.Output("one", graph.MatMulT(w, w))
			s.Output("eye", s.Tensor(eye, d, d))
		})
		out := run(t, p, nil)
		near(t, "W·Wᵀ", out["one"], out["eye"], 1e-12)
		return out["w"]
	}
	w(1, 0)
	w(40, 0)
	a, b := w(5, 1), w(5, 2)
	for i := range a {
		if a[i] == b[i] {
			t.Errorf("seeds 1 and 2 share number %d, %v", i, a[i])
		}
	}
}

// A chain of ActNorm starts where a first batch comes out of each with mean 0 and
// variance 1, in the direction in which it passes.
func TestActNormStartsAtTheFirstBatch(t *testing.T) {
	const rows, d = 200, 3
	batch := make([]float64, rows*d)
	for i := range batch {
		_, u := math.Modf(float64(i+1) * math.Phi)
		batch[i] = 100 + float64(i%d)*10*u
		if i%d == 0 {
			batch[i] = 7 * u * u
		}
	}
	for _, c := range []struct {
		name    string
		through func(b prob.Bijector, x node) node
	}{
		{"forward", func(b prob.Bijector, x node) node { return b.Forward(x) }},
		{"inverse", func(b prob.Bijector, x node) node { return b.(prob.Inverter).Inverse(x) }},
		{"density", func(b prob.Bijector, x node) node {
			prob.Transformed{Base: prob.StdNormal(d), Bijector: b}.LogProb(x)
			return b.(prob.Inverter).Inverse(x)
		}},
	} {
		params := &graph.Params{Dtype: graph.Float64}
		model := func(s scope) {
			x := s.Input("x", rows, d)
			first, last := flow.NewActNorm(s.In("0"), d, flow.Config{}), flow.NewActNorm(s.In("1"), d, flow.Config{})
			mix := flow.NewLinear(s.In("mix"), d, flow.Config{})
			y := c.through(prob.Chain(first, mix, last), x)
			m, v := layers.Moments(y)
			s.Output("moments", graph.Concat(-1, m, v))
		}
		p, err := graph.BuildInitialising(params, model)
		if err != nil {
			t.Fatal(err)
		}
		want := []float64{0, 0, 0, 1, 1, 1}
		near(t, c.name+": moments in the first run", run(t, p, map[string][]float64{"x": batch})["moments"], want, 1e-9)
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		near(t, c.name+": moments after it", run(t, build(t, params, model), map[string][]float64{"x": batch})["moments"], want, 1e-9)
	}
}
