// Package protobuf is as much of the encoding of Protocol Buffers as there is need
// of, for messages that are few enough to be written and read by hand.
//
// Source: protobuf.dev/programming-guides/encoding.
package protobuf

import (
	"encoding/binary"
	"math"

	"github.com/pkg/errors"
)

// The wire types of fields.
const (
	Varint = 0
	I64    = 1
	Len    = 2 // bytes: texts, messages, packed numbers
	I32    = 5
)

// Message is a message: fields, each a tag of its number and wire type followed by
// its value.
type Message []byte

func (m *Message) tag(field, kind int) { *m = binary.AppendUvarint(*m, uint64(field)<<3|uint64(kind)) }

// Int appends an int32, an int64, an enum or a bool.
func (m *Message) Int(field int, v int64) {
	m.tag(field, Varint)
	*m = binary.AppendUvarint(*m, uint64(v))
}

// Double appends a double.
func (m *Message) Double(field int, v float64) {
	m.tag(field, I64)
	*m = binary.LittleEndian.AppendUint64(*m, math.Float64bits(v))
}

// Float appends a float.
func (m *Message) Float(field int, v float32) {
	m.tag(field, I32)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(v))
}

// Bytes appends bytes or a message.
func (m *Message) Bytes(field int, v []byte) {
	m.tag(field, Len)
	*m = append(binary.AppendUvarint(*m, uint64(len(v))), v...)
}

// Text appends a string, which is to be UTF-8.
func (m *Message) Text(field int, v string) {
	m.tag(field, Len)
	*m = append(binary.AppendUvarint(*m, uint64(len(v))), v...)
}

// Doubles appends packed numbers.
func (m *Message) Doubles(field int, v []float64) {
	m.tag(field, Len)
	*m = binary.AppendUvarint(*m, uint64(8*len(v)))
	for _, x := range v {
		*m = binary.LittleEndian.AppendUint64(*m, math.Float64bits(x))
	}
}

// Value is the value of a field, of whichever wire type.
type Value struct {
	Type int
	Bits uint64 // of a Varint, an I64 or an I32
	Data []byte // of a Len
}

// Fields calls each for the fields of a message in turn.
func (m Message) Fields(each func(field int, v Value) error) error {
	b := []byte(m)
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 || key>>3 == 0 || key>>3 > 1<<29-1 {
			return errors.New("a field without a number")
		}
		b = b[n:]
		v := Value{Type: int(key & 7)}
		size := 0
		switch v.Type {
		case Varint:
			if v.Bits, size = binary.Uvarint(b); size <= 0 {
				return errors.Errorf("field %d: a number that does not end", key>>3)
			}
		case I64:
			if size = 8; len(b) >= size {
				v.Bits = binary.LittleEndian.Uint64(b)
			}
		case I32:
			if size = 4; len(b) >= size {
				v.Bits = uint64(binary.LittleEndian.Uint32(b))
			}
		case Len:
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)-n) {
				return errors.Errorf("field %d: more bytes than there are", key>>3)
			}
			size = n + int(length)
			v.Data = b[n:size]
		default:
			return errors.Errorf("field %d is of the wire type %d", key>>3, v.Type)
		}
		if size > len(b) {
			return errors.Errorf("field %d: more bytes than there are", key>>3)
		}
		b = b[size:]
		if err := each(int(key>>3), v); err != nil {
			return err
		}
	}
	return nil
}

// Is is an error if a value is of another wire type than its field has.
func (v Value) Is(kind int) error {
	if v.Type != kind {
		return errors.Errorf("a value of the wire type %d, want %d", v.Type, kind)
	}
	return nil
}

// Double is the number of an I64.
func (v Value) Double() float64 { return math.Float64frombits(v.Bits) }

// Doubles appends numbers, packed or a single one, to x.
func (v Value) Doubles(x []float64) ([]float64, error) {
	if v.Type == I64 {
		return append(x, v.Double()), nil
	}
	if v.Type != Len || len(v.Data)%8 != 0 {
		return nil, errors.Errorf("numbers of the wire type %d in %d bytes", v.Type, len(v.Data))
	}
	for b := v.Data; len(b) > 0; b = b[8:] {
		x = append(x, math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
	return x, nil
}
