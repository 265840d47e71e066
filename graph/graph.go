// Package graph is the face of Latent's symbolic graphs.
//
// Work goes in three phases.
//
// Build: Build runs model code once, for one set of shapes. The code calls
// functions of nodes (MatMul, Tanh, Sum …), uses their operators (x.Add(y)) and
// declares what it needs from a Scope: parameters, inputs, noise, state, outputs.
// Nothing is computed. A mistake, such as shapes that do not fit, aborts the
// build, and Build returns it as an error that says where; building code itself
// handles no errors.
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
// A graph is a Gorgonia graph: Node.Gorgonia shows a node as one of Gorgonia's,
// FromGorgonia takes in what Gorgonia's operations made of it, and those are run
// through their own Do.
//
// See the example of the package and those of Build (errors), Grad (hold) and
// Mapping (parameters of PyTorch), Scan (a recurrence) and WriteONNX, in example_test.go, and of Apply, an operation of one's own, in custom_test.go.
//
// # Files
//
// The types are in graph.go.
//
// Building: build.go and scope.go, with replay.go for several runs of one model,
// passes.go for several passes of one program, evaluate.go for values while a graph
// is built, dependence.go for what depends on what, initial.go for first values from data, check.go for arguments that are
// nil, errors.go for what a caller tells apart and door.go for what other packages of
// the module may use. Nodes come from const.go,
// math.go, special.go, shape.go, linear.go, einsum.go, conv.go, cholesky.go and custom.go, loops
// over time from scan.go; grad.go differentiates.
//
// Parameters: params.go, init.go, file.go (saved ones), frozen.go (those that do not
// change), and mapping.go with layout.go (those of other programs).
//
// Running: program.go, with values.go for what goes in and out, noise.go for
// random numbers, update.go for the end of a training step, nonfinite.go for where
// a NaN began, vm.go for Gorgonia's interface of machines and onnx.go for programs as
// models of ONNX.
package graph

import (
	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/internal/op"
)

// Node is a value in a graph: an input, a parameter, noise, a constant or the
// result of an operation. Its methods are
//
//	Shape() []int               the sizes of the axes; of a scalar none
//	Dtype() Dtype               the element type, that of the graph
//	Name() string               what a leaf was declared by; "" of results
//	String() string             a description
//	Gorgonia() *gorgonia.Node   the node of a Gorgonia graph that stands for it
//
// and what a formula writes between or behind its operands, for a node x and
// another y or a number a; nodes broadcast:
//
//	x.Add(y)  x.Sub(y)  x.Mul(y)  x.Div(y)  x.Pow(y)    x+y  x−y  x·y  x/y  xʸ
//	x.Neg()   x.Square()   x.Scale(a)   x.Shift(a)      −x  x²  a·x  x+a
//	x.Lt(y)  x.Le(y)  x.Gt(y)  x.Ge(y)  x.Eq(y)  x.Ne(y)   1 where <, ≤, >, ≥, =, ≠ holds, else 0
//
// The derivative of xʸ by y is 0 where x ≤ 0 and the result is finite;
// comparisons have none. What has a name in a formula is a function here: Exp,
// Sum, MatMul.
type Node = op.Node

// FromGorgonia returns the node that stands for one of Gorgonia's, which was
// made in the build under way from what Node.Gorgonia returned:
//
//	y := graph.FromGorgonia(gorgonia.Must(gorgonia.Cube(x.Gorgonia())))
//
// It is differentiated by Gorgonia's SymDiff; operations whose gradients are
// wrong there are refused by Grad, by name.
func FromGorgonia(n *gorgonia.Node) *Node { return op.Import(n) }

// Shape is the sizes of the axes. Rank 0 is a scalar.
type Shape = []int

// Size returns the number of elements of a shape; of a scalar, 1.
func Size(shape []int) int { return op.Size(shape) }

// Dtype is the type of a graph's elements, Float32 or Float64. The zero value
// leaves it open.
type Dtype = op.Dtype

// The element types a graph can have, one for all its nodes.
const (
	Float32 = op.Float32
	Float64 = op.Float64
)

// Float is a Go type of element.
type Float interface{ float32 | float64 }
