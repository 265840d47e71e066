package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// trigonometry emits sin and cos, which report whether a lane was beyond
// trigLimit and is left as it was.
func trigonometry() {
	for _, size = range []int{4, 8} {
		for q, name := range []string{"sin", "cos"} {
			kernel(typed(name), "func(dst, src []"+goType()+") bool", "computes "+name+"; it reports whether an element beyond trigLimit was left alone.", func() {
				dst, src, n := base("dst"), base("src"), length("src")
				far := none()
				loop(n, 1, func(s step) { s.store(dst, sincos(s.load(src), q, far)) })
				lanes, found := members(far), GP8()
				TESTL(lanes, lanes)
				SETNE(found)
				Store(found, ReturnIndex(0))
			})
			call("unary", "", name, "if "+typed(name)+"(dst, src) {\ntrigFar(dst, math."+strings.ToUpper(name[:1])+name[1:]+")\n}")
		}
	}
	size = 4
}

// doubles returns the two halves of a vector of float32 as vectors of float64.
func doubles(x vec) (lo, hi vec) {
	lo, hi = newVec(), newVec()
	if wide() {
		top := YMM()
		VEXTRACTF64X4(Imm(1), x, top)
		VCVTPS2PD(x.AsY(), lo)
		VCVTPS2PD(top, hi)
		return
	}
	top := XMM()
	VEXTRACTF128(Imm(1), x, top)
	VCVTPS2PD(x.AsX(), lo)
	VCVTPS2PD(top, hi)
	return
}

func zeros(n int) (v []vec) {
	for range n {
		z := newVec()
		VXORPS(z, z, z)
		v = append(v, z)
	}
	return
}

// total adds the accumulators and their lanes, always in the same order, and
// returns the sum as the float64 result.
func total(acc []vec) {
	for len(acc) > 1 {
		for i := range len(acc) / 2 {
			VADDPD(acc[len(acc)/2+i], acc[i], acc[i])
		}
		acc = acc[:len(acc)/2]
	}
	fold64(acc[0])
	Store(acc[0].AsX(), ReturnIndex(0))
}

func reductions() {
	sums()
	squares()
	nonzeros()

	for _, k := range []struct {
		name  string
		worst float64
		f     func(a, b Op, d vec)
	}{
		{"max", -inf, func(a, b Op, d vec) { VMAXPS(a, b, d) }},
		{"min", inf, func(a, b Op, d vec) { VMINPS(a, b, d) }},
	} {
		narrow(k.name+"Of32", "func(x []float32) float32", "is the "+k.name+"imum, or NaN if there is one.")
		x, n := base("x"), length("x")
		var acc []vec
		for range 4 {
			acc = append(acc, load(f32(k.worst)))
		}
		nan := zeros(1)[0]
		turn := 0
		loop(n, 4, func(s step) {
			v := s.load(x)
			if s.tail != nil {
				v = sel(s.tail, v, load(f32(k.worst)))
			}
			VORPS(cmp(unord, v, v), nan, nan)
			k.f(v, acc[turn%4], acc[turn%4])
			turn++
		})
		k.f(acc[1], acc[0], acc[0])
		k.f(acc[3], acc[2], acc[2])
		k.f(acc[2], acc[0], acc[0])
		fold(acc[0], k.f)
		any := GP32()
		VMOVMSKPS(nan, any)
		TESTL(any, any)
		JEQ(LabelRef("clean"))
		VMOVUPS(c32(0x7fc00000), acc[0])
		Label("clean")
		Store(acc[0].AsX(), ReturnIndex(0))
		finish()
	}

	expSums()
	addedRows()
	columns()

	narrow("allFinite32", "func(x []float32) bool", "reports whether no exponent is full.")
	x, n := base("x"), length("x")
	bad := zeros(1)[0]
	loop(n, 4, func(s step) {
		v := s.load(x)
		VANDPS(c32(0x7f800000), v, v)
		VPCMPEQD(c32(0x7f800000), v, v)
		VORPS(v, bad, bad)
	})
	any, ok := GP32(), GP8()
	VMOVMSKPS(bad, any)
	TESTL(any, any)
	SETEQ(ok)
	Store(ok, ReturnIndex(0))
	finish()
}

// sums emits the sum, added as float64: exact but for the last rounding of any
// slice that fits in memory, and as fast as memory for large ones.
func sums() {
	narrow("sum32", "func(x []float32) float64", "adds the elements.")
	x, n := base("x"), length("x")
	acc := zeros(4)
	turn := 0
	loop(n, 2, func(s step) {
		a, b := acc[turn%2*2], acc[turn%2*2+1]
		turn++
		lo, hi := doubles(s.load(x))
		VADDPD(lo, a, a)
		VADDPD(hi, b, b)
	})
	total(acc)
	finish()
}

// nonzeros emits the search for elements that are not zero, eight a byte.
func nonzeros() {
	narrow("nonzero32", "func(dst *byte, x []float32)", "sets a bit for each element that is not zero, eight a byte, and clears the other bits of the last byte.")
	dst, x, n := pointer("dst"), base("x"), length("x")
	loop(n, 1, func(s step) {
		bits := GP32()
		VMOVMSKPS(cmp(ne, s.load(x), f32(0)), bits)
		MOVB(bits.As8(), Mem{Base: dst})
		INCQ(dst)
	})
	finish()
}

// squares emits the sum of squares: those of four vectors are added as float32,
// where no sign can cancel, before they are widened.
func squares() {
	narrow("sumSquares32", "func(x []float32) float64", "adds the squares.")
	x, n := base("x"), length("x")
	acc := zeros(4)
	const group = 4
	turn := 0
	var sum vec
	loop(n, 2*group, func(s step) {
		v := s.load(x)
		if turn%group == 0 || turn >= 2*group {
			sum = mul(v, v)
		} else {
			VFMADD231PS(v, v, sum)
		}
		turn++
		if turn%group == 0 || turn > 2*group {
			lo, hi := doubles(sum)
			at := turn / group % 2 * 2
			VADDPD(lo, acc[at], acc[at])
			VADDPD(hi, acc[at+1], acc[at+1])
		}
	})
	total(acc)
	finish()
}

// columns emits the sum of 16 neighbouring columns over all rows, in float64.
func columns() {
	narrow("colSum32", "func(acc *[16]float64, x *float32, rows, stride int)",
		"adds 16 columns of a matrix whose rows are stride elements apart to acc, in the order of the rows.")
	dst, x, rows, stride := pointer("acc"), pointer("x"), pointer("rows"), pointer("stride")
	SHLQ(Imm(2), stride)
	var acc []vec
	for i := range 4 {
		acc = append(acc, load(Mem{Base: dst, Disp: 32 * i}))
	}
	Label("rows")
	TESTQ(rows, rows)
	JEQ(LabelRef("done"))
	for i := range acc {
		v := newVec()
		VCVTPS2PD(Mem{Base: x, Disp: 16 * i}, v)
		VADDPD(v, acc[i], acc[i])
	}
	ADDQ(stride, x)
	DECQ(rows)
	JMP(LabelRef("rows"))
	Label("done")
	for i := range acc {
		VMOVUPS(acc[i], Mem{Base: dst, Disp: 32 * i})
	}
	finish()
}

// addedRows emits the sum of a few rows.
func addedRows() {
	kernel("addRows32", "func(dst, x []float32, rows int)", "adds rows of x, as long as dst, to dst, one after the other.", func() {
		dst, x, n, rows := base("dst"), base("x"), length("dst"), pointer("rows")
		turn := 0
		loop(n, 1, func(s step) {
			turn++
			again := label(fmt.Sprint("again", turn))
			sum, left := s.load(x), GP64()
			from := GP64()
			MOVQ(rows, left)
			LEAQ(Mem{Base: x, Index: n, Scale: 4}, from)
			Label(again)
			DECQ(left)
			JEQ(LabelRef("added" + again))
			VADDPS(s.load(from), sum, sum)
			LEAQ(Mem{Base: from, Index: n, Scale: 4}, from)
			JMP(LabelRef(again))
			Label("added" + again)
			s.store(dst, add(sum, s.load(dst)))
		})
	})
}

// expSums emits the heart of log-sum-exp.
func expSums() {
	narrow("expTotal32", "func(x []float32, shift float32) float64",
		"is the sum of exp(x - shift); x - shift must not be above zero.")
	x, n := base("x"), length("x")
	shift := broadcast("shift")
	acc := zeros(2)
	hoist([]float64{magic, log2e, 1, -104})
	loop(n, 1, func(s step) {
		e := expNeg(sub(s.load(x), shift))
		if s.tail != nil {
			e = and(e, s.tail)
		}
		lo, hi := doubles(e)
		VADDPD(lo, acc[0], acc[0])
		VADDPD(hi, acc[1], acc[1])
	})
	unhoist()
	total(acc)
	finish()
}
