package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// sums is how many independent sums fma keeps: more than wait for each other, and
// two registers are left for the factors.
func (g gen) sums() int { return min(g.regs-2, 24) }

// fma emits n rounds of one addition of a product to each of many sums, in registers
// alone.
func (g gen) peak() {
	emit.Func("fma"+g.element.name+g.machine.name, "func(n int)", "adds n products to each of many sums, in registers alone.")
	n, x, y := arg("n"), g.vec(), g.vec()
	g.zero(x)
	g.zero(y)
	var sums []Op
	for range g.sums() {
		s := g.vec()
		g.zero(s)
		sums = append(sums, s)
	}
	Label("round")
	for _, s := range sums {
		g.fma(x, y, s)
	}
	DECQ(n)
	JNE(LabelRef("round"))
	VZEROUPPER()
	RET()
}
