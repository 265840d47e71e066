package prob_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
)

// TestPriorsAreTheSumsTheySay compares the density of priors that declare their
// parameters with sums over their components, integrates it, and takes the
// moments of draws.
func TestPriorsAreTheSumsTheySay(t *testing.T) {
	const k = 3
	for _, c := range []struct {
		name string
		new  func(s scope) prob.Mixture
		// terms are weight, mean and standard deviation of each component.
		terms func(get func(name string) []float64) [k][3]float64
	}{
		{"mixture of normals", func(s scope) prob.Mixture { return prob.NewGaussianMixture(s, k, 1) },
			func(get func(name string) []float64) (all [k][3]float64) {
				l, m, r := get("p/logits"), get("p/mean"), get("p/log_std")
				sum := math.Exp(l[0]) + math.Exp(l[1]) + math.Exp(l[2])
				for i := range all {
					all[i] = [3]float64{math.Exp(l[i]) / sum, m[i], math.Exp(r[i])}
				}
				return all
			}},
		{"VampPrior", func(s scope) prob.Mixture {
			enc := layers.NewDense(s.In("enc"), 2, 2)
			return prob.NewVampPrior(s, k, 2, nil, func(x node) prob.Dist {
				h := enc.Apply(x)
				return prob.Normal{Mean: graph.Cols(h, 0, 1), LogStd: graph.Cols(h, 1, 2)}
			})
		}, func(get func(name string) []float64) (all [k][3]float64) {
			u, w, b := get("p/pseudo"), get("p/enc/w"), get("p/enc/b")
			for i := range all {
				h := func(j int) float64 { return u[2*i]*w[j] + u[2*i+1]*w[2+j] + b[j] }
				all[i] = [3]float64{1. / k, h(0), math.Exp(h(1))}
			}
			return all
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			const points, draws, half = 4001, 40000, 20.
			params := &graph.Params{Dtype: graph.Float64, Seed: 3}
			p, err := graph.Build(params, func(s scope) {
				d := c.new(s.In("p"))
				s.Output("l", d.LogProb(s.Input("x", points, 1)))
				s.Output("draws", d.Sample(s.In("draw"), draws))
			})
			if err != nil {
				t.Fatal(err)
			}
			get := func(name string) []float64 {
				v, err := graph.Memory[float64](params, name)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			for i, name := range params.Names() { // not where they start
				for j, v := range get(name) {
					get(name)[j] = v + .3*float64((i+j)%3-1)
				}
			}
			x := make([]float64, points)
			for i := range x {
				x[i] = half * (2*float64(i)/(points-1) - 1)
			}
			if err := graph.Feed(p, "x", x); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(context.Background(), graph.Key{Stream: graph.EvaluationStream}); err != nil {
				t.Fatal(err)
			}
			l, _ := p.Value("l")
			y, _ := p.Value("draws")
			terms := c.terms(get)
			var mass, mean, square float64
			for i, v := range x {
				want := 0.0
				for _, q := range terms {
					e := (v - q[1]) / q[2]
					want += q[0] * math.Exp(-.5*e*e) / (q[2] * math.Sqrt(2*math.Pi))
				}
				got := math.Exp(l[i])
				if math.Abs(got-want) > 1e-12 {
					t.Fatalf("density at %v is %v, the sum is %v", v, got, want)
				}
				step := 2 * half / (points - 1)
				mass, mean, square = mass+got*step, mean+got*step*v, square+got*step*v*v
			}
			if math.Abs(mass-1) > 1e-9 {
				t.Errorf("the density integrates to %v", mass)
			}
			var m, m2, m4 float64
			for _, v := range y {
				m, m2, m4 = m+v/draws, m2+v*v/draws, m4+v*v*v*v/draws
			}
			std := math.Sqrt((m2 - m*m) / draws)
			if math.Abs(m-mean) > 5*std || math.Abs(m2-square) > 5*math.Sqrt((m4-m2*m2)/draws) {
				t.Errorf("draws have moments %v and %v, the density %v and %v", m, m2, mean, square)
			}
		})
	}
}

func TestPriorErrors(t *testing.T) {
	guide := func(x node) prob.Dist { return prob.Normal{Mean: x, LogStd: graph.Const(0)} }
	for want, f := range map[string]func(s scope){
		"prob: NewGaussianMixture: 0 components of 2 elements, want 1 or more": func(s scope) { prob.NewGaussianMixture(s, 0, 2) },
		"prob: NewVampPrior: 3 pseudo-inputs of 0 numbers, want 1 or more":     func(s scope) { prob.NewVampPrior(s, 3, 0, nil, guide) },
		"prob: NewVampPrior: the guide is nil":                                 func(s scope) { prob.NewVampPrior(s, 3, 2, nil, nil) },
		"prob: NewVampPrior: the guide's law is nil": func(s scope) {
			prob.NewVampPrior(s, 3, 2, nil, func(node) prob.Dist { return nil })
		},
	} {
		_, err := graph.Build(&graph.Params{}, func(s scope) {
			s.Output("none", s.Const(0))
			f(s)
		})
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
