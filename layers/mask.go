package layers

import (
	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// mask tells which inputs of a layer its outputs see.
type mask func(in, out int) bool

// node returns the matrix of zeros and ones.
func (m mask) node(s *graph.Scope, in, out int) *graph.Node {
	ones := make([]float64, in*out)
	for k := range ones {
		if m(k/out, k%out) {
			ones[k] = 1
		}
	}
	return s.Tensor(ones, in, out)
}

// masked fills as another initialiser does, with zeros where the mask has them.
type masked struct {
	init graph.Init
	mask mask
}

// Fill implements graph.Init.
func (m masked) Fill(dst []float64, shape graph.Shape, r graph.Random) error {
	if op.Nil(m.init) {
		return errors.New("no initialiser")
	}
	if err := m.init.Fill(dst, shape, r); err != nil {
		return err
	}
	for i := range dst {
		if !m.mask(i/shape[1], i%shape[1]) {
			dst[i] = 0
		}
	}
	return nil
}
