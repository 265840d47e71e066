package layers

import (
	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// weightNorm is a weight matrix as the lengths g and the directions v/‖v‖ of its
// columns (Salimans and Kingma, arXiv 1602.07868).
type weightNorm struct {
	s         *graph.Scope
	direction *graph.Node // [in, out]
	length    *graph.Node // [out]
	weights   *graph.Node // their product
}

func newWeightNorm(s *graph.Scope, v *graph.Node, allow mask) *weightNorm {
	in, out := v.Shape()[0], v.Shape()[1]
	square := graph.Sum(v.Square(), 0)
	if allow != nil { // a unit that sees nothing has no direction
		empty := make([]float64, out)
		for j := range empty {
			if allow.empty(in, j) {
				empty[j] = 1
			}
		}
		square = square.Add(s.Tensor(empty, out))
	}
	direction, length := v.Mul(graph.Rsqrt(square)), s.Param("g", graph.Constant(1), out)
	return &weightNorm{s, direction, length, direction.Mul(length)}
}

// firstWeights fills weights as an initialiser does, with zeros where a mask has them.
type firstWeights struct {
	init  graph.Init
	mask  mask // nil: all is seen
	norms bool // a direction is wanted of every column
}

// Fill implements graph.Init.
func (f firstWeights) Fill(dst []float64, shape graph.Shape, r graph.Random) error {
	if op.Nil(f.init) {
		return errors.New("no initialiser")
	}
	if err := f.init.Fill(dst, shape, r); err != nil {
		return err
	}
	out := shape[len(shape)-1]
	in := len(dst) / max(out, 1)
	for i := range dst {
		if f.mask != nil && !f.mask(i/out, i%out) {
			dst[i] = 0
		}
	}
	for j := range out {
		zero := f.norms && (f.mask == nil || !f.mask.empty(in, j))
		for i := 0; zero && i < in; i++ {
			zero = dst[i*out+j] == 0
		}
		if zero {
			return errors.New("weight normalisation of weights that start at zero, which have no direction")
		}
	}
	return nil
}
