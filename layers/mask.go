package layers

import "github.com/latentgo/latent/graph"

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

// empty tells whether an output sees nothing.
func (m mask) empty(in, out int) bool {
	for i := range in {
		if m(i, out) {
			return false
		}
	}
	return true
}
