package safetensors

import (
	"math"
	"strings"
	"testing"
)

// Numbers are written the same whichever way they lie in memory.
func TestBothByteOrders(t *testing.T) {
	if !littleEndian {
		t.Skip("numbers do not lie in memory as in a file")
	}
	f := File{Tensors: []Tensor{
		{Name: "a", Dtype: F32, Shape: []int{3}, F32: []float32{1, -2.5, float32(math.Inf(1))}},
		{Name: "b", Dtype: F64, Shape: []int{70000}, F64: make([]float64, 70000)}, // in two pieces
	}}
	for i := range f.Tensors[1].F64 {
		f.Tensors[1].F64[i] = float64(i) / 3
	}
	var as, turned strings.Builder
	if err := Write(&as, f); err != nil {
		t.Fatal(err)
	}
	littleEndian = false
	defer func() { littleEndian = true }()
	if err := Write(&turned, f); err != nil {
		t.Fatal(err)
	}
	if as.String() != turned.String() {
		t.Error("they differ")
	}
}
