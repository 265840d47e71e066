package flow_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/prob/flow"
	"github.com/latentgo/latent/vi"
)

// TestLinearIAFClosesTheGap: where the posterior is a pair of normal variables of
// correlation ρ, a diagonal guide stays −½·log(1−ρ²) below the evidence, and one
// linear IAF reaches it, of one datum by parameters and of several by a context
// (Kingma et al., arXiv 1606.04934). The noise is the four corners
// (±1, ±1), at whose mean a quadratic has its expectation, so that the bound is
// exact and its ascent has no noise.
func TestLinearIAFClosesTheGap(t *testing.T) {
	one, several := []float64{.9}, []float64{.9, -.6, .3}
	for _, c := range []struct {
		name string
		rho  []float64
		flow func(s scope, context node) prob.Bijector
		want float64
	}{
		{"diagonal", one, func(scope, node) prob.Bijector { return prob.Identity{} }, -.5 * math.Log(1-.81)},
		{"linear", one, func(s scope, _ node) prob.Bijector { return flow.NewLinearIAF(s, 2, flow.Config{}) }, 0},
		{"diagonal of several", several, func(scope, node) prob.Bijector { return prob.Identity{} },
			-(math.Log(1-.81) + math.Log(1-.36) + math.Log(1-.09)) / 6},
		{"linear in context", several, func(s scope, h node) prob.Bijector {
			return flow.NewLinearIAF(s, 2, flow.Config{Context: 3}).Given(h)
		}, 0},
	} {
		if got := gap(t, c.rho, c.flow); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("%s: the gap is %v, want %v", c.name, got, c.want)
		}
	}
}

// gap trains a normal guide with a flow for rows of posteriors of correlation ρ,
// and returns how far the bound of a row stays below its evidence. The context is
// the number of the row, one-hot.
func gap(t *testing.T, rho []float64, bijector func(s scope, context node) prob.Bijector) float64 {
	n := len(rho)
	var factors, row []float64
	for i, r := range rho {
		factors = append(factors, 1, 0, r, math.Sqrt(1-r*r))
		row = append(row, make([]float64, n)...)
		row[i*n+i] = 1
	}
	params := &graph.Params{Dtype: graph.Float64}
	p := build(t, params, func(s scope) {
		mean, logStd := s.Param("mean", graph.Constant(.5), n, 2), s.Param("log_std", graph.Constant(.1), n, 2)
		posterior := prob.MultivariateNormal{Mean: graph.Const(0), Cholesky: s.Tensor(factors, n, 2, 2)}
		e := vi.ELBO{Config: vi.Config{K: 4}}.Estimate(s.NoiseAsInput(), vi.Model{
			Joint: func(t *vi.Trace) {
				t.Draw("z", posterior)
				t.Draw("x", prob.StdNormal(1))
			},
			Guide: func(t *vi.Trace) {
				base := prob.Normal{Mean: mean, LogStd: logStd}
				t.Draw("z", prob.Transformed{Base: base, Bijector: bijector(s.In("flow"), t.Given("row"))})
			},
		}, vi.Data{"x": s.Tensor(make([]float64, n), n, 1), "row": s.Tensor(row, n, n)})
		w := s.Trainable()
		s.Output("bound", e.Value)
		for i, g := range e.Grad(w...) {
			s.Output("grad/"+w[i].Name(), g)
		}
	})
	var corners []float64 // [4, n, 2]
	for _, c := range [][]float64{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}} {
		corners = append(corners, slices.Repeat(c, n)...)
	}
	var bound float64
	for range 3000 {
		out := run(t, p, map[string][]float64{"z/noise": corners})
		bound = out["bound"][0]
		for _, name := range params.Names() {
			m, err := graph.Memory[float64](params, name)
			if err != nil {
				t.Fatal(err)
			}
			for i, g := range out["grad/"+name] {
				m[i] += .03 * float64(n) * g
			}
		}
	}
	return -.5*math.Log(2*math.Pi) - bound // log p(x) less the bound
}

// An estimator that scores a guide at values that it did not draw refuses a flow
// that has no inverse, by name.
func TestFlowsWithoutInverseAreRefusedByName(t *testing.T) {
	for _, f := range flows {
		_, b := buildFlow(t, f)
		_, inverts := b.(prob.Inverter)
		_, err := graph.Build(&graph.Params{}, func(s scope) {
			law := prob.Transformed{Base: prob.StdNormal(4), Bijector: f.new(s.In("f"), 4, f.config, nil)}
			vi.ELBO{Config: vi.Config{Estimator: vi.STL{}}}.Estimate(s, vi.Model{
				Joint: func(t *vi.Trace) {
					t.Draw("x", prob.Normal{Mean: t.Draw("z", prob.StdNormal(4)), LogStd: graph.Const(0)})
				},
				Guide: func(t *vi.Trace) { t.Draw("z", law) },
			}, vi.Data{"x": s.Input("x", 3, 4)})
			s.Output("none", s.Const(0))
		})
		if inverts {
			if err != nil {
				t.Errorf("%s: %v", f.name, err)
			}
			continue
		}
		if want := fmt.Sprintf("%T has no inverse", b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", f.name, err, want)
		}
	}
}
