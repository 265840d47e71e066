package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tailMask is the mask of the first n lanes of the given size.
func tailMask(n reg.GPVirtual) mask {
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
	SHLQ(Imm(by[uint64](2, 3)), off)
	SUBQ(off, p)
	VMOVUPS(Mem{Base: p}, d)
	return d
}

// loadTail reads the lanes of the mask and zeros for the others.
func loadTail(m Mem, k mask) vec {
	d := newVec()
	if wide() {
		by(VMOVUPS_Z, VMOVUPD_Z)(m, k, d)
	} else {
		by(VMASKMOVPS, VMASKMOVPD)(m, k, d)
	}
	return d
}

func storeTail(v vec, k mask, m Mem) {
	if wide() {
		by(VMOVUPS, VMOVUPD)(v, k, m)
	} else {
		by(VMASKMOVPS, VMASKMOVPD)(v, k, m)
	}
}
