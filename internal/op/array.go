package op

// Array is a value in row-major order: the shape and its elements, in the one
// slice that fits the dtype. Rank 0 holds one element.
type Array struct {
	Shape []int
	F32   []float32
	F64   []float64
}

// NewArray returns zeros.
func NewArray(dt Dtype, shape []int) Array {
	a := Array{Shape: shape}
	if dt == Float64 {
		a.F64 = make([]float64, Size(shape))
	} else {
		a.F32 = make([]float32, Size(shape))
	}
	return a
}

// Size returns the number of elements of a shape; of rank 0, one.
func Size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Dtype returns the element type.
func (a Array) Dtype() Dtype {
	if a.F64 != nil {
		return Float64
	}
	return Float32
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
