package op

import (
	"encoding/binary"
	"hash"
	"slices"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Op is a Rule applied to operands of given shapes, as Gorgonia has it.
type Op struct {
	Rule

	node *Node
	id   uint32 // tells it from the other operations of its graph
}

var _ gorgonia.SDOp = (*Op)(nil)

// Gorgonia returns the node of a Gorgonia graph that stands for n: for
// Gorgonia's own operations (see Import), its printers and its machines. The
// same one is returned each time.
func (n *Node) Gorgonia() *gorgonia.Node {
	if b := n.builder(); b.exprs == nil {
		b.exprs, b.foreign = gorgonia.NewGraph(), map[*gorgonia.Node]*Node{}
	}
	for _, m := range Needed(n) {
		if m.gorgonia == nil {
			m.gorgonia = m.show()
			m.b.foreign[m.gorgonia] = m
		}
	}
	return n.gorgonia
}

// show makes the node of Gorgonia's; those of the operands exist.
func (n *Node) show() *gorgonia.Node {
	b := n.b
	of := []gorgonia.NodeConsOpt{gorgonia.WithType(typeOf(b.Dtype, len(n.shape))), gorgonia.In(b.exprs), gorgonia.WithShape(n.shape...)}
	if n.rule == nil {
		name := n.name
		if name == "" {
			name = "const:" + n.leafString() + "#" + string(binary.AppendUvarint(nil, uint64(n.id)))
		}
		g := gorgonia.NewUniqueNode(append(of, gorgonia.WithName(name))...)
		if g.Op() != nil || g.Name() != name { // Gorgonia keeps leaves of one hash apart by their names
			Fail("graph: %s: Gorgonia returned the node %s", name, g.Name())
		}
		if n.name == "" {
			if err := gorgonia.UnsafeLet(g, n.value.Value()); err != nil {
				Fail("graph: constant: %v", err)
			}
		}
		return g
	}
	in := make([]*gorgonia.Node, len(n.in))
	for i, c := range n.in {
		in[i] = c.gorgonia
	}
	for {
		b.last++
		o := &Op{Rule: n.rule, node: n, id: uint32(b.last)}
		g := gorgonia.NewUniqueNode(append(of, gorgonia.WithOp(o), gorgonia.WithChildren(slices.Clone(in)))...)
		if g.Op() == gorgonia.Op(o) { // else a hash met another node's: take the next number
			return g
		}
	}
}

func typeOf(dt Dtype, rank int) hm.Type {
	if rank == 0 {
		return dt.tensor()
	}
	return gorgonia.TensorType{Dims: rank, Of: dt.tensor()}
}

// tensor returns the dtype as package tensor has it.
func (d Dtype) tensor() tensor.Dtype {
	if d == Float64 {
		return tensor.Float64
	}
	return tensor.Float32
}

// String names the operation with its parameters.
func (o *Op) String() string { return Name(o.Rule) }

// Arity returns the number of operands.
func (o *Op) Arity() int { return len(o.node.in) }

// Type returns the concrete function type, fresh at every call.
func (o *Op) Type() hm.Type {
	ts := make([]hm.Type, 0, len(o.node.in)+1)
	for _, n := range o.node.in {
		ts = append(ts, typeOf(n.Dtype(), len(n.shape)))
	}
	return hm.NewFnType(append(ts, typeOf(o.node.Dtype(), len(o.node.shape)))...)
}

// InferShape returns the shape of the result.
func (o *Op) InferShape(ds ...gorgonia.DimSizer) (tensor.Shape, error) {
	in, err := gorgonia.DimSizersToShapes(ds)
	if err != nil {
		return nil, err
	}
	return o.Shape(shapesOf(in))
}

func shapesOf(of []tensor.Shape) [][]int {
	in := make([][]int, len(of))
	for i, s := range of {
		in[i] = s
	}
	return in
}

// Do evaluates the reference on new memory.
func (o *Op) Do(vs ...gorgonia.Value) (gorgonia.Value, error) {
	in := make([]Array, len(vs))
	shapes := make([][]int, len(vs))
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
	out := NewArray(o.node.Dtype(), shape)
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
func (o *Op) SymDiff(_ gorgonia.Nodes, _, grad *gorgonia.Node) (d gorgonia.Nodes, err error) {
	defer recoverFailure(&err)
	for _, n := range o.Diff(o.node.in, o.node, Import(grad), all(len(o.node.in))) {
		if n == nil {
			d = append(d, nil)
		} else {
			d = append(d, n.Gorgonia())
		}
	}
	return d, nil
}
