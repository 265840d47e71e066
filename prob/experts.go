package prob

import "github.com/latentgo/latent/graph"

// ProductOfExperts returns the law whose density is proportional to the product
// of two normal densities,
//
//	1/σ² = 1/σ₁² + 1/σ₂²,  μ = σ²·(μ₁/σ₁² + μ₂/σ₂²)
//
// It is how a ladder guide combines what the data say of a latent with what the
// layers above say (Sønderby et al., arXiv 1602.02282), and a
// multimodal guide what its parts say (Wu and Goodman, arXiv 1802.05335). The
// shapes of a and b broadcast. It is computed from the logarithms: no precision
// overflows.
func ProductOfExperts(a, b Normal) Normal {
	complete(a)
	complete(b)
	share := graph.Sigmoid(b.LogStd.Sub(a.LogStd).Scale(2)) // of a's precision in the sum
	return Normal{
		Mean:   b.Mean.Add(share.Mul(a.Mean.Sub(b.Mean))),
		LogStd: graph.LogAddExp(a.LogStd.Scale(-2), b.LogStd.Scale(-2)).Scale(-.5),
	}
}
