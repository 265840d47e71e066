package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// tileRuns emits tile for an A of which k columns csa apart follow each other, and the
// next k jump elements behind where they would go on, as often as runs says; the
// rows of B go on. From a strip to the next A, C and src move by nexta, nextc and nexts.
func (g gen) tileRuns(v int) {
	emit.Func(fmt.Sprintf("tile%dR%s%s", v, g.element.name, g.machine.name), fmt.Sprintf(
		"func(a, b, c, src *%s, rsa, csa, jump, rsb, rsc, rss, nexta, nextc, nexts, runs, k, rows, strips, width int)", g.goType),
		fmt.Sprintf("computes strips of up to %d rows by up to %d columns of C = A·B + src, along k in runs.", g.rows(v), v*g.lanes()))
	t := tileArgs{gen: g, v: v, a: arg("a"), strips: arg("strips"),
		rsa: g.stride("rsa"), csa: g.stride("csa"), rsb: g.stride("rsb"), left: AllocLocal(8)}
	t.restore = g.flush()
	t.heights()
}

func (t tileArgs) inRuns() bool { return t.left.Base != nil }

// nextRun goes back to the loop along k while there are runs left.
func (t tileArgs) nextRun(ptrs []reg.GPVirtual, at func(string) string) {
	DECQ(t.left)
	JEQ(LabelRef(at("ran")))
	jump := t.stride("jump")
	for _, p := range ptrs {
		ADDQ(jump, p)
	}
	JMP(LabelRef(at("run")))
	Label(at("ran"))
}
