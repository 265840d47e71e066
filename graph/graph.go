// Package graph is the face of Latent's symbolic graphs.
//
// Work goes in three phases.
//
// Build: Build runs model code once, for one set of shapes. The code calls
// functions of nodes (MatMul, Tanh, Sum …) and declares what it needs from a
// Scope: parameters, inputs, noise, state, outputs. Nothing is computed. A
// mistake, such as shapes that do not fit, aborts the build, and Build returns
// it as an error that says where; building code itself handles no errors.
//
// Gradients: Grad adds to the graph the nodes of a gradient. A gradient is a
// graph again, so second derivatives need nothing new.
//
// Run: Build returns a Program, which computes the declared outputs from the
// inputs, the parameters and numbered noise, again and again.
//
// Shapes are explicit: the last axis is the event, the leading axes are batch.
// Element-wise functions broadcast along axes of size 1 only; an operand of
// lower rank aligns at the last axis and never enlarges the other.
//
// A Node is a Gorgonia node: operations of gorgonia.org/gorgonia may be mixed
// in, and are run through their own Do. Gorgonia's own Grad and machines work on
// the graph that Scope.Gorgonia returns.
package graph

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Node is a value in a graph: an input, a parameter or a result.
type Node = gorgonia.Node

// Shape is the sizes of the axes. Rank 0 is a scalar.
type Shape = tensor.Shape

// The element types a graph can have, one for all its nodes.
var (
	Float32 = tensor.Float32
	Float64 = tensor.Float64
)

// Float is a Go type of element.
type Float interface{ float32 | float64 }
