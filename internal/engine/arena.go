package engine

import (
	"unsafe"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// Arrays of an arena begin at multiples of quantum elements, a cache line, and
// slack elements follow the last, so that kernels may read past an end.
const (
	quantum = 16
	slack   = 64
)

func rounded(n int) int { return (n + quantum - 1) &^ (quantum - 1) }

// newArena returns aligned zeros.
func newArena[T kernel.Float](n int) []T {
	const align = 64
	size := int(unsafe.Sizeof(T(0)))
	a := make([]T, n+slack+align/size)
	kernel.Huge(unsafe.Pointer(unsafe.SliceData(a)), len(a)*size, true)
	off := int(-uintptr(unsafe.Pointer(unsafe.SliceData(a)))%align) / size
	return a[off : off+n+slack]
}

// arrayOf sees elements as the graph's operations do.
func arrayOf[T kernel.Float](x []T, shape []int) op.Array {
	if unsafe.Sizeof(T(0)) == 8 {
		return op.Array{Shape: shape, F64: unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(x))), len(x))}
	}
	return op.Array{Shape: shape, F32: unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))}
}

// elements is the inverse of arrayOf.
func elements[T kernel.Float](a op.Array) []T {
	if unsafe.Sizeof(T(0)) == 8 {
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(a.F64))), len(a.F64))
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(a.F32))), len(a.F32))
}

func dtypeOf[T kernel.Float]() op.Dtype {
	if unsafe.Sizeof(T(0)) == 8 {
		return op.Float64
	}
	return op.Float32
}
