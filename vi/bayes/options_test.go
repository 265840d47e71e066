package bayes_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// seen returns as text what a network of a configuration declares and what bound it
// has, or its error. The configuration is made within the build.
func seen(c func() bayes.Config) string {
	params := &graph.Params{Dtype: f64}
	p, err := graph.BuildTraining(params, func(s *graph.Scope) {
		net := c().NewMLP(s.In("net"), 3, 4, 2)
		m := vi.Model{Guide: net.Draw, Joint: func(t *vi.Trace) {
			t.Draw("y", prob.Normal{Mean: net.Apply(t, t.Given("x")), LogStd: s.Const(0)})
		}}
		e := vi.ELBO{Config: vi.Config{Total: 3}}.Estimate(s, m, vi.Data{
			"x": s.Tensor(gradcheck.Between(-2, 2, 3, 3).Values, 3, 3), "y": s.Tensor(make([]float64, 6), 3, 2),
		})
		s.Output("bound", e.Value)
		for i, g := range e.Grad(s.Trainable()...) {
			s.Output(fmt.Sprint("g", i), g)
		}
	})
	if err == nil {
		err = p.Run(context.Background(), graph.Key{Seed: 1})
	}
	if err != nil {
		return "error " + err.Error()
	}
	var text string
	for _, name := range p.Outputs() {
		v, _ := p.Value(name)
		text += fmt.Sprint(" ", name, v)
	}
	for _, name := range params.Names() {
		v, _ := graph.Values[float64](params, name)
		text += fmt.Sprint(" ", name, v)
	}
	return text
}

// TestEveryOptionHasAnEffect: each field of each configuration changes what a
// network declares or computes.
func TestEveryOptionHasAnEffect(t *testing.T) {
	of := func(q bayes.Posterior) string {
		return seen(func() bayes.Config { return bayes.Config{Posterior: q} })
	}
	config := func(c bayes.Config) string { return seen(func() bayes.Config { return c }) }
	vd, free := bayes.VariationalDropout{}, math.Inf(1)
	all := map[string][][]string{
		"Config.Config":    {{config(bayes.Config{}), config(bayes.Config{Config: layers.Config{Activation: graph.Relu}})}, {config(bayes.Config{}), config(bayes.Config{Config: layers.Config{NoBias: true}})}},
		"Config.Posterior": {{config(bayes.Config{}), of(bayes.Point{})}, {of(bayes.Point{}), of(bayes.BinaryDropout{Rate: .1})}},
		"Config.Input":     {{config(bayes.Config{}), config(bayes.Config{Input: bayes.Point{}})}},
		"Config.Prior": {{config(bayes.Config{}), seen(func() bayes.Config {
			return bayes.Config{Prior: prob.Laplace{Loc: graph.Const(0), LogScale: graph.Const(0)}}
		})}, {config(bayes.Config{}), seen(func() bayes.Config { return bayes.Config{Prior: bayes.ScaleMixture(.5, 1, .1)} })}},
		"Config.LatentBiases":           {{config(bayes.Config{}), config(bayes.Config{LatentBiases: true})}},
		"Gaussian.Std":                  {{of(bayes.Gaussian{}), of(bayes.Gaussian{Std: .1})}},
		"SparseDropout.Std":             {{of(bayes.SparseDropout{}), of(bayes.SparseDropout{Std: .1})}},
		"SparseDropout.Exact":           {{of(bayes.SparseDropout{}), of(bayes.SparseDropout{Exact: true})}},
		"BinaryDropout.Rate":            {{of(bayes.BinaryDropout{}), of(bayes.BinaryDropout{Rate: .5})}},
		"GaussianDropout.Rate":          {{of(bayes.GaussianDropout{}), of(bayes.GaussianDropout{Rate: .5})}},
		"VariationalDropout.Noise":      {{of(vd), of(bayes.VariationalDropout{Noise: bayes.Correlated})}},
		"VariationalDropout.Share":      {{of(vd), of(bayes.VariationalDropout{Share: bayes.PerUnit})}, {of(vd), of(bayes.VariationalDropout{Share: bayes.PerWeight})}},
		"VariationalDropout.Alpha":      {{of(vd), of(bayes.VariationalDropout{Alpha: .5})}},
		"VariationalDropout.Fixed":      {{of(vd), of(bayes.VariationalDropout{Fixed: true})}},
		"VariationalDropout.Max":        {{of(vd), of(bayes.VariationalDropout{Max: 2})}, {of(vd), of(bayes.VariationalDropout{Max: free})}},
		"VariationalDropout.Divergence": {{of(vd), of(bayes.VariationalDropout{Divergence: bayes.Cubic})}, {of(vd), of(bayes.VariationalDropout{Divergence: bayes.Sigmoid})}},
	}
	exported.Effects(t, all, "LayerSparsity", "Fixed")
}

// TestZeroValuesAreTheDefaults: zero values are the defaults that are written.
func TestZeroValuesAreTheDefaults(t *testing.T) {
	of := func(q bayes.Posterior) string {
		return seen(func() bayes.Config { return bayes.Config{Posterior: q} })
	}
	for _, c := range [][2]bayes.Posterior{
		{nil, bayes.Gaussian{}}, {bayes.Gaussian{}, bayes.Gaussian{Std: .05}}, {bayes.SparseDropout{}, bayes.SparseDropout{Std: math.Exp(-5)}},
		{bayes.VariationalDropout{}, bayes.VariationalDropout{Alpha: .25, Max: 1}}, {(*bayes.Gaussian)(nil), nil},
	} {
		if a, b := of(c[0]), of(c[1]); a != b {
			t.Errorf("%#v and %#v differ:\n%s\n%s", c[0], c[1], a, b)
		}
	}
}
