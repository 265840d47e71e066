package tensorboard

import (
	"encoding/binary"
	"math"

	"github.com/pkg/errors"
)

// A field of a message is a key, its number and kind, and a value. Source:
// protobuf.dev/programming-guides/encoding.
const (
	varint  = 0
	fixed64 = 1
	chunk   = 2 // of bytes: strings, messages, packed numbers
	fixed32 = 5
)

func appendKey(b []byte, field, kind int) []byte {
	return binary.AppendUvarint(b, uint64(field)<<3|uint64(kind))
}

func appendInt(b []byte, field int, v int64) []byte {
	return binary.AppendUvarint(appendKey(b, field, varint), uint64(v))
}

func appendDouble(b []byte, field int, v float64) []byte {
	return binary.LittleEndian.AppendUint64(appendKey(b, field, fixed64), math.Float64bits(v))
}

func appendFloat(b []byte, field int, v float32) []byte {
	return binary.LittleEndian.AppendUint32(appendKey(b, field, fixed32), math.Float32bits(v))
}

func appendBytes[T string | []byte](b []byte, field int, v T) []byte {
	return append(binary.AppendUvarint(appendKey(b, field, chunk), uint64(len(v))), v...)
}

func appendDoubles(b []byte, field int, v []float64) []byte {
	b = binary.AppendUvarint(appendKey(b, field, chunk), uint64(8*len(v)))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// value is the value of a field, of whichever kind.
type value struct {
	kind int
	bits uint64 // of a varint or a fixed number
	data []byte // of a chunk
}

// fields calls each for the fields of a message in turn.
func fields(b []byte, each func(field int, v value) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 || key>>3 == 0 || key>>3 > 1<<29-1 {
			return errors.New("a field without a number")
		}
		b = b[n:]
		v := value{kind: int(key & 7)}
		size := 0
		switch v.kind {
		case varint:
			if v.bits, size = binary.Uvarint(b); size <= 0 {
				return errors.Errorf("field %d: a number that does not end", key>>3)
			}
		case fixed64:
			if size = 8; len(b) >= size {
				v.bits = binary.LittleEndian.Uint64(b)
			}
		case fixed32:
			if size = 4; len(b) >= size {
				v.bits = uint64(binary.LittleEndian.Uint32(b))
			}
		case chunk:
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)-n) {
				return errors.Errorf("field %d: more bytes than there are", key>>3)
			}
			size = n + int(length)
			v.data = b[n:size]
		default:
			return errors.Errorf("field %d is of the kind %d", key>>3, v.kind)
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

// is is an error if a value is of another kind than its field has.
func (v value) is(kind int) error {
	if v.kind != kind {
		return errors.Errorf("a value of the kind %d, want %d", v.kind, kind)
	}
	return nil
}

func (v value) double() float64 { return math.Float64frombits(v.bits) }

// doubles appends numbers, packed or a single one, to x.
func (v value) doubles(x []float64) ([]float64, error) {
	if v.kind == fixed64 {
		return append(x, v.double()), nil
	}
	if v.kind != chunk || len(v.data)%8 != 0 {
		return nil, errors.Errorf("numbers of the kind %d in %d bytes", v.kind, len(v.data))
	}
	for b := v.data; len(b) > 0; b = b[8:] {
		x = append(x, math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
	return x, nil
}
