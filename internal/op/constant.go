package op

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
)

// Const returns the rank-0 node of a number, the same one for the same number.
func (b *Builder) Const(v float64) *Node { return b.Tensor(nil, []float64{v}) }

// Tensor returns the node of a constant, the same one for the same values.
func (b *Builder) Tensor(shape []int, values []float64) *Node {
	if err := b.checkShape(shape); err != nil || len(values) != Size(shape) {
		Fail("graph: constant of %d values, want shape %v", len(values), shape)
	}
	a := NewArray(b.Dtype, append([]int{}, shape...))
	for i, v := range values {
		a.Set(i, v)
	}
	return b.constant(a)
}

func (b *Builder) constant(a Array) *Node {
	if current != b {
		Fail("graph: a constant declared outside of its Build")
	}
	digest := digest(a)
	if n, ok := b.constants[digest]; ok {
		return n
	}
	n := b.add(&Node{shape: a.Shape, value: a}, "constant")
	b.constants[digest] = n
	return n
}

// digest tells constants apart: by the shape and every bit of the values.
func digest(a Array) string {
	if len(a.Shape) == 0 {
		return fmt.Sprintf("%x", math.Float64bits(a.At(0)))
	}
	h := sha256.New()
	fmt.Fprint(h, a.Shape)
	writeAll(h, a)
	return string(h.Sum(nil))
}

func writeAll(h hash.Hash, a Array) {
	if a.F64 != nil {
		binary.Write(h, binary.LittleEndian, a.F64)
	} else {
		binary.Write(h, binary.LittleEndian, a.F32)
	}
}
