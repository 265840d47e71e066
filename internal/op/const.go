package op

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math"

	"gorgonia.org/tensor"
)

// constPrefix begins the name of every constant; names of users cannot hold a colon.
const constPrefix = "const:"

// constName is a name that no constant of another content has: the digest of
// the dtype, the shape and every bit of the values.
func constName(dt tensor.Dtype, a Array) string {
	if len(a.Shape) == 0 {
		return fmt.Sprintf("%s%v:%x:%v", constPrefix, dt, math.Float64bits(a.At(0)), a.At(0))
	}
	h := sha256.New()
	fmt.Fprint(h, dt, a.Shape)
	writeAll(h, a)
	return fmt.Sprintf("%s%v:%v:%x", constPrefix, dt, a.Shape, h.Sum(nil)[:16])
}

func writeAll(h hash.Hash, a Array) {
	if a.F64 != nil {
		binary.Write(h, binary.LittleEndian, a.F64)
	} else {
		binary.Write(h, binary.LittleEndian, a.F32)
	}
}

// Constant returns the value of a constant of this package.
func Constant(n *Node) (Array, bool) {
	if n.Op() != nil || len(n.Name()) < len(constPrefix) || n.Name()[:len(constPrefix)] != constPrefix {
		return Array{}, false
	}
	a, err := ArrayOf(n.Value())
	return a, err == nil
}
