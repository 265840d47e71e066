// Package safetensors reads and writes the safetensors format: named arrays
// behind a JSON header, with nothing in it to execute.
//
// A file is the length of the header (uint64, little-endian), the header and
// the data. The header is an object: for each tensor its dtype, shape and the
// range of its bytes in the data, and optionally "__metadata__", a map from
// strings to strings. Values are little-endian and row-major. Source: the
// format's description in github.com/huggingface/safetensors.
//
// F32 and F64 are written. Read as well are F16 and BF16, which F32 holds, BOOL
// and the integers: up to 16 bits as F32, above as F64, to which I64 and U64 are
// rounded. Reading is strict: every byte of the data belongs to exactly one
// tensor, and whatever disagrees is an error that names the tensor.
package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/pkg/errors"
)

// The dtypes.
const (
	F32 = "F32"
	F64 = "F64"
)

// Tensor is a named array in row-major order.
type Tensor struct {
	Name  string
	Dtype string    // in the file
	Shape []int     // empty for a scalar
	F32   []float32 // the values, here or in F64; the other is nil
	F64   []float64
}

// File is the content of a safetensors file. The order of Tensors means
// nothing to Write; Read returns them in the order of their data.
type File struct {
	Tensors  []Tensor
	Metadata map[string]string // nil or empty: none
}

// maxHeader is the longest header accepted, as in the reference implementation.
const maxHeader = 100_000_000

// metadataKey is the one header entry that is not a tensor.
const metadataKey = "__metadata__"

// A dtype is how a value lies in a file: its bytes and what they mean.
type dtype struct {
	width  int
	single func(b []byte) float32 // nil if float32 does not hold them
	double func(b []byte) float64 // if single is nil
}

var little = binary.LittleEndian

var dtypes = map[string]dtype{
	F32:    {width: 4, single: func(b []byte) float32 { return math.Float32frombits(little.Uint32(b)) }},
	F64:    {width: 8, double: func(b []byte) float64 { return math.Float64frombits(little.Uint64(b)) }},
	"F16":  {width: 2, single: func(b []byte) float32 { return half(little.Uint16(b)) }},
	"BF16": {width: 2, single: func(b []byte) float32 { return math.Float32frombits(uint32(little.Uint16(b)) << 16) }},
	"BOOL": {width: 1, single: func(b []byte) float32 { return float32(min(b[0], 1)) }},
	"U8":   {width: 1, single: func(b []byte) float32 { return float32(b[0]) }},
	"I8":   {width: 1, single: func(b []byte) float32 { return float32(int8(b[0])) }},
	"U16":  {width: 2, single: func(b []byte) float32 { return float32(little.Uint16(b)) }},
	"I16":  {width: 2, single: func(b []byte) float32 { return float32(int16(little.Uint16(b))) }},
	"U32":  {width: 4, double: func(b []byte) float64 { return float64(little.Uint32(b)) }},
	"I32":  {width: 4, double: func(b []byte) float64 { return float64(int32(little.Uint32(b))) }},
	"U64":  {width: 8, double: func(b []byte) float64 { return float64(little.Uint64(b)) }},
	"I64":  {width: 8, double: func(b []byte) float64 { return float64(int64(little.Uint64(b))) }},
}

// half returns the value of an IEEE 754 binary16 number: a sign, five bits of
// exponent with a bias of 15, ten bits of fraction.
func half(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // zero and subnormal numbers
		v := float32(fraction) / (1 << 24)
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31: // infinity and NaN
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// width returns the bytes of one value, or 0 for an unknown dtype.
func width(d string) int { return dtypes[d].width }

// bytes returns the size of a tensor in bytes.
func bytes(name, dtype string, shape []int) (int, error) {
	w := width(dtype)
	if w == 0 {
		return 0, errors.Errorf("tensor %q: dtype %q, want F16, BF16, F32, F64, BOOL or an integer", brief(name), brief(dtype))
	}
	n := w
	for _, d := range shape {
		if d < 0 {
			return 0, errors.Errorf("tensor %q: shape %s has a negative size", brief(name), Shape(shape))
		}
		if d > 0 && n > math.MaxInt/d {
			return 0, errors.Errorf("tensor %q: shape %s overflows", brief(name), Shape(shape))
		}
		n *= d
	}
	return n, nil
}

// Shape prints the sizes of an array, the first of many.
type Shape []int

func (s Shape) String() string {
	const most = 16
	if len(s) <= most {
		return fmt.Sprint([]int(s))
	}
	first := fmt.Sprint([]int(s[:most]))
	return fmt.Sprintf("%s … and %d more]", first[:len(first)-1], len(s)-most)
}
