// Package layers holds the parts of networks that are no distributions: nouns
// with weights. NewX declares the weights in a scope, once a build; Apply may
// then be called as often as needed. Layers work on the last axis, those of pictures
// and sequences on the last axes, and accept any number of leading ones.
//
// A layer that draws noise declares it in Apply, in the scope it was made in, and
// is applied once in a run of a model, as is one that assigns a state. Where
// estimators run the model again, it has the noise and the assignment of the first
// run. Package vi says which of them a layer that mixes rows makes biased.
//
// Read on by what is looked for:
//
//   - layers.go: Layer, Stack and Func
//   - dense.go, mlp.go: affine maps and networks of them; Config, the choices
//     that all networks share
//   - mask.go, degrees.go, made.go: networks in which a variable sees only those
//     before it
//   - residual.go, resnet.go: sums with what came in
//   - weightnorm.go, standardise.go: weight normalisation, and first values from
//     data
//   - norm.go, dropout.go: layers with states and with noise
//   - embedding.go: tables
//   - conv.go, pool.go, upsample.go, convblock.go: pictures […, H, W, C] and
//     sequences […, T, C], channels last; Flatten makes vectors of them
//   - cell.go, sequence.go: recurrent cells, and sequences over them
//   - attention.go: means of values by how queries and keys fit, with one head or
//     several
//   - context.go: what a Conditional, such as MADE and ResNet, is given besides
//
// See the examples NewMADE and Standardise, first values from data, in
// example_test.go, and in example_networks_test.go NewConv2D, Bidirectional and
// NewMultiHead, of pictures, sequences and attention.
package layers

import (
	"strings"

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

// rounded returns a number as the graph has it.
func rounded(s *graph.Scope, v float64) float64 {
	if s.Dtype() == graph.Float32 {
		return float64(float32(v))
	}
	return v
}

// named is a layer as errors name it, by its path where it has one.
func named(what, path string) string { return strings.TrimSpace(what + " " + path) }

// checkInput refuses an input that is not [… width] with a batch axis.
func checkInput(x *graph.Node, width int, what, path string) {
	if x == nil {
		graph.Fail("layers: %s: input is nil", named(what, path))
	}
	sh := x.Shape()
	if len(sh) >= 2 && sh[len(sh)-1] == width {
		return
	}
	for n := len(sh) - 2; n > 0; n-- {
		if graph.Size(sh[n:]) == width {
			graph.Fail("layers: %s: input %v, want [… %d]: make vectors of the rows %v, by graph.Reshape or in the batches (Flat)", named(what, path), sh, width, sh[n:])
		}
	}
	graph.Fail("layers: %s: input %v, want [… %d] with a batch axis", named(what, path), sh, width)
}
