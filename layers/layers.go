// Package layers holds the deterministic parts of networks: nouns with
// weights. NewX declares the weights in a scope, once a build; Apply may then
// be called as often as needed. Every layer works on the last axis and accepts
// any number of leading axes.
//
// A layer that draws noise declares it in Apply, in the scope it was made in, and
// is applied once in a run of a model, as is one that assigns a state. Where
// estimators run the model again, it has the noise and the assignment of the first
// run. Package vi says which of them a layer that mixes rows makes biased.
package layers

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Layer is a function of a node, perhaps with weights.
type Layer interface {
	Apply(x *graph.Node) *graph.Node
}

// Stack applies layers one after the other.
type Stack []Layer

// Apply implements Layer.
func (l Stack) Apply(x *graph.Node) *graph.Node {
	for i, f := range l {
		if op.Nil(f) {
			graph.Fail("layers: stack: layer %d is nil", i)
		}
		x = f.Apply(x)
	}
	return x
}

// Func is a function without weights as a layer, such as Func(graph.Tanh).
type Func func(x *graph.Node) *graph.Node

// Apply implements Layer.
func (f Func) Apply(x *graph.Node) *graph.Node {
	if f == nil {
		graph.Fail("layers: Func is nil")
	}
	return f(x)
}

// Config says how networks are made. The zero value is the thesis's: tanh
// units, Glorot-uniform weights.
type Config struct {
	Activation Func       // between the layers of an MLP; nil means graph.Tanh. NewDense, which has none, refuses one
	Weights    graph.Init // nil means graph.Glorot
	Biases     graph.Init // nil means zero
	NoBias     bool       // refused beside Biases
}

// NewMLP declares a multilayer perceptron with tanh units, linear at its end.
// sizes are the widths: input, hidden ones, output.
func NewMLP(s *graph.Scope, sizes ...int) Stack { return Config{}.NewMLP(s, sizes...) }

// NewMLP declares a multilayer perceptron, linear at its end; its dense layers
// live in the scopes 0, 1, ….
func (c Config) NewMLP(s *graph.Scope, sizes ...int) Stack {
	if len(sizes) < 2 {
		graph.Fail("layers: MLP %s: widths %v, want an input and an output at least", s.Path(), sizes)
	}
	act := c.Activation
	if act == nil {
		act = graph.Tanh
	}
	var l Stack
	for i := 1; i < len(sizes); i++ {
		if i > 1 {
			l = append(l, act)
		}
		l = append(l, c.dense(s.In(fmt.Sprint(i-1)), sizes[i-1], sizes[i]))
	}
	return l
}
