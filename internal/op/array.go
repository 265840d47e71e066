package op

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Array is a value in row-major order: the shape and its elements, in the one
// slice that fits the dtype. Rank 0 holds one element.
type Array struct {
	Shape tensor.Shape
	F32   []float32
	F64   []float64
}

// NewArray returns zeros.
func NewArray(dt tensor.Dtype, shape tensor.Shape) Array {
	a := Array{Shape: shape}
	if dt == tensor.Float64 {
		a.F64 = make([]float64, Size(shape))
	} else {
		a.F32 = make([]float32, Size(shape))
	}
	return a
}

// Size returns the number of elements of a shape; of rank 0, one.
func Size(shape tensor.Shape) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Dtype returns the element type.
func (a Array) Dtype() tensor.Dtype {
	if a.F64 != nil {
		return tensor.Float64
	}
	return tensor.Float32
}

// Len returns the number of elements.
func (a Array) Len() int { return len(a.F32) + len(a.F64) }

// At returns element i in row-major order.
func (a Array) At(i int) float64 {
	if a.F64 != nil {
		return a.F64[i]
	}
	return float64(a.F32[i])
}

// Set writes element i in row-major order, rounding to the dtype.
func (a Array) Set(i int, v float64) {
	if a.F64 != nil {
		a.F64[i] = v
	} else {
		a.F32[i] = float32(v)
	}
}

// Copy overwrites a with b, which has as many elements and the same dtype.
func (a Array) Copy(b Array) {
	copy(a.F32, b.F32)
	copy(a.F64, b.F64)
}

// ArrayOf views a Gorgonia value; a value that is not contiguous is copied.
func ArrayOf(v gorgonia.Value) (Array, error) {
	if t, ok := v.(tensor.Tensor); ok && t.RequiresIterator() {
		if d, ok := v.(*tensor.Dense); ok {
			v = d.Materialize().(*tensor.Dense)
		}
	}
	if Size(v.Shape()) == 0 { // whose Data panics
		return NewArray(v.Dtype(), v.Shape()), nil
	}
	a := Array{Shape: v.Shape()}
	switch x := v.Data().(type) {
	case []float32:
		a.F32 = x
	case []float64:
		a.F64 = x
	case float32:
		a.F32 = []float32{x}
	case float64:
		a.F64 = []float64{x}
	default:
		return Array{}, errors.Errorf("op: value of type %T, want float32 or float64", x)
	}
	return a, nil
}

// Value returns a as Gorgonia has it: a tensor over the same memory, or for
// rank 0 a new scalar.
func (a Array) Value() gorgonia.Value {
	switch {
	case len(a.Shape) == 0 && a.F64 != nil:
		return gorgonia.NewF64(a.F64[0])
	case len(a.Shape) == 0:
		return gorgonia.NewF32(a.F32[0])
	case a.F64 != nil:
		return tensor.New(tensor.WithShape(a.Shape...), tensor.WithBacking(a.F64))
	}
	return tensor.New(tensor.WithShape(a.Shape...), tensor.WithBacking(a.F32))
}
