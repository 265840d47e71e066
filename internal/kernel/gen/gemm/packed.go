package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// tilePacked emits tile for a B that was packed beforehand: in panels of two
// vectors, or of one at the end, with all of their rows one after the other and
// zeros beyond the last column. A tile of v > 2 vectors reads v/2 panels side by
// side, panel elements apart. If half is set B is of F16, which is computed with in
// float32.
func (g gen) tilePacked(v int, half bool) {
	kind, of := "P", g.goType
	if half {
		kind, of = "H", "uint16"
	}
	emit.Func(fmt.Sprintf("tile%d%s%s%s", v, kind, g.element.name, g.machine.name), fmt.Sprintf(
		"func(a *%s, b *%s, c, src *%[1]s, rsa, csa, panel, rsc, rss, k, rows, strips, width int)", g.goType, of),
		fmt.Sprintf("computes strips of up to %d rows by up to %d columns of C = A·B + src, B packed.", g.rows(v), v*g.lanes()))
	t := tileArgs{gen: g, v: v, a: arg("a"), strips: arg("strips"),
		rsa: g.stride("rsa"), csa: g.stride("csa"), packed: true, half: half}
	if v > 2 {
		t.across[0] = arg("panel")
		SHLQ(Imm(uint64(g.shift-b2i(half))), t.across[0])
		t.across[1] = GP64()
		LEAQ(Mem{Base: t.across[0], Index: t.across[0], Scale: 2}, t.across[1])
	}
	t.restore = g.flush()
	t.heights()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// vectorBytes is what a vector of B takes in memory.
func (t tileArgs) vectorBytes() int { return t.bytes >> b2i(t.half) }

// rowBytes is what a row of a packed panel takes.
func (t tileArgs) rowBytes() int { return min(t.v, 2) * t.vectorBytes() }

// column returns where vector j of a row of B is.
func (t tileArgs) column(b reg.GPVirtual, j int) Mem {
	if !t.packed {
		return Mem{Base: b, Disp: j * t.bytes}
	}
	m := Mem{Base: b, Disp: j % 2 * t.vectorBytes()}
	switch j / 2 {
	case 1:
		m.Index, m.Scale = t.across[0], 1
	case 2:
		m.Index, m.Scale = t.across[0], 2
	case 3:
		m.Index, m.Scale = t.across[1], 1
	}
	return m
}

// loadB loads a vector of B.
func (t tileArgs) loadB(m Mem, r Op) {
	if t.half {
		VCVTPH2PS(m, r)
	} else {
		t.load(m, r)
	}
}

// unpackHalf emits the conversion of n numbers of F16, a multiple of a vector.
func (g gen) unpackHalf() {
	emit.Func("unpackHalf"+g.machine.name, "func(dst *float32, src *uint16, n int)", "converts n numbers of F16.")
	dst, src, n := arg("dst"), arg("src"), arg("n")
	Label("loop")
	x := g.vec()
	VCVTPH2PS(Mem{Base: src}, x)
	g.load(x, Mem{Base: dst})
	ADDQ(U32(uint64(g.bytes/2)), src)
	ADDQ(U32(uint64(g.bytes)), dst)
	SUBQ(U32(uint64(g.lanes())), n)
	JG(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
