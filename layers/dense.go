package layers

import (
	"strings"

	"github.com/latentgo/latent/graph"
)

// Dense is an affine map of the last axis: x·W + b.
type Dense struct {
	W *graph.Node // [in, out]
	B *graph.Node // [out], or nil
}

// NewDense declares a dense layer with Glorot-uniform weights "w" and zero
// biases "b".
func NewDense(s *graph.Scope, in, out int) Dense { return Config{}.NewDense(s, in, out) }

// NewDense declares a dense layer with weights "w" and biases "b".
func (c Config) NewDense(s *graph.Scope, in, out int) Dense {
	if c.Activation != nil {
		graph.Fail("layers: dense %s: a dense layer has no Activation; put one behind it in a Stack", s.Path())
	}
	return c.dense(s, in, out)
}

func (c Config) dense(s *graph.Scope, in, out int) Dense {
	if c.NoBias && c.Biases != nil {
		graph.Fail("layers: dense %s: NoBias and Biases: choose one", s.Path())
	}
	if in < 1 || out < 1 {
		graph.Fail("layers: dense %s: widths %d and %d, want 1 or more", s.Path(), in, out)
	}
	if c.Weights == nil {
		c.Weights = graph.Glorot{}
	}
	if c.Biases == nil {
		c.Biases = graph.Constant(0)
	}
	d := Dense{W: s.Param("w", c.Weights, in, out)}
	if !c.NoBias {
		d.B = s.Param("b", c.Biases, out)
	}
	return d
}

// Apply implements Layer: [… in] to [… out].
func (d Dense) Apply(x *graph.Node) *graph.Node {
	switch {
	case d.W == nil:
		graph.Fail("layers: dense: W is nil; layers.NewDense declares it")
	case len(d.W.Shape()) != 2:
		graph.Fail("layers: dense %s: weights of shape %v, want [in out]", strings.TrimSuffix(d.W.Name(), "/w"), d.W.Shape())
	case x == nil:
		graph.Fail("layers: dense %s: input is nil", strings.TrimSuffix(d.W.Name(), "/w"))
	}
	if sh, in := x.Shape(), d.W.Shape()[0]; len(sh) < 2 || sh[len(sh)-1] != in {
		graph.Fail("layers: dense %s: input %v, want [… %d] with a batch axis", strings.TrimSuffix(d.W.Name(), "/w"), sh, in)
	}
	defer graph.Enter("layer " + strings.TrimSuffix(d.W.Name(), "/w"))()
	return graph.Linear(x, d.W, d.B)
}
