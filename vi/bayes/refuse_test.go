package bayes_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/bayes"
)

// TestRefusals: what cannot be is refused when the graph is built, by name.
func TestRefusals(t *testing.T) {
	dense := func(c bayes.Config) func(s *graph.Scope) { return func(s *graph.Scope) { c.NewDense(s.In("l"), 2, 1) } }
	of := func(q bayes.Posterior) func(s *graph.Scope) { return dense(bayes.Config{Posterior: q}) }
	run := func(o vi.Config, joint func(t *vi.Trace, net bayes.Stack) *graph.Node, c bayes.Config) func(s *graph.Scope) {
		return func(s *graph.Scope) {
			net := c.NewMLP(s.In("net"), 2, 2)
			m := vi.Model{Guide: net.Draw, Joint: func(t *vi.Trace) {
				t.Draw("y", prob.Normal{Mean: joint(t, net), LogStd: s.Const(0)})
			}}
			vi.ELBO{Config: o}.Estimate(s, m, vi.Data{"x": s.Input("x", 3, 2), "y": s.Input("y", 3, 2)})
		}
	}
	twice := func(t *vi.Trace, net bayes.Stack) *graph.Node { return net.Apply(t, net.Apply(t, t.Given("x"))) }
	once := func(t *vi.Trace, net bayes.Stack) *graph.Node { return net.Apply(t, t.Given("x")) }
	for _, c := range []struct {
		name string
		f    func(s *graph.Scope)
		want string
	}{
		{"a cubic beyond 1", of(bayes.VariationalDropout{Alpha: 2, Max: 3, Divergence: bayes.Cubic}),
			"bayes: dense l: variational dropout with an Alpha of 2 and a Max of 3: Cubic is for α of 1 at most; use Exact"},
		{"a cubic that may go beyond 1", of(bayes.VariationalDropout{Max: math.Inf(1), Divergence: bayes.Cubic}), "Cubic is for α of 1 at most"},
		{"a fixed cubic beyond 1", of(bayes.VariationalDropout{Alpha: 2, Fixed: true, Divergence: bayes.Cubic}), "Cubic is for α of 1 at most"},
		{"a start at the bound", of(bayes.VariationalDropout{Alpha: 1}), "bayes: dense l: variational dropout with an Alpha of 1, which has to start below Max, 1"},
		{"a negative bound", of(bayes.VariationalDropout{Max: -1}), "which has to start below Max, -1"},
		{"no bound", of(bayes.VariationalDropout{Max: math.NaN()}), "which has to start below Max, NaN"},
		{"a negative rate", of(bayes.VariationalDropout{Alpha: -1}), "bayes: dense l: variational dropout with an Alpha of -1, want a positive number"},
		{"an infinite rate", of(bayes.VariationalDropout{Alpha: math.Inf(1), Fixed: true}), "variational dropout with an Alpha of +Inf"},
		{"scales of weights", of(bayes.VariationalDropout{Noise: bayes.Correlated, Share: bayes.PerWeight}),
			"bayes: dense l: variational dropout with Correlated noise, which multiplies inputs, and a rate PerWeight; want PerUnit or PerLayer"},
		{"another noise", of(bayes.VariationalDropout{Noise: 9}), "variational dropout with Noise 9, Share 0 and Divergence 0, want those of this package"},
		{"another share", of(bayes.VariationalDropout{Share: 9}), "Share 9"},
		{"another form", of(bayes.VariationalDropout{Divergence: 9}), "Divergence 9"},
		{"a negative scale", of(bayes.Gaussian{Std: -1}), "bayes: dense l: Gaussian with a Std of -1, want a positive number"},
		{"no scale", of(bayes.SparseDropout{Std: math.NaN()}), "bayes: dense l: sparse dropout with a Std of NaN, want a positive number"},
		{"all dropped", of(bayes.BinaryDropout{Rate: 1}), "bayes: dense l: binary dropout with a Rate of 1, want 0 or more and below 1"},
		{"all noise", of(bayes.GaussianDropout{Rate: math.NaN()}), "bayes: dense l: Gaussian dropout with a Rate of NaN, want 0 or more and below 1"},
		{"all dropped in float32", of(bayes.BinaryDropout{Rate: 1 - 1e-12}), "want 0 or more and below 1"},
		{"a prior of dropout", dense(bayes.Config{Posterior: bayes.SparseDropout{}, Prior: prob.StdNormal(1)}),
			"bayes: dense l: Prior and LatentBiases are of a Gaussian posterior, not bayes.SparseDropout"},
		{"latent biases of dropout", dense(bayes.Config{Posterior: bayes.BinaryDropout{}, LatentBiases: true}), "Prior and LatentBiases are of a Gaussian posterior, not bayes.BinaryDropout"},
		{"no biases that are latent", dense(bayes.Config{Config: layers.Config{NoBias: true}, LatentBiases: true}), "bayes: l: NoBias beside Biases or LatentBiases: choose one"},
		{"no biases that start", dense(bayes.Config{Config: layers.Config{NoBias: true, Biases: graph.Constant(1)}}), "NoBias beside Biases"},
		{"weight normalisation", dense(bayes.Config{Config: layers.Config{WeightNorm: true}}), "bayes: l: WeightNorm of latent weights"},
		{"an activation", dense(bayes.Config{Config: layers.Config{Activation: graph.Tanh}}), "bayes: dense l: a dense layer has no Activation"},
		{"an input layer of a layer", dense(bayes.Config{Input: bayes.Point{}}), "bayes: dense l: Input is of the first layer of an MLP; use Posterior"},
		{"no width", func(s *graph.Scope) { bayes.Config{}.NewDense(s.In("l"), 0, 1) }, "bayes: dense l: widths 0 and 1, want 1 or more"},
		{"one width", func(s *graph.Scope) { bayes.Config{}.NewMLP(s.In("l"), 3) }, "bayes: MLP l: widths [3], want an input and an output at least"},
		{"a mixture of nothing", func(*graph.Scope) { bayes.ScaleMixture(0, 1, 1) }, "bayes: ScaleMixture of weight 0 and scales 1 and 1, want a weight between 0 and 1 and positive scales"},
		{"a layer applied twice", run(vi.Config{Total: 3}, twice, bayes.Config{}), "in joint: layer net/0: product net/0/w: vi: the weight net/0/w is used by two products"},
		{"dropout applied twice", run(vi.Config{}, twice, bayes.Config{Posterior: bayes.BinaryDropout{Rate: .5}}), "net/0/dropout/noise declared twice"},
		{"a layer that was not drawn", func(s *graph.Scope) {
			net := bayes.Config{}.NewMLP(s.In("net"), 2, 1)
			vi.Run(s, vi.Model{Joint: func(t *vi.Trace) { net.Apply(t, t.Given("x")) }}, vi.Data{"x": s.Input("x", 3, 2)}, vi.Config{})
		}, "a Product belongs in the joint and its weight must be a Global of the guide"},
		{"a layer that was not applied", run(vi.Config{Total: 3}, func(t *vi.Trace, _ bayes.Stack) *graph.Node { return t.Given("x") }, bayes.Config{}),
			"vi: the guide draws net/0/w, which is no site of the joint"},
		{"another width of input", run(vi.Config{Total: 3}, func(t *vi.Trace, net bayes.Stack) *graph.Node {
			return net.Apply(t, graph.Cols(t.Given("x"), 0, 1))
		}, bayes.Config{}), "bayes: dense net/0: input [1 3 1], want [… 2] with axes of draws and rows"},
		{"no input", run(vi.Config{Total: 3}, func(t *vi.Trace, net bayes.Stack) *graph.Node { return net.Apply(t, nil) }, bayes.Config{}), "bayes: dense net/0: input is nil"},
		{"no size of the data", run(vi.Config{}, once, bayes.Config{}), "vi: ELBO has the global site net/0/w: set Total"},
		{"draws of one weight", run(vi.Config{K: 3, Total: 3, Estimator: vi.Single{}}, once, bayes.Config{}), "vi: K of 3 draws, and all that is drawn is the global net/0/w, once a run: set K to 1; or use vi.Local or vi.PerDraw, which draw K times"},
		{"pruning without rates", func(s *graph.Scope) { bayes.Config{}.NewMLP(s, 2, 1).Pruned(3) },
			"bayes: a network without rates α has no weights to prune; use SparseDropout or VariationalDropout"},
		{"no dense layer", func(*graph.Scope) { bayes.Dense{}.Mean() }, "bayes: dense without weights; bayes.Config.NewDense declares them"},
		{"a nil layer", func(*graph.Scope) { bayes.Stack{nil}.Mean() }, "bayes: stack: layer 0 is nil"},
		{"nothing fixed", func(*graph.Scope) { bayes.Fixed{}.Mean() }, "bayes: Fixed: the layer is nil"},
		{"a predictive of a latent", func(s *graph.Scope) {
			m := vi.Model{Guide: func(t *vi.Trace) { t.Draw("z", prob.StdNormal(1)) }, Joint: func(t *vi.Trace) {
				t.Draw("y", prob.Normal{Mean: t.Draw("z", prob.StdNormal(1)), LogStd: s.Const(0)})
			}}
			bayes.LogPredictive(vi.Run(s, m, vi.Data{"y": s.Input("y", 2, 1)}, vi.Config{}), "y")
		}, "bayes: LogPredictive of a model with the latent z, which is no weight"},
		{"a predictive of weights", func(s *graph.Scope) {
			net := bayes.Config{}.NewMLP(s.In("net"), 2, 1)
			m := vi.Model{Guide: net.Draw, Joint: func(t *vi.Trace) { t.Draw("y", prob.Normal{Mean: net.Apply(t, t.Given("x")), LogStd: s.Const(0)}) }}
			bayes.LogPredictive(vi.Run(s, m, vi.Data{"x": s.Input("x", 2, 2), "y": s.Input("y", 2, 1)}, vi.Config{}), "net/0/w")
		}, "bayes: LogPredictive of net/0/w, which is not observed"},
	} {
		_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
			s.Output("none", s.Const(0))
			c.f(s)
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
	for _, network := range []func(s *graph.Scope) bayes.Stack{nil, func(*graph.Scope) bayes.Stack { return bayes.Stack{bayes.Fixed{}} }} {
		if _, err := bayes.Sparsity(context.Background(), &graph.Params{}, 3, network); err == nil || !strings.HasPrefix(err.Error(), "bayes: Sparsity ") {
			t.Errorf("sparsity of nothing: error %v", err)
		}
	}
}
