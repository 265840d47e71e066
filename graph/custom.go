package graph

import (
	"fmt"

	"github.com/latentgo/latent/internal/op"
)

// Array is a value in row-major order: its Shape and its elements, in F32 or
// F64, whichever is the dtype. Its methods are
//
//	Len() int                 the number of elements
//	At(i int) float64         element i
//	Set(i int, v float64)     sets element i, rounding to the dtype
type Array = op.Array

// Rule is an operation of one's own. It is a small value, such as a struct of
// numbers: two Rules of one type that print alike are the same operation, and
// the same operation of the same nodes is computed once.
type Rule interface {
	// Shape returns the shape of the result, or why the operands do not fit.
	// It may not keep or change what it is given.
	Shape(in [][]int) ([]int, error)
	// Eval writes the result for the operands in to all of out, which it may
	// not read. It may be called by several programs at once. An error stops
	// the run.
	Eval(out Array, in []Array) error
	// Diff returns one node for each operand: the derivative of the cost by it,
	// of the operand's shape, given that by the result, grad; nil where it is
	// zero everywhere or need does not ask for it. A nil slice is zero by all.
	Diff(in []*Node, out, grad *Node, need []bool) []*Node
}

// Apply returns the result of an operation of one's own. An operation that can
// be written with functions of this package, and wants only a gradient of its
// own, is faster with CustomGrad.
func Apply(r Rule, in ...*Node) *Node {
	if op.Nil(r) {
		Fail("graph: apply: the operation is nil")
	}
	return op.Apply(r, in...)
}

// CustomGrad returns y, whose derivatives by the nodes x are not those of the
// operations that it was computed with but what diff makes of the derivative
// of the cost by y: one node for each of x, of its shape or broadcasting with
// it, nil for zero. No derivative passes in any other way. Computing y costs
// what it did; nothing is added.
//
// A step function with the slope of a sigmoid (Bengio, Léonard and Courville,
// arXiv 1308.3432):
//
//	p := graph.Sigmoid(x)
//	step := graph.CustomGrad(x.Gt(graph.Const(0)), []*graph.Node{x}, func(g *graph.Node) []*graph.Node {
//		return []*graph.Node{g.Mul(p.Mul(graph.Const(1).Sub(p)))}
//	})
func CustomGrad(y *Node, x []*Node, diff func(grad *Node) []*Node) *Node {
	op.Check(y, "custom gradient of")
	for i, n := range x {
		op.Check(n, fmt.Sprintf("custom gradient by x[%d]", i))
	}
	if diff == nil {
		Fail("graph: a custom gradient without a function")
	}
	return op.Apply(&op.Custom{By: diff}, append([]*Node{y}, x...)...)
}
