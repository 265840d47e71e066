package layers

import (
	"fmt"

	"github.com/latentgo/latent/graph"
)

// Config says how networks are made. The zero value is the thesis's: tanh
// units, Glorot-uniform weights.
type Config struct {
	Activation Func       // between the layers of an MLP; nil means graph.Tanh. NewDense, which has none, refuses one
	Weights    graph.Init // nil means graph.Glorot, and of an embedding graph.Gaussian{Std: 1}
	Biases     graph.Init // nil means zero
	NoBias     bool       // refused beside Biases

	// WeightNorm makes the weights of each unit g·v/‖v‖, of a length "g", at
	// first 1, and a direction "v", which Weights initialises (Salimans and
	// Kingma, arXiv 1602.07868). A program of graph.BuildInitialising
	// sets g and b so that over a first batch what enters each unit's activation
	// has mean 0 and variance 1; see Standardise.
	WeightNorm bool
}

// NewMLP declares a multilayer perceptron with tanh units, linear at its end.
// sizes are the widths: input, hidden ones, output.
func NewMLP(s *graph.Scope, sizes ...int) Stack { return Config{}.NewMLP(s, sizes...) }

// NewMLP declares a multilayer perceptron, linear at its end; its dense layers
// live in the scopes 0, 1, ….
func (c Config) NewMLP(s *graph.Scope, sizes ...int) Stack {
	if len(sizes) < 2 {
		graph.Fail("layers: %s: widths %v, want an input and an output at least", named("MLP", s.Path()), sizes)
	}
	act := c.activation()
	var l Stack
	for i := 1; i < len(sizes); i++ {
		if i > 1 {
			l = append(l, act)
		}
		l = append(l, c.dense(s.In(fmt.Sprint(i-1)), sizes[i-1], sizes[i], nil))
	}
	return l
}

func (c Config) activation() Func {
	if c.Activation == nil {
		return graph.Tanh
	}
	return c.Activation
}
