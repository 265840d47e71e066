package op

import (
	"fmt"
	"strings"

	"gorgonia.org/gorgonia"
)

// Dtype is the type of the elements of a graph, one for all its nodes.
type Dtype uint8

// The element types. The zero value is none of them: where a user may leave it
// open, it means Float32.
const (
	Float32 Dtype = iota + 1
	Float64
)

func (d Dtype) String() string {
	switch d {
	case Float32:
		return "float32"
	case Float64:
		return "float64"
	}
	return fmt.Sprintf("Dtype(%d)", uint8(d))
}

// Size returns the bytes of an element.
func (d Dtype) Size() int { return 2 << d }

// Node is a value in a graph: a leaf (input, parameter, state, noise or
// constant) or the result of an operation. It is made by a build and belongs to
// it.
type Node struct {
	b     *Builder
	rule  Rule // nil of a leaf
	in    []*Node
	id    int32
	shape []int
	name  string // of a leaf that is no constant
	value Array  // of a constant
	body  *Body  // of the Scan whose steps compute it, nil outside of all

	gorgonia *gorgonia.Node // once somebody asked for it
}

// Shape returns the sizes of the axes; of a scalar none.
func (n *Node) Shape() []int { return append([]int{}, n.notNil().shape...) }

// Dtype returns the element type, which is that of the graph.
func (n *Node) Dtype() Dtype { return n.builder().Dtype }

// Name returns the name that an input, parameter, state or noise was declared
// by, with its scope; "" of others.
func (n *Node) Name() string { return n.notNil().name }

// String describes the node: a leaf by its name, a constant by its value, a
// result by its operation and what stands next to it.
func (n *Node) String() string {
	if n == nil {
		return "<nil>"
	}
	if n.rule == nil {
		return n.leafString()
	}
	if _, ok := n.rule.(*Scan); ok { // which has many operands
		return Name(n.rule)
	}
	in := make([]string, len(n.in))
	for i, c := range n.in {
		if in[i] = c.leafString(); c.rule != nil {
			in[i] = Name(c.rule) + "(…)"
		}
	}
	return Name(n.rule) + "(" + strings.Join(in, ", ") + ")"
}

func (n *Node) leafString() string {
	switch {
	case n.name != "":
		return n.name
	case n.value.Len() == 1:
		return fmt.Sprint(n.value.At(0))
	}
	return fmt.Sprintf("constant %v", n.shape)
}

// notNil aborts if a node is nil.
func (n *Node) notNil() *Node {
	if n == nil {
		Fail("graph: a node is nil")
	}
	return n
}

// builder returns the build of a node, and aborts if there is none.
func (n *Node) builder() *Builder {
	if n.notNil().b == nil {
		Fail("graph: a node is zero, want one that a build made")
	}
	return n.b
}

// Rule is what one operation says of itself. A Rule is a small value: two
// Rules that print alike are the same operation.
type Rule interface {
	// Shape returns the shape of the result, or why the operands do not fit.
	// It may not keep or change what it is given.
	Shape(in [][]int) ([]int, error)
	// Eval writes the result for the operands in to out, which it may not
	// read. It is the reference: obvious first, computed in float64.
	Eval(out Array, in []Array) error
	// Diff returns, for each operand that need marks, the adjoint as a node of
	// the operand's shape, nil where the derivative is zero everywhere.
	Diff(in []*Node, out, grad *Node, need []bool) []*Node
}

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

// Has tells whether a node is one of this builder's.
func (b *Builder) Has(n *Node) bool { return n.b == b }

// RuleOf returns the operation that a node is the result of; nil of a leaf.
func RuleOf(n *Node) Rule { return n.rule }

// Inputs returns the operands of a node in order, duplicates included. The
// slice is the node's own.
func Inputs(n *Node) []*Node { return n.in }

// Constant returns the value of a constant, which may not be changed.
func Constant(n *Node) (Array, bool) {
	return n.value, n.rule == nil && n.name == ""
}

// Needed lists what outs depend on, operands first, in a fixed order.
func Needed(outs ...*Node) []*Node { return NeededFrom(nil, outs) }

// NeededFrom is Needed but for what the nodes for which given is true depend on.
func NeededFrom(given func(*Node) bool, outs []*Node) []*Node {
	var order []*Node
	seen := map[*Node]bool{}
	type frame struct {
		n    *Node
		next int
	}
	for _, out := range outs {
		if seen[out] {
			continue
		}
		seen[out] = true
		stack := []frame{{n: out}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next == len(f.n.in) || given != nil && given(f.n) {
				order = append(order, f.n)
				stack = stack[:len(stack)-1]
				continue
			}
			c := f.n.in[f.next]
			f.next++
			if !seen[c] {
				seen[c] = true
				stack = append(stack, frame{n: c})
			}
		}
	}
	return order
}
