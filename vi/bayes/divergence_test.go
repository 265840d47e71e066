package bayes_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// divergence returns a program of the divergence of a layer of three inputs and two
// outputs, times the size of the data set, and of its derivative by a parameter.
func divergence(t *testing.T, c bayes.Config, dtype graph.Dtype, by string) program {
	return compile(t, &graph.Params{Dtype: dtype}, func(s *graph.Scope) {
		d := c.NewDense(s.In("l"), 3, 2)
		m := vi.Model{Guide: d.Draw, Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: d.Apply(t, t.Given("x")), LogStd: s.Const(0)})
		}}
		e := vi.ELBO{Config: vi.Config{Total: 1}}.Estimate(s, m, vi.Data{"x": s.Input("x", 1, 3), "y": s.Input("y", 1, 2)})
		s.Output("kl", e.Terms["kl"])
		for _, n := range s.Trainable() {
			if n.Name() == by {
				s.Output("d", graph.Grad(e.Terms["kl"], []*graph.Node{n})[0])
			}
		}
	})
}

// TestDivergencesOfRates compares every form of the divergence, and its derivative by
// log α, with mpmath, for each way to share a rate.
func TestDivergencesOfRates(t *testing.T) {
	for _, row := range reference(t, "kl") {
		alpha := row[0]
		for form, want := range map[bayes.Divergence]float64{bayes.Exact: row[1], bayes.Cubic: row[3], bayes.Sigmoid: row[4]} {
			for _, c := range []struct {
				q     bayes.VariationalDropout
				rates int
				times float64 // the divergence of one rate counts
			}{
				{bayes.VariationalDropout{}, 1, 6},
				{bayes.VariationalDropout{Share: bayes.PerUnit}, 3, 2},
				{bayes.VariationalDropout{Share: bayes.PerWeight}, 6, 1},
				{bayes.VariationalDropout{Noise: bayes.Correlated}, 1, 3},
				{bayes.VariationalDropout{Noise: bayes.Correlated, Share: bayes.PerUnit}, 3, 1},
			} {
				q := c.q
				q.Alpha, q.Divergence, q.Max = alpha, form, math.Inf(1)
				what := fmt.Sprintf("α %v, %+v", alpha, q)
				if form == bayes.Cubic {
					if q.Max = 1; alpha >= 1 {
						continue
					}
				}
				p := divergence(t, bayes.Config{Posterior: q}, f64, "l/rate")
				p.feed(nil)
				p.run()
				near(t, what, p.value("kl")[0], c.times*float64(c.rates)*want, 1e-12)
				if form == bayes.Exact { // with α = exp(rate)
					for _, d := range p.value("d") {
						near(t, what+": derivative", d, c.times*alpha*row[2], 1e-12)
					}
				}
				q.Fixed = true
				p = divergence(t, bayes.Config{Posterior: q}, f64, "")
				p.feed(nil)
				p.run()
				near(t, what+", fixed", p.value("kl")[0], c.times*float64(c.rates)*want, 1e-12)
			}
		}
	}
}

// TestDivergenceOfSparseWeights: α = σ²/θ² in both forms, and a derivative that is a
// number where θ is 0, also in float32.
func TestDivergenceOfSparseWeights(t *testing.T) {
	for _, row := range reference(t, "kl") {
		for exact, want := range map[bool]float64{true: row[1], false: row[4]} {
			p := divergence(t, bayes.Config{Posterior: bayes.SparseDropout{Exact: exact}}, f64, "l/theta")
			theta := []float64{.5, -.3, 2, .01, -7, 1}
			var logStd []float64
			for _, v := range theta {
				logStd = append(logStd, .5*math.Log(row[0])+math.Log(math.Abs(v)))
			}
			p.set("l/theta", theta...)
			p.set("l/log_std", logStd...)
			p.feed(nil)
			p.run()
			near(t, fmt.Sprintf("α %v, exact %v", row[0], exact), p.value("kl")[0], 6*want, 1e-10)
		}
	}
	for _, exact := range []bool{true, false} {
		c := bayes.Config{Posterior: bayes.SparseDropout{Exact: exact}}
		c.Weights = graph.Constant(0)
		p := divergence(t, c, graph.Float32, "l/theta")
		for _, name := range p.Inputs() {
			graph.Feed(p.Program, name, make([]float32, graph.Size(p.Shape(name))))
		}
		p.run()
		for _, v := range append(p.value("kl"), p.value("d")...) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("exact %v, θ = 0: divergence %v and derivative %v", exact, p.value("kl"), p.value("d"))
			}
		}
	}
}

// TestDivergencesFromOtherPriors: closed forms where prob has one, else log q − log p
// of a draw; latent biases have a term of their own.
func TestDivergencesFromOtherPriors(t *testing.T) {
	for _, c := range []struct {
		name  string
		prior func() prob.Dist
		kl    func(m, s float64) float64
	}{
		{"normal", func() prob.Dist { return nil }, func(m, s float64) float64 { return (m*m+s*s-1)/2 - math.Log(s) }},
		{"wide normal", func() prob.Dist { return prob.Normal{Mean: graph.Const(0), LogStd: graph.Const(math.Log(2))} },
			func(m, s float64) float64 { return (m*m+s*s)/8 - .5 - math.Log(s/2) }},
		{"Laplace", func() prob.Dist { return prob.Laplace{Loc: graph.Const(0), LogScale: graph.Const(0)} },
			func(m, s float64) float64 { // −½log 2πeσ² + log 2 + E|w|
				mean := s*math.Sqrt(2/math.Pi)*math.Exp(-m*m/(2*s*s)) + m*math.Erf(m/(s*math.Sqrt2))
				return -.5*math.Log(2*math.Pi*math.E*s*s) + math.Ln2 + mean
			}},
	} {
		var bias *graph.Node
		p := compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
			d := bayes.Config{Posterior: bayes.Gaussian{Std: .3}, Prior: c.prior(), LatentBiases: true}.NewDense(s.In("l"), 2, 1)
			m := vi.Model{Guide: d.Draw, Joint: func(t *vi.Trace) {
				t.Draw("y", prob.Normal{Mean: d.Apply(t, t.Given("x")), LogStd: s.Const(0)})
			}}
			e := vi.ELBO{Config: vi.Config{Total: 5}, KL: vi.ClosedForm}.Estimate(s, m, vi.Data{"x": s.Input("x", 1, 2), "y": s.Input("y", 1, 1)})
			s.Output("w", e.Terms["kl/l/w"])
			bias = e.Terms["kl/l/b"]
			s.Output("b", bias)
		})
		p.set("l/mean", .4, -1.1)
		p.set("l/b", .7)
		p.feed(nil)
		p.run()
		near(t, c.name+": weights", 5*p.value("w")[0], c.kl(.4, .3)+c.kl(-1.1, .3), 1e-12)
		near(t, c.name+": biases", 5*p.value("b")[0], c.kl(.7, .3), 1e-12)
	}
	// A mixture of scales: the estimate at the draw.
	p := compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
		d := bayes.Config{Posterior: bayes.Gaussian{Std: .3}, Prior: bayes.ScaleMixture(.25, 1, .1)}.NewDense(s.In("l"), 2, 1)
		m := vi.Model{Guide: d.Draw, Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: d.Apply(t, t.Given("x")), LogStd: s.Const(0)})
		}}
		e := vi.ELBO{Config: vi.Config{Total: 5}}.Estimate(s, m, vi.Data{"x": s.Input("x", 1, 2), "y": s.Input("y", 1, 1)})
		s.Output("kl", e.Terms["kl/l/w"])
	})
	p.set("l/mean", .4, -1.1)
	noise := []float64{.6, -.2}
	p.feed(map[string][]float64{"l/w/noise": noise})
	p.run()
	var want float64
	density := func(x, s float64) float64 { return math.Exp(-x*x/(2*s*s)) / (s * math.Sqrt(2*math.Pi)) }
	for i, m := range []float64{.4, -1.1} {
		w := m + .3*noise[i]
		want += math.Log(density(.3*noise[i], .3)) - math.Log(.25*density(w, 1)+.75*density(w, .1))
	}
	near(t, "mixture", 5*p.value("kl")[0], want, 1e-12)
}
