package bayes

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi"
)

// constant is the map y = w, whatever x is: of weights [1, D] that are biases.
type constant struct{}

var _ vi.Flipping = constant{}

func (constant) Mul(x, w *graph.Node) *graph.Node {
	n := len(x.Shape()) - 1
	return graph.BroadcastTo(w, append(slices.Clone(x.Shape()[:n]), w.Shape()[len(w.Shape())-1])...)
}

func (f constant) Variance(x, v *graph.Node) *graph.Node { return f.Mul(x, v) }

func (f constant) Flip(x, w, _, r *graph.Node) *graph.Node { return f.Mul(x, w).Mul(r) }

// scale is the map y_i = x_i·w_i, of weights [1, D] that are scales of inputs.
type scale struct{}

var _ vi.Flipping = scale{}

func (scale) Mul(x, w *graph.Node) *graph.Node { return x.Mul(w) }

func (scale) Variance(x, v *graph.Node) *graph.Node { return x.Square().Mul(v) }

func (scale) Flip(x, w, s, r *graph.Node) *graph.Node { return x.Mul(w).Mul(s.Mul(r)) }
