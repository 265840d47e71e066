package onnx

import (
	"encoding/binary"
	"math"

	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/protobuf"
)

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
func tensorProto(name string, of elem, shape []int, raw []byte) protobuf.Message {
	var m protobuf.Message
	for _, d := range shape {
		m.Int(1, int64(d))
	}
	m.Int(2, int64(of))
	m.Text(8, name)
	m.Bytes(9, raw)
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
func valueInfo(name string, of elem, shape []int) protobuf.Message {
	var dims, tensor, kind, m protobuf.Message
	for _, d := range shape {
		var dim protobuf.Message
		dim.Int(1, int64(d))
		dims.Bytes(1, dim)
	}
	tensor.Int(1, int64(of))
	tensor.Bytes(2, dims)
	kind.Bytes(1, tensor)
	m.Text(1, name)
	m.Bytes(2, kind)
	return m
}

// attribute is an attribute of a node.
type attribute struct {
	name  string
	value any // int, []int, float32 or string
}

// proto is an AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20.
func (a attribute) proto() protobuf.Message {
	var m protobuf.Message
	m.Text(1, a.name)
	switch v := a.value.(type) {
	case float32:
		m.Float(2, v)
		m.Int(20, 1)
	case int:
		m.Int(3, int64(v))
		m.Int(20, 2)
	case string:
		m.Text(4, v)
		m.Int(20, 3)
	case []int:
		for _, i := range v {
			m.Int(8, int64(i))
		}
		m.Int(20, 7)
	}
	return m
}

// nodeProto is a NodeProto: input 1, output 2, name 3, op_type 4, attribute 5.
func nodeProto(kind, out string, in []string, attrs []attribute) protobuf.Message {
	var m protobuf.Message
	for _, s := range in {
		m.Text(1, s)
	}
	m.Text(2, out)
	m.Text(3, out)
	m.Text(4, kind)
	for _, a := range attrs {
		m.Bytes(5, a.proto())
	}
	return m
}
