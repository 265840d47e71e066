// Package op holds the operations that Latent's graphs are made of.
//
// An operation is a Rule: its shape, a plain reference evaluation and its
// adjoint written with other operations, so that a gradient is a graph again.
// Op turns any Rule into a Gorgonia Op and SDOp. Nodes are made by Apply,
// which merges equal expressions exactly and never trusts Gorgonia's 32-bit
// hashes: every Op carries a number of its own.
//
// Building functions return no errors. A mistake aborts the build with a
// private panic, which Builder.Do alone turns into an error.
package op

import (
	"encoding/binary"
	"fmt"
	"hash"
	"strings"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Node is a node of a Gorgonia graph.
type Node = gorgonia.Node

// Rule is what one operation says of itself. A Rule is a small value: two
// Rules that print alike are the same operation.
type Rule interface {
	// Shape returns the shape of the result, or why the operands do not fit.
	Shape(in []tensor.Shape) (tensor.Shape, error)
	// Eval writes the result for the operands in to out, which it may not
	// read. It is the reference: obvious first, computed in float64.
	Eval(out Array, in []Array) error
	// Diff returns, for each operand that need marks, the adjoint as a node of
	// the operand's shape, nil where the derivative is zero everywhere.
	Diff(in []*Node, out, grad *Node, need []bool) []*Node
}

// Op is a Rule applied to operands of given shapes, as Gorgonia has it.
type Op struct {
	Rule
	In []*Node // the operands

	id    uint32
	dt    tensor.Dtype
	shape tensor.Shape
}

var _ gorgonia.SDOp = (*Op)(nil)

// String names the operation with its parameters.
func (o *Op) String() string { return Name(o.Rule) }

// Name prints a rule: its type in lower case and the values of its fields.
func Name(r any) string {
	if s, ok := r.(fmt.Stringer); ok {
		return s.String()
	}
	t := fmt.Sprintf("%T", r)
	t = strings.ToLower(t[strings.LastIndexByte(t, '.')+1:])
	if v := fmt.Sprint(r); v != "{}" {
		return t + v
	}
	return t
}

// Describe names a node for a person: a leaf by its name, a result by its
// operation and what stands next to it.
func Describe(n *Node) string {
	if n.Op() == nil {
		return leafName(n)
	}
	s := ruleName(n) + "("
	for i, c := range Inputs(n) {
		if i > 0 {
			s += ", "
		}
		if c.Op() == nil {
			s += leafName(c)
		} else {
			s += ruleName(c) + "(…)"
		}
	}
	return s + ")"
}

// leafName is the name of a leaf, or the number of a scalar constant.
func leafName(n *Node) string {
	c, ok := Constant(n)
	switch {
	case !ok:
		return n.Name()
	case c.Len() == 1:
		return fmt.Sprint(c.At(0))
	}
	return fmt.Sprintf("constant %v", []int(c.Shape))
}

func ruleName(n *Node) string {
	if o, ok := n.Op().(*Op); ok {
		return Name(o.Rule)
	}
	return Name(n.Op())
}

// Arity returns the number of operands.
func (o *Op) Arity() int { return len(o.In) }

// Type returns the concrete function type, fresh at every call.
func (o *Op) Type() hm.Type {
	ts := make([]hm.Type, 0, len(o.In)+1)
	for _, n := range o.In {
		ts = append(ts, typeOf(o.dt, len(n.Shape())))
	}
	return hm.NewFnType(append(ts, typeOf(o.dt, len(o.shape)))...)
}

func typeOf(dt tensor.Dtype, rank int) hm.Type {
	if rank == 0 {
		return dt
	}
	return gorgonia.TensorType{Dims: rank, Of: dt}
}

// InferShape returns the shape of the result.
func (o *Op) InferShape(ds ...gorgonia.DimSizer) (tensor.Shape, error) {
	in, err := gorgonia.DimSizersToShapes(ds)
	if err != nil {
		return nil, err
	}
	return o.Shape(in)
}

// Do evaluates the reference on new memory.
func (o *Op) Do(vs ...gorgonia.Value) (gorgonia.Value, error) {
	in := make([]Array, len(vs))
	shapes := make([]tensor.Shape, len(vs))
	for i, v := range vs {
		var err error
		if in[i], err = ArrayOf(v); err != nil {
			return nil, err
		}
		shapes[i] = in[i].Shape
	}
	shape, err := o.Shape(shapes)
	if err != nil {
		return nil, errors.WithMessagef(err, "op: %v", o)
	}
	out := NewArray(o.dt, shape)
	if err := o.Eval(out, in); err != nil {
		return nil, errors.WithMessagef(err, "op: %v", o)
	}
	return out.Value(), nil
}

// ReturnsPtr returns false: a result is always new memory.
func (o *Op) ReturnsPtr() bool { return false }

// CallsExtern returns false.
func (o *Op) CallsExtern() bool { return false }

// OverwritesInput returns -1: operands are never written.
func (o *Op) OverwritesInput() int { return -1 }

// Hashcode returns the number of this Op, which no other Op of its graph has.
func (o *Op) Hashcode() uint32 { return o.id }

// WriteHash writes the same number.
func (o *Op) WriteHash(h hash.Hash) { binary.Write(h, binary.LittleEndian, o.id) }

// DiffWRT says that every operand may be asked for; Diff answers nil where the
// derivative is zero.
func (o *Op) DiffWRT(n int) []bool { return all(n) }

func all(n int) []bool {
	need := make([]bool, n)
	for i := range need {
		need[i] = true
	}
	return need
}

// SymDiff returns the adjoints of all operands. It builds nodes, so it works
// only while the graph is being built.
func (o *Op) SymDiff(in gorgonia.Nodes, out, grad *Node) (d gorgonia.Nodes, err error) {
	defer recoverFailure(&err)
	return o.Diff(in, out, grad, all(len(in))), nil
}

// Inputs returns the operands of a node in order, duplicates included.
func Inputs(n *Node) []*Node {
	if o, ok := n.Op().(*Op); ok {
		return o.In
	}
	if n.Op() == nil {
		return nil
	}
	var in []*Node
	for it := n.Graph().From(n.ID()); it.Next(); {
		in = append(in, it.Node().(*Node))
	}
	return in
}
