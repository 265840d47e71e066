package prob_test

import (
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// The same law in three forms has no divergence, and scores, entropies and
// moments agree.
func TestGaussianForms(t *testing.T) {
	forms := func() []prob.Dist {
		logStd := nums(.5, -.4, .1)
		zero := graph.BroadcastTo(graph.Const(0), 3, 2)
		return []prob.Dist{
			prob.Normal{Mean: nums(1, 2, 3), LogStd: logStd},
			prob.MultivariateNormal{Mean: nums(1, 2, 3), Cholesky: graph.Diag(graph.Exp(logStd))},
			prob.LowRankNormal{Mean: nums(1, 2, 3), LogStd: logStd, Factor: zero},
		}
	}
	for i := range 3 {
		for j := range 3 {
			got := values(t, func(s *graph.Scope) *graph.Node { return prob.KL(forms()[i], forms()[j]) })
			near(t, "KL", got, []float64{0}, 1e-14)
		}
		got := values(t, func(s *graph.Scope) *graph.Node {
			d := forms()[i]
			m, v := d.(prob.Moments).Moments()
			l := graph.Reshape(d.LogProb(graph.Tensor([]float64{0, 1, 4}, 1, 3)), 1)
			return graph.Concat(0, m, v, l, graph.Reshape(d.(prob.Entropic).Entropy(), 1))
		})
		want := values(t, func(s *graph.Scope) *graph.Node {
			d := forms()[0]
			m, v := d.(prob.Moments).Moments()
			l := graph.Reshape(d.LogProb(graph.Tensor([]float64{0, 1, 4}, 1, 3)), 1)
			return graph.Concat(0, m, v, l, graph.Reshape(d.(prob.Entropic).Entropy(), 1))
		})
		near(t, "moments, log density and entropy", got, want, 1e-13)
	}
}

func TestGaussianErrors(t *testing.T) {
	mvn := func() prob.Dist {
		return prob.MultivariateNormal{Mean: nums(0, 0), Cholesky: graph.Tensor([]float64{1, 0, 0, 1}, 2, 2)}
	}
	refuses(t, "MultivariateNormal: mean of shape [2] and factor of shape [3 2]", func(*graph.Scope) *graph.Node {
		return prob.MultivariateNormal{Mean: nums(0, 0), Cholesky: graph.Tensor(make([]float64, 6), 3, 2)}.LogProb(nums(1, 2))
	})
	refuses(t, "MultivariateNormal: value of shape [3], want an event of 2", func(*graph.Scope) *graph.Node {
		return mvn().LogProb(nums(1, 2, 3))
	})
	refuses(t, "LowRankNormal: factor of shape [2], want [… D R]", func(*graph.Scope) *graph.Node {
		return prob.LowRankNormal{Mean: nums(0, 0), LogStd: nums(0, 0), Factor: nums(1, 1)}.LogProb(nums(1, 2))
	})
	refuses(t, "LowRankNormal: parameter of shape [3] with a factor of shape [2 1]", func(*graph.Scope) *graph.Node {
		return prob.LowRankNormal{Mean: nums(0, 0, 0), LogStd: nums(0, 0), Factor: graph.Tensor([]float64{1, 1}, 2, 1)}.LogProb(nums(1, 2))
	})
	refuses(t, "KL of normal distributions with events of 2 and 3", func(*graph.Scope) *graph.Node {
		return prob.KL(mvn(), prob.StdNormal(3))
	})
}
