package flow_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
)

// shake moves the parameters from where flows start, which is the identity.
func shake(t *testing.T, p *graph.Params, by float64) {
	t.Helper()
	for k, name := range p.Names() {
		m, err := graph.Memory[float64](p, name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m {
			_, u := math.Modf(float64(1+i+7*k) * math.Phi)
			m[i] += by * (2*u - 1)
		}
	}
}

// TestFlowPriorsIntegrateToOne: over a standard normal a flow with an inverse is
// a density, by quadrature over the line and the plane, and its draws have the
// means and second moments that the density has.
func TestFlowPriorsIntegrateToOne(t *testing.T) {
	for _, f := range flows {
		_, b := buildFlow(t, f)
		if _, ok := b.(prob.Inverter); !ok {
			continue
		}
		for d := f.least; d <= 2; d++ {
			const half, draws = 12, 20000
			n := []int{0, 4801, 241}[d] // points of an axis
			step := 2 * half / float64(n-1)
			params := &graph.Params{Dtype: graph.Float64, Seed: 2}
			p := build(t, params, func(s scope) {
				law := prob.Transformed{Base: prob.StdNormal(d), Bijector: f.new(s.In("f"), d, f.config, nil)}
				axis := make([]float64, n)
				for i := range axis {
					axis[i] = step*float64(i) - half
				}
				y := s.Tensor(axis, n, 1)
				if d == 2 {
					plane := func(sh ...int) node {
						return graph.Reshape(graph.BroadcastTo(s.Tensor(axis, sh...), n, n), n*n, 1)
					}
					y = graph.Concat(-1, plane(n, 1), plane(1, n))
				}
				w := graph.ExpandDims(graph.Exp(law.LogProb(y)).Scale(math.Pow(step, float64(d))), -1)
				s.Output("mass", graph.Sum(w))
				s.Output("moments", graph.Sum(graph.Concat(-1, y.Mul(w), y.Square().Mul(w)), 0))
				x := law.Sample(s.In("draw"), draws)
				all := graph.Concat(-1, x, x.Square())
				m, v := layers.Moments(all)
				s.Output("drawn", m)
				s.Output("error", graph.Sqrt(v.Scale(1./draws)))
			})
			shake(t, params, .55)
			out := run(t, p, nil)
			if mass := out["mass"][0]; math.Abs(mass-1) > []float64{0, 1e-4, 1e-2}[d] { // a spline has kinks
				t.Errorf("%s of %d elements: the density integrates to %v", f.name, d, mass)
			}
			for i, want := range out["moments"] {
				if got, e := out["drawn"][i], out["error"][i]; math.Abs(got-want) > 5*e+1e-2 {
					t.Errorf("%s of %d elements: moment %d of draws is %v ± %v, of the density %v", f.name, d, i, got, e, want)
				}
			}
		}
	}
}

// A VampPrior of a guide with a flow is the mean of the guide's densities at its
// pseudo-inputs.
func TestVampPriorOfAFlow(t *testing.T) {
	params := &graph.Params{Dtype: graph.Float64, Seed: 2}
	p := build(t, params, func(s scope) {
		enc := layers.NewDense(s.In("enc"), 3, 2+2+4)
		f := flow.NewIAF(s.In("iaf"), 2, flow.Config{Context: 4, Hidden: []int{5}})
		guide := func(x node) prob.Dist {
			h := enc.Apply(x)
			return prob.Transformed{Base: prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Cols(h, 2, 4)}, Bijector: f.Given(graph.Cols(h, 4, 8))}
		}
		var u node
		prior := prob.NewVampPrior(s.In("prior"), 5, 3, nil, func(x node) prob.Dist { u = x; return guide(x) })
		z := s.Tensor([]float64{.1, .2, -1, 2, .5, .5, 0, -2, 3, 1, 1, 1}, 2, 3, 2)
		s.Output("prior", prior.LogProb(z))
		var each []node
		for k := range 5 {
			each = append(each, graph.ExpandDims(guide(graph.Slice(u, 0, k, k+1)).LogProb(z), -1))
		}
		s.Output("mean", graph.LogSumExp(graph.Concat(-1, each...), -1).Shift(-math.Log(5)))
		s.Output("draws", prior.Sample(s.In("draw"), 2, 3))
	})
	shake(t, params, .55)
	out := run(t, p, nil)
	near(t, "density", out["prior"], out["mean"], 1e-12)
	if len(out["draws"]) != 12 {
		t.Errorf("%d numbers drawn", len(out["draws"]))
	}
}
