package main

import (
	"fmt"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Constants are whole vectors of 512 bits, so that they serve as memory operands.
var konsts = map[string][]uint64{}

func konst(name string, size int, pattern ...uint64) Mem {
	konsts[name] = append([]uint64{uint64(size)}, pattern...)
	return NewDataAddr(NewStaticSymbol(name), 0)
}

func c32(x uint32) Op {
	if v, ok := hoisted[uint64(x)]; ok && !double() {
		return v
	}
	return konst(fmt.Sprintf("c32_%08x", x), 4, uint64(x))
}

func c64(x uint64) Op {
	if v, ok := hoisted[x]; ok && double() {
		return v
	}
	return konst(fmt.Sprintf("c64_%016x", x), 8, x)
}

func f32(x float64) Op { return c32(math.Float32bits(float32(x))) }
func f64(x float64) Op { return c64(math.Float64bits(x)) }

// num is a number as an element.
func num(x float64) Op { return by(f32, f64)(x) }

// hoisted holds the constants that wait in registers during a loop. The
// functions are bound by loads more than by arithmetic, so the more the better.
var hoisted = map[uint64]vec{}

func hoist(c []float64) {
	for _, x := range c {
		v := load(num(x))
		hoisted[by(uint64(math.Float32bits(float32(x))), math.Float64bits(x))] = v
	}
}

func unhoist() { clear(hoisted) }

// tailTable is a run of ones and then of zeros; a load that ends n lanes into
// the zeros is the mask of a tail at 256 bits.
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
		for off := 0; off < 64; off += int(k[0]) {
			v := k[1+off/int(k[0])%(len(k)-1)]
			if k[0] == 4 {
				DATA(off, U32(v))
			} else {
				DATA(off, U64(v))
			}
		}
	}
	GLOBL("tail_mask", 8|16)
	for off := 0; off < 64; off += 8 {
		v := uint64(0)
		if off < 32 {
			v = math.MaxUint64
		}
		DATA(off, U64(v))
	}
}
