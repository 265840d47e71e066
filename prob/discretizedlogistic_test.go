package prob_test

import (
	"context"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/gradcheck"
	"github.com/latentgo/latent/prob"
)

// evaluate builds and runs once, and returns the outputs in order.
func evaluate(t *testing.T, dt graph.Dtype, build func(s scope)) [][]float64 {
	t.Helper()
	p, err := graph.Build(&graph.Params{Dtype: dt}, build)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// 256 bins add up to 1 at any scale, in both precisions, and the logarithm of
// each is right. The values are by mpmath (100 digits) from the definition, with
// x = k/255, mean and log scale as given.
func TestDiscretizedLogisticBins(t *testing.T) {
	all := make([]float64, 256)
	for k := range all {
		all[k] = float64(k) / 255
	}
	for _, dt := range []graph.Dtype{graph.Float64, graph.Float32} {
		for _, ls := range []float64{-13, -7, -4, -1, 3, 13} {
			for _, mean := range []float64{-0.3, 0, 0.5, 0.123, 1, 2} {
				v := evaluate(t, dt, func(s scope) {
					d := prob.DiscretizedLogistic{Loc: s.Const(mean), LogScale: s.Const(ls)}
					s.Output("sum", graph.LogSumExp(d.LogProbs(s.Tensor(all, 256, 1))))
				})
				if tol := map[graph.Dtype]float64{graph.Float64: 1e-13, graph.Float32: 2e-6}[dt]; !(math.Abs(v[0][0]) < tol) {
					t.Errorf("%v: bins at mean %v, log scale %v add up to exp(%v)", dt, mean, ls, v[0][0])
				}
			}
		}
	}
	for _, c := range []struct{ k, mean, logScale, want float64 }{
		{0, 0.5, -3, -10.003430301346782},
		{1, 0.5, -3, -12.505100898714618},
		{128, 0.5, -3, -3.9280747367938913},
		{255, 0.5, -3, -10.003430301346782},
		{200, 0.1, -5, -102.08835089025628},
		{3, 0.9, -6, -357.77875942009579},
	} {
		v := evaluate(t, graph.Float64, func(s scope) {
			d := prob.DiscretizedLogistic{Loc: s.Const(c.mean), LogScale: s.Const(c.logScale)}
			s.Output("l", d.LogProb(s.Tensor([]float64{c.k / 255}, 1)))
		})
		if !(math.Abs(v[0][0]-c.want) <= 1e-12*math.Abs(c.want)) {
			t.Errorf("bin %v at mean %v, log scale %v: %v, want %v", c.k, c.mean, c.logScale, v[0][0], c.want)
		}
	}
}

func TestDiscretizedLogisticGradient(t *testing.T) {
	gradcheck.Check(t, func(s scope, in []node) node {
		x := s.Tensor([]float64{0, 1. / 255, 0.2, 100. / 255, 1, 1}, 2, 3)
		return prob.DiscretizedLogistic{Loc: in[0], LogScale: in[1]}.LogProbs(x)
	}, gradcheck.At([]int{3}, 0.1, 0.4, 0.9), gradcheck.At([]int{1}, -2.5))
}

func TestDiscretizedLogisticBinsMessage(t *testing.T) {
	refuses(t, "prob: DiscretizedLogistic: 1 bins, want 2 or more", func(s scope) node {
		return prob.DiscretizedLogistic{Loc: s.Const(0), LogScale: s.Const(0), Bins: 1}.LogProb(s.Input("x", 1))
	})
}
