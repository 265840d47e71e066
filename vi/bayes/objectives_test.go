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

// TestObjectives: a decoder with latent weights, beside latents of each row, goes
// through objectives and estimators as any model does, those that run the model again
// included, and what is refused is refused by vi.
func TestObjectives(t *testing.T) {
	of := func(e vi.Estimator, z vi.Estimator) vi.Config {
		return vi.Config{K: 3, Total: 20, Estimator: e, Sites: map[string]vi.Estimator{"z": z}}
	}
	for _, c := range []struct {
		name string
		o    vi.Objective
		q    bayes.Posterior
	}{
		{"ELBO", vi.ELBO{Config: of(nil, nil)}, bayes.Gaussian{}},
		{"ELBO by draws", vi.ELBO{Config: of(nil, vi.STL{}), KL: vi.MonteCarlo}, bayes.VariationalDropout{}},
		{"weak derivatives", vi.ELBO{Config: of(nil, vi.MeasureValued{})}, bayes.BinaryDropout{Rate: .3}},
		{"weak derivatives under local noise", vi.ELBO{Config: of(nil, vi.MeasureValued{})}, bayes.VariationalDropout{Noise: bayes.Correlated}},
		{"score", vi.ELBO{Config: of(vi.Flipout{}, vi.Score{Baseline: vi.LeaveOneOut{}})}, bayes.SparseDropout{}},
		{"free bits", vi.FreeBits{Config: of(nil, nil), Lambda: .1}, bayes.Gaussian{}},
		{"IWAE", vi.IWAE{Config: of(vi.Separate{}, vi.DReG{})}, bayes.VariationalDropout{Share: bayes.PerWeight}},
		{"IWAE with flipout", vi.IWAE{Config: of(vi.Flipout{}, nil)}, bayes.VariationalDropout{Noise: bayes.Correlated}},
		{"IWAE of dropout", vi.IWAE{Config: of(nil, vi.VIMCO{})}, bayes.GaussianDropout{Rate: .3}},
		{"Renyi", vi.Renyi{Config: of(vi.Single{}, nil), Alpha: .5}, bayes.Gaussian{}},
	} {
		declare := func(s *graph.Scope) (vi.Model, bayes.Stack) {
			enc := bayes.Config{Posterior: bayes.Point{}}.NewMLP(s.In("enc"), 3, 4)
			dec := bayes.Config{Posterior: c.q, LatentBiases: c.q == bayes.Posterior(bayes.Gaussian{})}.NewMLP(s.In("dec"), 2, 4, 3)
			return vi.Model{
				Guide: func(t *vi.Trace) {
					dec.Draw(t)
					h := enc.Mean().Apply(t.Given("x"))
					t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Cols(h, 2, 4)})
				},
				Joint: func(t *vi.Trace) {
					t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t, t.Draw("z", prob.StdNormal(2)))})
				},
			}, dec
		}
		params := &graph.Params{Dtype: f64, Seed: 1}
		p, err := graph.BuildTraining(params, func(s *graph.Scope) {
			m, _ := declare(s)
			e := c.o.Estimate(s, m, vi.Data{"x": s.Tensor([]float64{1, 0, 1, 1, 1, 0}, 2, 3)})
			s.Output("bound", e.Value)
			for i, g := range e.Grad(s.Trainable()...) {
				s.Output(fmt.Sprint("g", i), g)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		q := program{p, t, params}
		q.run()
		for _, name := range p.Outputs() {
			for _, v := range q.value(name) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %s is %v", c.name, name, v)
				}
			}
		}
	}
}

// TestDivergenceByADraw: log q − log p at a draw of multiplicative noise, whose mean is
// the exact divergence.
func TestDivergenceByADraw(t *testing.T) {
	p := compile(t, &graph.Params{Dtype: f64}, func(s *graph.Scope) {
		m, _ := linear(bayes.Config{Posterior: bayes.VariationalDropout{Alpha: .4, Fixed: true}})(s)
		e := vi.ELBO{Config: vi.Config{Total: 4, Estimator: vi.Single{}}, KL: vi.MonteCarlo}.Estimate(s, m, vi.Data{"x": s.Input("x", 4, 2), "y": s.Input("y", 4, 1)})
		s.Output("kl", e.Terms["kl"])
	})
	p.set("l/theta", .8, -.5)
	noise := []float64{.3, -1.2}
	p.feed(map[string][]float64{"x": xs, "y": ys, "l/w/noise": noise})
	p.run()
	var want float64
	for i, theta := range []float64{.8, -.5} {
		w := theta * (1 + math.Sqrt(.4)*noise[i])
		want += -.5*math.Log(2*math.Pi*.4*theta*theta) - noise[i]*noise[i]/2 + math.Log(math.Abs(w)) + .5*(1+math.Log(4*math.Pi)+0.577215664901532860606512)
	}
	near(t, "log q − log p", 4*p.value("kl")[0], want, 1e-12)
}
