package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// convSizes returns the pictures of a convolution and the channels of its input and
// its result, by the shapes of what its rule takes and gives.
func convSizes(r op.Conv, from [][]int, to []int) (n, in, out int) {
	last := func(s []int) int { return s[len(s)-1] }
	n = op.Size(from[0][:len(from[0])-3])
	if r.Part == kernel.ConvInput {
		return n, last(to), last(from[0])
	}
	return n, last(from[0]), last(from[1])
}

// convFLOPs returns the multiplications and additions of a convolution.
func convFLOPs(r op.Rule, from [][]int, to []int) float64 {
	c := r.(op.Conv)
	n, in, out := convSizes(c, from, to)
	return kernel.ConvFLOPs(n, in, out, c.Groups, c.H, c.W)
}

// convCost and poolCost are nanoseconds on one worker.
func convCost(r op.Rule, from [][]int, to []int) float64 { return convFLOPs(r, from, to)/25 + 500 }

func poolCost(r op.Rule, _ [][]int, to []int) float64 {
	p := r.(op.Pooling)
	return float64(op.Size(to)*p.H.Size*p.W.Size) + 100
}
