package onnx

import (
	"encoding/binary"
	"math"

	"github.com/latentgo/latent/internal/op"
)

// message is a message of Protocol Buffers in its wire format: fields, each a tag
// of its number and type followed by its value.
type message []byte

const (
	varintType = 0
	bytesType  = 2
	wordType   = 5
)

func (m *message) tag(field, kind int) { *m = binary.AppendUvarint(*m, uint64(field<<3|kind)) }

func (m *message) int(field int, v int64) {
	m.tag(field, varintType)
	*m = binary.AppendUvarint(*m, uint64(v))
}

func (m *message) bytes(field int, b []byte) {
	m.tag(field, bytesType)
	*m = binary.AppendUvarint(*m, uint64(len(b)))
	*m = append(*m, b...)
}

func (m *message) text(field int, s string) { m.bytes(field, []byte(s)) }

func (m *message) float(field int, v float32) {
	m.tag(field, wordType)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(v))
}

// elem is an element type, as TensorProto.DataType has it.
type elem int64

const (
	floatElem  elem = 1
	intElem    elem = 7
	boolElem   elem = 9
	doubleElem elem = 11
)

func elemOf(dt op.Dtype) elem {
	if dt == op.Float64 {
		return doubleElem
	}
	return floatElem
}

// tensorProto is a TensorProto: dims 1, data_type 2, name 8, raw_data 9.
func tensorProto(name string, of elem, shape []int, raw []byte) message {
	var m message
	for _, d := range shape {
		m.int(1, int64(d))
	}
	m.int(2, int64(of))
	m.text(8, name)
	m.bytes(9, raw)
	return m
}

// rawData are the elements of an array, little-endian.
func rawData(a op.Array) []byte {
	b := make([]byte, 0, a.Len()*a.Dtype().Size())
	for _, v := range a.F32 {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	for _, v := range a.F64 {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// valueInfo is a ValueInfoProto, name 1 and type 2: a TypeProto with tensor_type 1
// of elem_type 1 and a shape 2 of dims 1, each with dim_value 1.
func valueInfo(name string, of elem, shape []int) message {
	var dims, tensor, kind, m message
	for _, d := range shape {
		var dim message
		dim.int(1, int64(d))
		dims.bytes(1, dim)
	}
	tensor.int(1, int64(of))
	tensor.bytes(2, dims)
	kind.bytes(1, tensor)
	m.text(1, name)
	m.bytes(2, kind)
	return m
}

// attribute is an attribute of a node.
type attribute struct {
	name  string
	value any // int, []int, float32 or string
}

// proto is an AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20.
func (a attribute) proto() message {
	var m message
	m.text(1, a.name)
	switch v := a.value.(type) {
	case float32:
		m.float(2, v)
		m.int(20, 1)
	case int:
		m.int(3, int64(v))
		m.int(20, 2)
	case string:
		m.text(4, v)
		m.int(20, 3)
	case []int:
		for _, i := range v {
			m.int(8, int64(i))
		}
		m.int(20, 7)
	}
	return m
}

// nodeProto is a NodeProto: input 1, output 2, name 3, op_type 4, attribute 5.
func nodeProto(kind, out string, in []string, attrs []attribute) message {
	var m message
	for _, s := range in {
		m.text(1, s)
	}
	m.text(2, out)
	m.text(3, out)
	m.text(4, kind)
	for _, a := range attrs {
		m.bytes(5, a.proto())
	}
	return m
}
