// Package onnx writes graphs as ONNX models, of the operators of opset 18.
//
// Source: the specification in github.com/onnx/onnx, docs/IR.md, docs/Operators.md
// and onnx.proto3, whose messages are few enough to be written by hand.
//
// onnx.go has the model, proto.go its messages, value.go the values of which
// formulas are made. rules.go goes through the operations: those that move
// elements are in move.go, reductions and products in fold.go, attention in
// attention.go, functions of one number in unary.go and of two in binary.go. gamma.go, normal.go, sinhc.go,
// terms.go and density.go make of ONNX's operators what it has none for.
package onnx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/protobuf"
)

const (
	irVersion = 8 // the first with opset 18 is 8
	opset     = 18
	mostBytes = math.MaxInt32 // of a message
)

// Output is a node under the name that it has in the model.
type Output struct {
	Name string
	Node *op.Node
}

// Leaf says what a node without operands is: its name in the model and its value,
// or no value of an input.
type Leaf func(n *op.Node) (name string, value op.Array, err error)

// Write writes the model that computes outs.
func Write(to io.Writer, dt op.Dtype, outs []Output, leaf Leaf) error {
	w := &writer{graph: elemOf(dt), now: elemOf(dt), made: map[string]value{}, names: map[string]bool{}, values: map[*op.Node]value{}}
	nodes := make([]*op.Node, len(outs))
	for i, o := range outs {
		nodes[i] = o.Node
	}
	var inputs, outputs protobuf.Message
	for _, n := range op.Needed(nodes...) {
		v, err := w.node(n, leaf, &inputs)
		if err != nil {
			return err
		}
		w.values[n] = v
	}
	for _, o := range outs {
		if w.names[o.Name] {
			return errors.Errorf("output %s has the name of an input, a parameter or noise, and names in a model are one for each value", o.Name)
		}
		w.names[o.Name] = true
		w.nodes.Bytes(1, nodeProto("Identity", o.Name, []string{w.values[o.Node].name}, nil))
		outputs.Bytes(12, valueInfo(o.Name, w.graph, o.Node.Shape()))
	}
	// GraphProto: node 1, name 2, initializer 5, input 11, output 12.
	var g protobuf.Message
	g = append(g, w.nodes...)
	g.Text(2, "latent")
	g = append(append(append(g, w.inits...), inputs...), outputs...)
	// ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8.
	var set, m protobuf.Message
	set.Text(1, "")
	set.Int(2, opset)
	m.Int(1, irVersion)
	m.Text(2, "latent")
	m.Bytes(8, set)
	m.Bytes(7, g)
	if len(m) > mostBytes {
		return errors.Errorf("%d bytes, more than the %d that an ONNX file can have", len(m), mostBytes)
	}
	_, err := bytes.NewReader(m).WriteTo(to) // which notices what a Writer leaves out
	return errors.WithStack(err)
}

// writer collects the nodes and the initialisers of a model.
type writer struct {
	nodes, inits protobuf.Message
	graph, now   elem // the elements of the graph, and of the numbers in formulas
	n            int
	made         map[string]value // by the operator, its operands and attributes
	names        map[string]bool
	values       map[*op.Node]value
}

// node writes the leaf or the operation of a node.
func (w *writer) node(n *op.Node, leaf Leaf, inputs *protobuf.Message) (value, error) {
	if op.RuleOf(n) != nil {
		return w.rule(n)
	}
	if c, ok := op.Constant(n); ok {
		return w.array(c), nil
	}
	name, a, err := leaf(n)
	if err != nil {
		return value{}, err
	}
	w.names[name] = true
	if a.F32 == nil && a.F64 == nil {
		inputs.Bytes(11, valueInfo(name, w.graph, n.Shape()))
	} else {
		w.inits.Bytes(5, tensorProto(name, w.graph, a.Shape, rawData(a)))
	}
	return value{w, name}, nil
}

// name returns a name that no leaf or output can have, which have no colons.
func (w *writer) name(kind string) string {
	w.n++
	return fmt.Sprintf("%s:%d", kind, w.n)
}

// apply returns what an operator makes of its operands.
func (w *writer) apply(kind string, in []value, attrs ...attribute) value {
	names := make([]string, len(in))
	for i, v := range in {
		names[i] = v.name
	}
	key := fmt.Sprint(kind, names, attrs)
	if v, ok := w.made[key]; ok {
		return v
	}
	out := w.name(kind)
	w.nodes.Bytes(1, nodeProto(kind, out, names, attrs))
	v := value{w, out}
	w.made[key] = v
	return v
}

// initial returns a constant.
func (w *writer) initial(of elem, shape []int, raw []byte) value {
	key := fmt.Sprint(of, shape, " ") + string(raw)
	if v, ok := w.made[key]; ok {
		return v
	}
	v := value{w, w.name("constant")}
	w.inits.Bytes(5, tensorProto(v.name, of, shape, raw))
	w.made[key] = v
	return v
}

// array returns a constant of the graph's elements.
func (w *writer) array(a op.Array) value { return w.initial(w.graph, a.Shape, rawData(a)) }

// num returns a number of the elements that formulas have now.
func (w *writer) num(x float64) value {
	if w.now == doubleElem {
		return w.initial(doubleElem, nil, binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)))
	}
	return w.initial(floatElem, nil, binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(x))))
}

// ints returns a vector of whole numbers, such as axes.
func (w *writer) ints(x ...int) value { return w.intArray([]int{len(x)}, x) }

func (w *writer) intArray(shape, x []int) value {
	var raw []byte
	for _, v := range x {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return w.initial(intElem, shape, raw)
}

// bools returns a mask.
func (w *writer) bools(shape []int, f func(i int) bool) value {
	raw := make([]byte, op.Size(shape))
	for i := range raw {
		if f(i) {
			raw[i] = 1
		}
	}
	return w.initial(boolElem, shape, raw)
}

// double calls f, a formula in float64, of numbers of the graph's elements, and
// rounds its result to them.
func (w *writer) double(in []value, f func(x []value) value) value {
	x := slices.Clone(in)
	for i := range x {
		if w.graph != doubleElem {
			x[i] = x[i].cast(doubleElem)
		}
	}
	w.now = doubleElem
	y := f(x)
	w.now = w.graph
	if w.graph != doubleElem {
		y = y.cast(w.graph)
	}
	return y
}
