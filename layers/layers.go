// Package layers holds the deterministic parts of networks: nouns with
// weights. NewX declares the weights in a scope, once a build; Apply may then
// be called as often as needed. Every layer works on the last axis and accepts
// any number of leading axes.
//
// A layer that draws noise declares it in Apply, in the scope it was made in, and
// is applied once in a run of a model, as is one that assigns a state;
// graph.Scope.Run says what becomes of that where estimators run the model again,
// and package vi which of them a layer that mixes rows makes biased.
//
// Read on by what is looked for: dense.go and mlp.go (affine maps and what they
// make), mask.go, degrees.go and made.go (networks in which a variable sees only
// those before it).
//
// See the example NewMADE, in example_test.go.
package layers

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Layer is a function of a node, perhaps with weights.
type Layer interface {
	Apply(x *graph.Node) *graph.Node
}

// Conditional is a function of a node and of a context, such as what an encoder
// knows of the datum, which is nil where there is none.
type Conditional interface {
	Apply(x, context *graph.Node) *graph.Node
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
