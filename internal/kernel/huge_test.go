package kernel

import (
	"testing"
	"unsafe"
)

// Memory keeps what is in it, of any size and wherever it begins.
func TestHuge(t *testing.T) {
	for _, n := range []int{0, 1, 2 << 20, 9<<20 + 5} {
		x := make([]byte, n+7)
		for i := range x {
			x[i] = byte(i % 251)
		}
		for _, now := range []bool{false, true} {
			Huge(unsafe.Pointer(unsafe.SliceData(x[7:])), n, now)
			for i := range x {
				if x[i] != byte(i%251) {
					t.Fatalf("%d bytes: byte %d has changed", n, i)
				}
			}
		}
	}
}
