package protobuf

import (
	"bytes"
	"math"
	"reflect"
	"testing"
)

// The first two fields are the examples of protobuf.dev/programming-guides/encoding,
// the rest by its rules.
var message = []byte("\x08\x96\x01" + "\x12\x07testing" + "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" +
	"\x25\x00\x00\xc0\x3f" + "\x29\x00\x00\x00\x00\x00\x00\xf8\x3f" + "\xaa\x01\x10\x00\x00\x00\x00\x00\x00\xf0\x7f\x00\x00\x00\x00\x00\x00\x00\xc0")

func TestMessage(t *testing.T) {
	var m Message
	m.Int(1, 150)
	m.Text(2, "testing")
	m.Int(3, -1)
	m.Float(4, 1.5)
	m.Double(5, 1.5)
	m.Doubles(21, []float64{math.Inf(1), -2})
	if !bytes.Equal(m, message) {
		t.Errorf("%x, want %x", m, message)
	}
	m = nil
	m.Bytes(2, []byte("testing"))
	if !bytes.Equal(m, message[3:12]) {
		t.Errorf("%x, want %x", m, message[3:12])
	}
}

func TestFields(t *testing.T) {
	var fields []int
	var all []any
	err := Message(message).Fields(func(field int, v Value) error {
		fields = append(fields, field)
		switch {
		case v.Type == Varint:
			all = append(all, int64(v.Bits))
		case v.Type == I32:
			all = append(all, math.Float32frombits(uint32(v.Bits)))
		case v.Type == I64:
			all = append(all, v.Double())
		case field == 2:
			all = append(all, string(v.Data))
		default:
			x, err := v.Doubles([]float64{7})
			all = append(all, x)
			return err
		}
		return v.Is(v.Type)
	})
	if want := []any{int64(150), "testing", int64(-1), float32(1.5), 1.5, []float64{7, math.Inf(1), -2}}; err != nil || !reflect.DeepEqual(all, want) || !reflect.DeepEqual(fields, []int{1, 2, 3, 4, 5, 21}) {
		t.Errorf("fields %v: %v, error %v, want %v", fields, all, err, want)
	}
}

// A message that is cut within a field is an error, and so is what no message has.
func TestFieldsErrors(t *testing.T) {
	ends := map[int]bool{0: true}
	for n := range message {
		if err := Message(message[:n]).Fields(func(int, Value) error { return nil }); err == nil {
			ends[n] = true
		}
	}
	if want := map[int]bool{0: true, 3: true, 12: true, 23: true, 28: true, 37: true}; !reflect.DeepEqual(ends, want) {
		t.Errorf("whole at %v, want %v", ends, want)
	}
	for _, bad := range []string{"\x00\x01", "\x0b", "\x0f", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		if err := Message(bad).Fields(func(int, Value) error { return nil }); err == nil {
			t.Errorf("%x is no error", bad)
		}
	}
	if (Value{Type: Len}).Is(I32) == nil {
		t.Error("a value is of two wire types")
	}
	for _, v := range []Value{{Type: Varint}, {Type: Len, Data: make([]byte, 7)}} {
		if _, err := v.Doubles(nil); err == nil {
			t.Errorf("numbers in %v", v)
		}
	}
}
