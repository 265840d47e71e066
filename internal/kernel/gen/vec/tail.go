package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tailMask is the mask of the first n lanes of the given size.
func tailMask(n reg.GPVirtual, size int) mask {
	if wide() {
		one, k := GP64(), K()
		MOVQ(U64(math.MaxUint64), one)
		BZHIQ(n, one, one)
		KMOVQ(one, k)
		return k
	}
	p, d := GP64(), newVec()
	t := tailTable()
	LEAQ(t.Offset(bytes()), p)
	off := GP64()
	MOVQ(n, off)
	SHLQ(Imm(uint64(map[int]int{4: 2, 8: 3}[size])), off)
	SUBQ(off, p)
	VMOVUPS(Mem{Base: p}, d)
	return d
}

// loadTail reads the lanes of the mask and zeros for the others.
func loadTail(m Mem, k mask, size int) vec {
	d := newVec()
	switch {
	case wide() && size == 4:
		VMOVUPS_Z(m, k, d)
	case wide():
		VMOVUPD_Z(m, k, d)
	case size == 4:
		VMASKMOVPS(m, k, d)
	default:
		VMASKMOVPD(m, k, d)
	}
	return d
}

func storeTail(v vec, k mask, m Mem, size int) {
	switch {
	case wide() && size == 4:
		VMOVUPS(v, k, m)
	case wide():
		VMOVUPD(v, k, m)
	case size == 4:
		VMASKMOVPS(v, k, m)
	default:
		VMASKMOVPD(v, k, m)
	}
}
