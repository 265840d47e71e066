// Package safetensors reads and writes the safetensors format: named arrays
// behind a JSON header, with nothing in it to execute.
//
// A file is the length of the header (uint64, little-endian), the header and
// the data. The header is an object: for each tensor its dtype, shape and the
// range of its bytes in the data, and optionally "__metadata__", a map from
// strings to strings. Values are little-endian and row-major. Source: the
// format's description in github.com/huggingface/safetensors.
//
// Only the dtypes F32 and F64 are known here. Reading is strict: every byte of
// the data belongs to exactly one tensor, and whatever disagrees is an error
// that names the tensor.
package safetensors

import (
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
	Dtype string    // F32 or F64
	Shape []int     // empty for a scalar
	F32   []float32 // the values when Dtype is F32, else nil
	F64   []float64 // the values when Dtype is F64, else nil
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

// width returns the bytes of one value, or 0 for an unknown dtype.
func width(dtype string) int {
	switch dtype {
	case F32:
		return 4
	case F64:
		return 8
	}
	return 0
}

// bytes returns the size of a tensor in bytes.
func bytes(name, dtype string, shape []int) (int, error) {
	w := width(dtype)
	if w == 0 {
		return 0, errors.Errorf("tensor %q: dtype %q, want F32 or F64", name, dtype)
	}
	n := w
	for _, d := range shape {
		if d < 0 {
			return 0, errors.Errorf("tensor %q: shape %v has a negative size", name, shape)
		}
		if d > 0 && n > math.MaxInt/d {
			return 0, errors.Errorf("tensor %q: shape %v overflows", name, shape)
		}
		n *= d
	}
	return n, nil
}
