package engine

import "github.com/latentgo/latent/internal/op"

// attentionFLOPs returns the multiplications and additions of attention, or of its
// derivatives, which compute the weights again: two or five products.
func attentionFLOPs(r op.Rule, from [][]int, _ []int) float64 {
	products := 2.0
	if _, ok := r.(op.AttentionGrad); ok {
		products = 5
	}
	n := len(from[0])
	return 2 * products * float64(op.Size(from[0])) * float64(from[1][n-2])
}

// attentionCost is nanoseconds on one worker.
func attentionCost(r op.Rule, from [][]int, to []int) float64 {
	return attentionFLOPs(r, from, to)/25 + 500
}
