package bayes

import (
	"math"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// ScaleMixture returns the prior of each weight
//
//	p(w) = π·N(w; 0, σ₁²) + (1−π)·N(w; 0, σ₂²)
//
// of a wide and a narrow scale, which leaves weights near 0 or lets them go far
// (Blundell et al., arXiv 1505.05424). The divergence of a Gaussian posterior from
// it has no closed form and is estimated at a draw.
func ScaleMixture(pi, std1, std2 float64) prob.ElementMixture {
	if !(pi > 0 && pi < 1) || !(std1 > 0) || !(std2 > 0) || math.IsInf(std1*std2, 1) {
		graph.Fail("bayes: ScaleMixture of weight %v and scales %v and %v, want a weight between 0 and 1 and positive scales", pi, std1, std2)
	}
	return prob.ElementMixture{
		Logits:     graph.Tensor([]float64{math.Log(pi), math.Log1p(-pi)}, 1, 2),
		Components: prob.Normal{Mean: graph.Const(0), LogStd: graph.Tensor([]float64{math.Log(std1), math.Log(std2)}, 2, 1)},
	}
}
