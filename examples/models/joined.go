package models

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// joined is an affine map of two inputs side by side, x·U + y·V + b. It is a
// dense layer of their concatenation, but multiplies each by its own weights:
// what does not depend on an enumerated class is computed once for all.
type joined struct{ x, y layers.Dense }

func newJoined(s *graph.Scope, c layers.Config, x, y, out int) joined {
	bare := c
	bare.Activation, bare.NoBias, bare.Biases = nil, true, nil
	c.Activation = nil
	return joined{c.NewDense(s.In("x"), x, out), bare.NewDense(s.In("y"), y, out)}
}

func (j joined) Apply(x, y *graph.Node) *graph.Node { return j.x.Apply(x).Add(j.y.Apply(y)) }
