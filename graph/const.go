package graph

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// Const returns a scalar, the same node for the same number. It is
// Scope.Const for code that has no scope.
func Const(v float64) *Node { return op.Current().Const(v) }

// Tensor returns a constant in row-major order. It is Scope.Tensor for code
// that has no scope.
func Tensor(values []float64, shape ...int) *Node {
	return op.Current().Tensor(slices.Clone(shape), values)
}
