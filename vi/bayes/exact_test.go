package bayes_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

var f64 = graph.Float64

// bound compiles the ELBO of the linear model.
func bound(t *testing.T, c bayes.Config, o vi.Config) program {
	o.Total = 4
	return compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
		m, _ := linear(c)(s)
		e := vi.ELBO{Config: o}.Estimate(s, m, vi.Data{"x": s.Input("x", 4, 2), "y": s.Input("y", 4, 1)})
		s.Output("bound", e.Value)
		s.Output("fit", e.Terms["reconstruction"])
		s.Output("kl", e.Terms["kl"])
	})
}

var rows = map[string][]float64{"x": xs, "y": ys}

// TestBoundIsTheEvidenceAtThePosterior: of the linear model, whose posterior
// factors, with the noise integrated over.
func TestBoundIsTheEvidenceAtThePosterior(t *testing.T) {
	evidence, post := reference(t, "evidence")[0][0], reference(t, "posterior")[0]
	for _, c := range []struct {
		e     vi.Estimator
		noise map[string]rule
	}{
		{nil, map[string]rule{"l/w/local": hermite(3)}},
		{vi.Single{}, map[string]rule{"l/w/noise": hermite(3)}},
		{vi.Separate{}, map[string]rule{"l/w/separate": hermite(3)}},
	} {
		p := bound(t, bayes.Config{Prior: prob.StdNormal(1)}, vi.Config{Estimator: c.e})
		p.set("l/mean", post[:2]...)
		p.set("l/log_std", math.Log(post[2]), math.Log(post[3]))
		near(t, "the bound", 4*p.integrate(rows, c.noise, "bound")["bound"][0], evidence, 1e-10)
	}
}

// TestPredictiveIsThatOfThePosterior integrates the density of new rows over the
// noise of one draw.
func TestPredictiveIsThatOfThePosterior(t *testing.T) {
	post, want := reference(t, "posterior")[0], reference(t, "predictive")[0]
	p := compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
		m, _ := linear(bayes.Config{Prior: prob.StdNormal(1)})(s)
		r := vi.Run(s, m, vi.Data{"x": s.Tensor([]float64{2, -.5, -1, 3}, 2, 2), "y": s.Tensor([]float64{.9, .2}, 2, 1)}, vi.Config{})
		s.Output("p", graph.Exp(bayes.LogPredictive(r, "y")))
	})
	p.set("l/mean", post[:2]...)
	p.set("l/log_std", math.Log(post[2]), math.Log(post[3]))
	got := p.integrate(nil, map[string]rule{"l/w/local": hermite(60)}, "p")["p"]
	for i := range want {
		near(t, "log p(y)", math.Log(got[i]), want[i], 1e-8)
	}
}

// TestLogPredictiveIsTheMeanOverDraws: of three draws with given noise.
func TestLogPredictiveIsTheMeanOverDraws(t *testing.T) {
	p := compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
		m, _ := linear(bayes.Config{Posterior: bayes.Gaussian{Std: .5}})(s)
		r := vi.Run(s, m, vi.Data{"x": s.Tensor([]float64{2, -.5}, 1, 2), "y": s.Tensor([]float64{.9}, 1, 1)}, vi.Config{K: 3})
		s.Output("l", bayes.LogPredictive(r, "y"))
	})
	p.set("l/mean", .3, -.2)
	noise := []float64{.5, -1, 2}
	p.feed(map[string][]float64{"l/w/local": noise})
	p.run()
	mean, std := 2*.3+.5*.2, .5*math.Sqrt(4+.25)
	var sum float64
	for _, e := range noise {
		z := (.9 - mean - std*e) / tau
		sum += math.Exp(-.5*z*z) / (tau * math.Sqrt(2*math.Pi)) / 3
	}
	near(t, "log p(y)", p.value("l")[0], math.Log(sum), 1e-12)
}

// TestBoundsOfDropouts: the expected fit of the linear model has a closed form under
// every multiplicative noise, and is the same for all estimators; the divergence is
// that of the rates, whatever θ is.
func TestBoundsOfDropouts(t *testing.T) {
	for _, c := range []struct {
		name, reference string
		q               bayes.Posterior
		rates           []float64 // learned α
		latent          string
	}{
		{"B by unit", "bound unit", bayes.VariationalDropout{Share: bayes.PerUnit}, []float64{.3, .7}, "w"},
		{"B by weight", "bound unit", bayes.VariationalDropout{Share: bayes.PerWeight}, []float64{.3, .7}, "w"},
		{"B by layer", "bound layer", bayes.VariationalDropout{}, []float64{.4}, "w"},
		{"B fixed", "bound layer", bayes.VariationalDropout{Fixed: true, Alpha: .4}, nil, "w"},
		{"A by unit", "bound unit", bayes.VariationalDropout{Noise: bayes.Correlated, Share: bayes.PerUnit}, []float64{.3, .7}, "scale"},
		{"A by layer", "bound layer", bayes.VariationalDropout{Noise: bayes.Correlated}, []float64{.4}, "scale"},
		{"A fixed", "bound layer", bayes.VariationalDropout{Noise: bayes.Correlated, Fixed: true, Alpha: .4}, nil, "scale"},
		{"sparse", "bound unit", bayes.SparseDropout{Exact: true}, []float64{.3, .7}, "w"},
		{"binary", "bound rate", bayes.BinaryDropout{Rate: .2}, nil, ""},
		{"Gaussian", "bound rate", bayes.GaussianDropout{Rate: .2}, nil, ""},
	} {
		want := reference(t, c.reference)[0]
		noises := map[string]vi.Estimator{"local": nil, "noise": vi.Single{}}
		if c.latent == "" {
			noises = map[string]vi.Estimator{"": nil}
		}
		for noise, e := range noises {
			p := bound(t, bayes.Config{Posterior: c.q}, vi.Config{Estimator: e})
			theta := "l/theta"
			rules := map[string]rule{"l/" + c.latent + "/" + noise: hermite(3)}
			if c.latent == "" {
				theta = "l/w"
				rules = map[string]rule{"l/dropout/noise": hermite(3)}
				if c.name == "binary" {
					rules = map[string]rule{"l/dropout/noise": above(.2)}
				}
			}
			p.set(theta, .8, -.5)
			if c.name == "sparse" {
				p.set("l/log_std", math.Log(math.Sqrt(.3)*.8), math.Log(math.Sqrt(.7)*.5))
			} else if c.rates != nil {
				var rate []float64
				for _, a := range c.rates {
					rate = append(rate, math.Log(a/(1-a)))
				}
				p.set("l/rate", rate...)
			}
			got := p.integrate(rows, rules, "fit", "kl")
			near(t, c.name+" "+noise+": the fit", got["fit"][0], want[0], 1e-9)
			near(t, c.name+" "+noise+": the divergence", 4*got["kl"][0], want[1], 1e-8)
		}
	}
}
