package kernel

import (
	"fmt"
	"unsafe"
)

// as32 and as64 see a slice as the element type that it has; the caller has
// looked at the size.
func as32[T Float](x []T) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

func as64[T Float](x []T) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

//go:noinline
func panicLengths(what string, n ...int) {
	panic(fmt.Sprintf("kernel: %s: lengths %v differ", what, n))
}

// Fill sets every element of dst.
func Fill[T Float](dst []T, x T) {
	if len(dst) == 0 {
		return
	}
	dst[0] = x
	for n := 1; n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}

// Convert sets dst[i] to src[i] in the type of dst. dst must be as long as src.
func Convert[D, S Float](dst []D, src []S) {
	if same, ok := any(src).([]D); ok {
		copy(dst, same)
		return
	}
	for i, v := range src {
		dst[i] = D(v)
	}
}
