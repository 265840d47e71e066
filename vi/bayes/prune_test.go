package bayes_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/bayes"
)

// TestPruned: weights above the threshold are 0 in the pruned network, and the report
// counts the others; layers without rates keep theirs.
func TestPruned(t *testing.T) {
	params := &graph.Params{Dtype: f64, Seed: 3}
	network := func(s *graph.Scope) bayes.Stack {
		sparse := bayes.Config{Posterior: bayes.SparseDropout{}}
		unit := bayes.Config{Posterior: bayes.VariationalDropout{Share: bayes.PerUnit, Max: math.Inf(1), Noise: bayes.Correlated}}
		layer := bayes.Config{Posterior: bayes.VariationalDropout{Max: math.Inf(1)}}
		return bayes.Stack{
			sparse.NewDense(s.In("a"), 2, 3), bayes.Fixed{Layer: layersTanh},
			bayes.Stack{unit.NewDense(s.In("b"), 3, 2)}, layer.NewDense(s.In("c"), 2, 2), bayes.Config{}.NewDense(s.In("d"), 2, 1),
		}
	}
	x := []float64{.3, -1.2}
	build := func() program {
		p, err := graph.Build(params, func(s *graph.Scope) {
			in := s.Tensor(x, 1, 2)
			s.Output("pruned", network(s).Pruned(1).Apply(in))
		})
		if err != nil {
			t.Fatal(err)
		}
		p.Run(context.Background(), graph.Key{})
		return program{p, t, params}
	}
	build()
	at := program{t: t, params: params}
	theta := []float64{1, -2, .5, .3, 0, 2}
	logAlpha := []float64{0, 2, -1, 1.5, 0, .5} // of those with θ = 0 it is beyond any threshold
	var logStd []float64
	for i, v := range theta {
		logStd = append(logStd, logAlpha[i]/2+math.Log(math.Abs(v)+1e-300))
	}
	logStd[4] = -3
	at.set("a/theta", theta...)
	at.set("a/log_std", logStd...)
	at.set("b/theta", 1, 2, 3, 4, 5, 6)
	at.set("b/rate", .9, 1.1, -2)
	at.set("c/theta", .1, .2, .3, .4)
	at.set("c/rate", 1.2)
	at.set("d/mean", .5, -.5)
	at.set("d/b", .25)
	// Of a the first, third and last weights are kept, of b the first and the last
	// row, of c nothing: what is left is the bias of d.
	near(t, "the pruned network", build().value("pruned")[0], .25, 1e-12)
	at.set("c/rate", .5)
	h := []float64{math.Tanh(x[0] * 1), 0, math.Tanh(x[0]*.5 + x[1]*2)}
	g := []float64{h[0]*1 + h[2]*5, h[0]*2 + h[2]*6}
	want := .5*(g[0]*.1+g[1]*.3) - .5*(g[0]*.2+g[1]*.4) + .25
	near(t, "the pruned network", build().value("pruned")[0], want, 1e-12)

	at.set("c/rate", 1.2)
	report, err := bayes.Sparsity(context.Background(), params, 1, network)
	if err != nil {
		t.Fatal(err)
	}
	wants := []bayes.LayerSparsity{{"a", 6, 3}, {"b", 6, 4}, {"c", 4, 0}, {"d", 2, 2}, {"all", 18, 9}}
	if fmt.Sprint(report) != fmt.Sprint(wants) {
		t.Errorf("report %v, want %v", report, wants)
	}
	if s := report[0].String(); s != "a: 3 of 6 weights (50.0 %, 2.0×)" {
		t.Errorf("a layer is shown as %s", s)
	}
	if c := report[2].Compression(); !math.IsInf(c, 1) {
		t.Errorf("a layer without weights is compressed by %v", c)
	}
	if _, err := bayes.Sparsity(context.Background(), &graph.Params{}, 1, func(s *graph.Scope) bayes.Stack { return bayes.Config{}.NewMLP(s, 0, 1) }); err == nil {
		t.Error("a network that cannot be built has a report")
	}
}
