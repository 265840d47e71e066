package bayes_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// posteriors are all there are, in the ways that differ.
var posteriors = map[string]bayes.Config{
	"point":               {Posterior: bayes.Point{}},
	"normal":              {Posterior: bayes.Gaussian{Std: .3}},
	"normal by default":   {LatentBiases: true},
	"B by layer":          {Posterior: bayes.VariationalDropout{}},
	"B by unit":           {Posterior: bayes.VariationalDropout{Share: bayes.PerUnit, Divergence: bayes.Cubic}},
	"B by weight":         {Posterior: bayes.VariationalDropout{Share: bayes.PerWeight, Divergence: bayes.Sigmoid, Max: math.Inf(1), Alpha: 2}},
	"A by layer":          {Posterior: bayes.VariationalDropout{Noise: bayes.Correlated}},
	"A by unit":           {Posterior: bayes.VariationalDropout{Noise: bayes.Correlated, Share: bayes.PerUnit, Max: 3, Alpha: 2}},
	"A fixed":             {Posterior: bayes.VariationalDropout{Noise: bayes.Correlated, Fixed: true, Alpha: 5}},
	"sparse":              {Posterior: bayes.SparseDropout{Std: .2}},
	"sparse, exact":       {Posterior: bayes.SparseDropout{Std: .2, Exact: true}},
	"binary":              {Posterior: bayes.BinaryDropout{Rate: .3}},
	"Gaussian":            {Posterior: bayes.GaussianDropout{Rate: .3}},
	"another input layer": {Posterior: bayes.Gaussian{}, Input: bayes.BinaryDropout{Rate: .2}},
	"a pointer":           {Posterior: &bayes.Gaussian{Std: .3}},
}

// noisesOf are the estimators that a posterior takes.
func noisesOf(c bayes.Config) map[string]vi.Estimator {
	switch c.Posterior.(type) {
	case bayes.Point, bayes.BinaryDropout, bayes.GaussianDropout:
		return map[string]vi.Estimator{"": nil}
	}
	return map[string]vi.Estimator{"local": vi.Local{}, "single": vi.Single{}, "separate": vi.Separate{}, "flipout": vi.Flipout{}, "perdraw": vi.PerDraw{}}
}

// classifier compiles the ELBO of a network of two layers, and its gradient.
func classifier(t *testing.T, c bayes.Config, dtype graph.Dtype, e vi.Estimator) program {
	c.Activation, c.Weights, c.Biases = graph.Tanh, graph.Gaussian{Std: .7}, graph.Gaussian{Std: .2}
	return compile(t, &graph.Params{Dtype: dtype, Seed: 4}, func(s *graph.Scope) {
		net := c.NewMLP(s.In("net"), 3, 4, 2)
		m := vi.Model{Guide: net.Draw, Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Bernoulli{Logits: net.Apply(t, t.Given("x"))})
		}}
		est := vi.ELBO{Config: vi.Config{Total: 9, Estimator: e}}.Estimate(s, m, vi.Data{
			"x": s.Tensor(gradcheck.Between(-2, 2, 3, 3).Values, 3, 3), "y": s.Tensor([]float64{1, 0, 0, 1, 1, 1}, 3, 2),
		})
		s.Output("bound", est.Value)
		wrt := s.Trainable()
		for i, g := range est.Grad(wrt...) {
			s.Output("grad/"+wrt[i].Name(), g)
		}
	})
}

// noise gives every input irregular numbers.
func (p program) noise() map[string][]float64 {
	all := map[string][]float64{}
	for _, name := range p.Inputs() {
		all[name] = gradcheck.Between(.05, .95, graph.Size(p.Shape(name))).Values
	}
	return all
}

// TestGradients compares the gradient by every parameter with central differences in
// float64, for every posterior and every kind of noise, and the same program in float32
// with both.
func TestGradients(t *testing.T) {
	for name, c := range posteriors {
		for noise, e := range noisesOf(c) {
			p := classifier(t, c, f64, e)
			p.feed(p.noise())
			p.run()
			grads := map[string][]float64{}
			for _, param := range p.params.Names() {
				grads[param] = slices.Clone(p.value("grad/" + param))
			}
			value := p.value("bound")[0]
			for param, grad := range grads {
				x, err := graph.Memory[float64](p.params, param)
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range x {
					const h = 1e-3
					var d float64
					for step, w := range map[float64]float64{-2: 1. / 12, -1: -8. / 12, 1: 8. / 12, 2: -1. / 12} {
						x[i] = v + step*h
						p.run()
						d += w * p.value("bound")[0] / h
					}
					x[i] = v
					if !(math.Abs(grad[i]+d) <= 1e-7*(1+math.Abs(d))) { // of costs, which raise the bound
						t.Errorf("%s, %s: gradient by %s[%d] is %v, want %v", name, noise, param, i, grad[i], -d)
					}
				}
			}
			small := classifier(t, c, graph.Float32, e)
			for _, in := range small.Inputs() {
				var v []float32
				for _, x := range p.noise()[in] {
					v = append(v, float32(x))
				}
				if err := graph.Feed(small.Program, in, v); err != nil {
					t.Fatal(err)
				}
			}
			small.run()
			near(t, fmt.Sprintf("%s, %s: bound in float32", name, noise), small.value("bound")[0], value, 2e-5)
			for param, grad := range grads {
				for i, g := range small.value("grad/" + param) {
					near(t, fmt.Sprintf("%s, %s: gradient by %s in float32", name, noise, param), g, grad[i], 1e-4)
				}
			}
		}
	}
}

// TestNoisesHaveOneMeanGradient: of a layer with one weight and two rows, integrated
// over the noise, the bound and its gradient are the same for every estimator.
func TestNoisesHaveOneMeanGradient(t *testing.T) {
	fine, sign := hermite(40), above(.5)
	rules := map[string]rule{}
	for _, site := range []string{"w", "scale"} {
		rules["l/"+site+"/in"], rules["l/"+site+"/out"] = sign, sign
		for _, noise := range []string{"local", "noise", "separate", "flipout", "perdraw"} {
			rules["l/"+site+"/"+noise] = fine
		}
	}
	for name, c := range posteriors {
		if c.LatentBiases || len(noisesOf(c)) == 1 {
			continue // for noise of too many elements, or of one kind
		}
		c.Input, c.Weights = nil, graph.Constant(.8)
		want := map[string]float64{}
		for _, noise := range []string{"single", "local", "separate", "flipout", "perdraw"} {
			var outputs []string
			p := compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
				d := c.NewDense(s.In("l"), 1, 1)
				m := vi.Model{Guide: d.Draw, Joint: func(t *vi.Trace) {
					t.Draw("y", prob.Bernoulli{Logits: d.Apply(t, t.Given("x"))})
				}}
				e := vi.ELBO{Config: vi.Config{Total: 9, Estimator: noisesOf(c)[noise]}}.Estimate(s, m, vi.Data{
					"x": s.Tensor([]float64{.7, -1.2}, 2, 1), "y": s.Tensor([]float64{1, 0}, 2, 1),
				})
				s.Output("bound", e.Value)
				wrt := s.Trainable()
				for i, g := range e.Grad(wrt...) {
					s.Output(wrt[i].Name(), g)
				}
				outputs = []string{"bound"}
				for _, n := range wrt {
					outputs = append(outputs, n.Name())
				}
			})
			live := map[string]rule{}
			for input, r := range rules {
				if kind := map[string]string{"single": "noise", "local": "local", "separate": "separate", "perdraw": "perdraw"}[noise]; input == "l/w/"+kind || input == "l/scale/"+kind ||
					noise == "flipout" && (input == "l/w/flipout" || input == "l/scale/flipout" || r.w[0] == .5) {
					live[input] = r
				}
			}
			for output, v := range p.integrate(nil, live, outputs...) {
				if noise == "single" {
					want[output] = v[0]
				} else {
					near(t, fmt.Sprintf("%s: mean of %s with noise %s", name, output, noise), v[0], want[output], 1e-7)
				}
			}
		}
	}
}

// TestRowsAreUncorrelated: with local and separate noise the gradient of a batch of
// M rows has the variance of one divided by M, with one weight that of one, and with
// turned signs a variance between (arXiv 1506.02557, section 2.2: N²(Var/M + (M−1)/M·Cov)).
func TestRowsAreUncorrelated(t *testing.T) {
	fine, sign := hermite(30), above(.5)
	for site, q := range map[string]bayes.Posterior{
		"w": bayes.VariationalDropout{}, "scale": bayes.VariationalDropout{Noise: bayes.Correlated},
	} {
		variance := func(rows int, noise string) float64 {
			p := compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
				c := bayes.Config{Posterior: q}
				c.Weights = graph.Constant(.8)
				d := c.NewDense(s.In("l"), 1, 1)
				m := vi.Model{Guide: d.Draw, Joint: func(t *vi.Trace) {
					t.Draw("y", prob.Bernoulli{Logits: d.Apply(t, t.Given("x"))})
				}}
				e := vi.ELBO{Config: vi.Config{Total: 9, Estimator: noisesOf(bayes.Config{})[noise]}}.Estimate(s, m, vi.Data{
					"x": s.Tensor([]float64{.7, .7}[:rows], rows, 1), "y": s.Tensor([]float64{1, 1}[:rows], rows, 1),
				})
				g := e.Grad(s.Trainable()...)[0]
				s.Output("g", g)
				s.Output("square", g.Square())
			})
			rules := map[string]rule{"l/" + site + "/" + noise: fine}
			switch noise {
			case "single":
				rules = map[string]rule{"l/" + site + "/noise": fine}
			case "flipout":
				rules["l/"+site+"/in"], rules["l/"+site+"/out"] = sign, sign
			}
			v := p.integrate(nil, rules, "g", "square")
			return v["square"][0] - v["g"][0]*v["g"][0]
		}
		one := variance(1, "single")
		for noise, share := range map[string]float64{"single": 1, "perdraw": 1, "local": .5, "separate": .5} {
			near(t, site+": variance of two rows with noise "+noise, variance(2, noise), share*one, 1e-9)
		}
		if v := variance(2, "flipout"); !(v > .5*one*(1+1e-6) && v < .9*one) {
			t.Errorf("%s: variance of two rows with flipout %v, of one %v", site, v, one)
		}
	}
}
