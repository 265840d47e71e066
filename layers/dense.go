package layers

import (
	"strings"

	"github.com/latentgo/latent/graph"
)

// Dense is an affine map of the last axis: x·W + b.
type Dense struct {
	W *graph.Node // [in, out]
	B *graph.Node // [out], or nil

	path string      // of the scope it was made in
	norm *weightNorm // what W is made of; nil: it is a parameter
}

// NewDense declares a dense layer with Glorot-uniform weights "w" and zero
// biases "b".
func NewDense(s *graph.Scope, in, out int) Dense { return Config{}.NewDense(s, in, out) }

// NewDense declares a dense layer with weights "w" and biases "b"; with
// WeightNorm the weights are made of "v" and "g".
func (c Config) NewDense(s *graph.Scope, in, out int) Dense {
	return c.linear("dense", s).dense(s, in, out, nil)
}

// NewMaskedDense is Config.NewMaskedDense with Glorot-uniform weights and zero
// biases.
func NewMaskedDense(s *graph.Scope, in, out int, allow func(in, out int) bool) Dense {
	return Config{}.NewMaskedDense(s, in, out, allow)
}

// NewMaskedDense declares a dense layer in which output j sees input i only
// where allow(i,j): its W is the parameter "w" times a mask of zeros and ones
// (Germain, Gregor, Murray and Larochelle, arXiv 1502.03509). The other
// entries of the parameter start at 0, whatever Weights says, and have no
// gradient, so that they add nothing to norms and decay.
func (c Config) NewMaskedDense(s *graph.Scope, in, out int, allow func(in, out int) bool) Dense {
	if allow == nil {
		graph.Fail("layers: %s: the mask is nil", named("masked dense", s.Path()))
	}
	return c.linear("masked dense", s).dense(s, in, out, allow)
}

// linear returns the configuration for a layer that has no activation.
func (c Config) linear(what string, s *graph.Scope) Config {
	if c.Activation != nil {
		graph.Fail("layers: %s: a dense layer has no Activation; put one behind it in a Stack", named(what, s.Path()))
	}
	return c
}

// plain returns the configuration for a linear map whose result is added to that
// of another layer.
func (c Config) plain() Config { return Config{Weights: c.Weights, NoBias: true} }

// dense declares a dense layer, with a mask unless allow is nil.
func (c Config) dense(s *graph.Scope, in, out int, allow mask) Dense {
	if c.NoBias && c.Biases != nil {
		graph.Fail("layers: %s: NoBias and Biases: choose one", named("dense", s.Path()))
	}
	if in < 1 || out < 1 {
		graph.Fail("layers: %s: widths %d and %d, want 1 or more", named("dense", s.Path()), in, out)
	}
	if c.Weights == nil {
		c.Weights = graph.Glorot{}
	}
	if c.Biases == nil {
		c.Biases = graph.Constant(0)
	}
	name := "w"
	if c.WeightNorm {
		name = "v"
	}
	d := Dense{path: s.Path()}
	if allow == nil {
		d.W = s.Param(name, firstWeights{c.Weights, nil, c.WeightNorm}, in, out)
	} else {
		d.W = s.Param(name, firstWeights{c.Weights, allow, c.WeightNorm}, in, out).Mul(allow.node(s, in, out))
	}
	if c.WeightNorm {
		d.norm = newWeightNorm(s, d.W, allow)
		d.W = d.norm.weights
	}
	if !c.NoBias {
		d.B = s.Param("b", c.Biases, out)
	}
	return d
}

// Apply implements Layer: [… in] to [… out].
func (d Dense) Apply(x *graph.Node) *graph.Node { return d.apply(x) }

// apply is Apply with summands for x·W, which the length of weight normalisation
// multiplies too.
func (d Dense) apply(x *graph.Node, more ...*graph.Node) *graph.Node {
	if d.W == nil {
		graph.Fail("layers: dense: W is nil; layers.NewDense declares it")
	}
	path := d.path
	if path == "" {
		path = strings.TrimSuffix(d.W.Name(), "/w")
	}
	if len(d.W.Shape()) != 2 {
		graph.Fail("layers: %s: weights of shape %v, want [in out]", named("dense", path), d.W.Shape())
	}
	checkInput(x, d.W.Shape()[0], "dense", path)
	defer graph.Enter("layer " + path)()
	if d.norm != nil && d.W == d.norm.weights {
		y := graph.AddN(append([]*graph.Node{graph.MatMul(x, d.norm.direction)}, more...)...)
		return Standardise(d.norm.s, y, d.norm.length, d.B)
	}
	return graph.AddN(append([]*graph.Node{graph.Linear(x, d.W, d.B)}, more...)...)
}
