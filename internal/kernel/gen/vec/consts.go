package main

import (
	"fmt"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Constants are whole vectors, so that they serve as memory operands.
var konsts = map[string][]uint64{}

func konst(name string, size int, pattern ...uint64) Mem {
	konsts[name] = append([]uint64{uint64(size)}, pattern...)
	return NewDataAddr(NewStaticSymbol(name), 0)
}

func c32(x uint32) Op {
	if v, ok := hoisted[x]; ok {
		return v
	}
	return konst(fmt.Sprintf("c32_%08x", x), 4, uint64(x))
}

func f32(x float32) Op { return c32(math.Float32bits(x)) }

// hoisted holds the constants that wait in registers during a loop. The
// functions are bound by loads more than by arithmetic, so the more the better.
var hoisted = map[uint32]vec{}

func hoist(c []float32) {
	for _, x := range c {
		hoisted[math.Float32bits(x)] = load(f32(x))
	}
}

func unhoist() { clear(hoisted) }

func c64(x uint64) Mem   { return konst(fmt.Sprintf("c64_%016x", x), 8, x) }
func f64v(x float64) Mem { return c64(math.Float64bits(x)) }

// tailTable is a run of ones and then of zeros; a load that ends n lanes into
// the zeros is the mask of a tail.
func tailTable() Mem { return NewDataAddr(NewStaticSymbol("tail_mask"), 0) }

func emitConstants() {
	var names []string
	for n := range konsts {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		k := konsts[n]
		GLOBL(n, 8|16) // RODATA|NOPTR
		for off := 0; off < bytes(); off += int(k[0]) {
			v := k[1+off/int(k[0])%(len(k)-1)]
			if k[0] == 4 {
				DATA(off, U32(v))
			} else {
				DATA(off, U64(v))
			}
		}
	}
	GLOBL("tail_mask", 8|16)
	for off := 0; off < 2*bytes(); off += 8 {
		v := uint64(0)
		if off < bytes() {
			v = math.MaxUint64
		}
		DATA(off, U64(v))
	}
}
