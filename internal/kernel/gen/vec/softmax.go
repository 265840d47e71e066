package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// softmaxes emits softmax of rows and its derivative. Rows follow each other without a
// call between, so that a processor is at work on several at once.
func softmaxes() {
	kernel("softmax32", "func(dst, x []float32, cols int, scale, low float32)",
		"sets each row of cols elements to exp(scale·(x - m)) over its sum, with the maximum m of the row or low; exponentials below 1.7e-38 are 0, and a sum that is 0 or NaN divides nothing.", func() {
			dst, x, n, cols := base("dst"), base("x"), length("x"), pointer("cols")
			scale := broadcast("scale")
			const least = -87 // so that no subnormal number comes out, at which processors take long
			hoist([]float64{magic, log2e, 1, least})
			eachRow(n, cols, []reg.GPVirtual{dst, x}, func() {
				m, bad := broadcast("low"), none()
				along("max", cols, func(s step) {
					v := s.load(x)
					if s.tail != nil {
						v = sel(s.tail, v, m)
					}
					join(bad, cmp(unord, v, v))
					VMAXPS(v, m, m)
				})
				fold(m, func(a, b Op, d vec) { VMAXPS(a, b, d) })
				VBROADCASTSS(m.AsX(), m)
				lanes := members(bad)
				TESTL(lanes, lanes)
				JEQ(LabelRef(label("clean")))
				VMOVUPS(nan(), m)
				Label(label("clean"))
				// Four vectors are added as float32 before they are widened: their signs are one.
				acc, turn, sum := zeros(2), 0, vec(nil)
				along("exp", cols, func(s step) {
					v := mul(sub(s.load(x), m), scale)
					e := ones(cmp(nlt, v, num(least)), expDown(v, num(least)))
					if s.tail != nil {
						e = ones(s.tail, e)
					}
					s.store(dst, e)
					if turn++; turn == 1 || turn > unrolled {
						sum = e
					} else {
						sum = add(sum, e)
					}
					if turn >= unrolled {
						lo, hi := doubles(sum)
						VADDPD(lo, acc[0], acc[0])
						VADDPD(hi, acc[1], acc[1])
					}
				})
				VADDPD(acc[1], acc[0], acc[0])
				fold64(acc[0])
				total, zero, one := acc[0].AsX(), acc[1].AsX(), XMM()
				VXORPS(zero, zero, zero)
				VUCOMISD(zero, total)
				JLS(LabelRef(label("undivided")))
				VMOVSD(c64(0x3ff<<52), one)
				VDIVSD(total, one, one)
				VCVTSD2SS(one, one, one)
				share := newVec()
				VBROADCASTSS(one, share)
				along("divide", cols, func(s step) { s.store(dst, mul(share, s.load(dst))) })
				Label(label("undivided"))
			})
			unhoist()
		})
	kernel("softmaxGrad32", "func(dst, grad, y []float32, cols int, scale float32)",
		"sets each row of cols elements to scale·y·(g - Σ g·y), the derivative by x of softmax(scale·x) = y.", func() {
			dst, grad, y, n, cols := base("dst"), base("grad"), base("y"), length("y"), pointer("cols")
			scale := broadcast("scale")
			eachRow(n, cols, []reg.GPVirtual{dst, grad, y}, func() {
				sum := zeros(1)[0]
				along("sum", cols, func(s step) { madd(sum, s.load(grad), s.load(y)) })
				fold(sum, func(a, b Op, d vec) { VADDPS(a, b, d) })
				VBROADCASTSS(sum.AsX(), sum)
				along("result", cols, func(s step) {
					s.store(dst, mul(mul(sub(s.load(grad), sum), s.load(y)), scale))
				})
			})
		})
}

// eachRow runs body for each row of cols of n elements; pointers go from row to row.
func eachRow(n, cols reg.GPVirtual, pointers []reg.GPVirtual, body func()) {
	Label(label("row"))
	TESTQ(n, n)
	JEQ(LabelRef(label("end")))
	body()
	for _, p := range pointers {
		LEAQ(Mem{Base: p, Index: cols, Scale: uint8(size)}, p)
	}
	SUBQ(cols, n)
	JMP(LabelRef(label("row")))
	Label(label("end"))
}

const unrolled = 4

// along is a loop of several in a function, told apart by their names.
func along(name string, n reg.GPVirtual, body func(s step)) {
	part = name
	loop(n, unrolled, body)
	part = ""
}

// fold combines the lanes of v, always in the same order, into the first of them.
func fold(v vec, f func(a, b Op, d vec)) {
	lower(v, func(a, b vec) { f(a, b, b) })
	a, top := v.AsX().(vec), XMM()
	for _, order := range []uint64{0x4e, 0xb1} {
		VPERMILPS(Imm(order), a, top)
		f(top, a, a)
	}
}

// fold64 adds the lanes of v, which are of float64.
func fold64(v vec) {
	lower(v, func(a, b vec) { VADDPD(a, b, b) })
	VHADDPD(v.AsX(), v.AsX(), v.AsX())
}

// lower combines the upper halves of v with the lower ones, down to 128 bits.
func lower(v vec, f func(a, b vec)) {
	if wide() {
		top := YMM()
		VEXTRACTF64X4(Imm(1), v, top)
		f(top, v.AsY().(vec))
	}
	top := XMM()
	VEXTRACTF128(Imm(1), v.AsY(), top)
	f(top, v.AsX().(vec))
}
