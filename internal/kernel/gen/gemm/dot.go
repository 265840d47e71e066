package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// dotRows is the number of rows of x that a dot kernel takes at once.
const dotRows = 3

// dot emits the kernels of dot products: for each group of n rows of y,
//
//	C[i, j] = x[i]·y[j] + src[i, j],  i < rows ≤ 3
//
// with nothing added where src is nil. C and src have strides in both
// directions.
func (g gen) dot(n int) {
	name := fmt.Sprintf("dot%d%s%s", n, g.element.name, g.machine.name)
	emit.Func(name, fmt.Sprintf("func(x, y, c, src *%s, ldx, ldy, rsc, csc, rss, css, k, rows, groups int)", g.goType),
		fmt.Sprintf("computes the dot products of up to %d rows of x with groups of %d rows of y.", dotRows, n))
	d := dotArgs{gen: g, n: n, x: arg("x"), y: arg("y"), c: arg("c"), groups: arg("groups"),
		ldx: g.stride("ldx"), ldy: g.stride("ldy")}
	d.restore = g.flush()
	rows := arg("rows")
	for r := dotRows; r > 0; r-- {
		CMPQ(rows, Imm(uint64(r)))
		JEQ(LabelRef(fmt.Sprintf("rows%d", r)))
	}
	UD2() // no such number of rows
	for r := dotRows; r > 0; r-- {
		d.group(r)
	}
}

type dotArgs struct {
	gen
	restore         func()
	n               int
	x, y, c, groups reg.GPVirtual
	ldx, ldy        reg.GPVirtual
}

func (d dotArgs) group(r int) {
	at := func(s string) string { return fmt.Sprintf("%s%d", s, r) }
	Label(at("rows"))
	Comment(fmt.Sprintf("%d×%d products at once.", r, d.n))
	acc := make([][]reg.VecVirtual, r)
	for i := range acc {
		acc[i] = make([]reg.VecVirtual, d.n)
		for j := range acc[i] {
			acc[i][j] = d.vec()
			d.zero(acc[i][j])
		}
	}
	xs, xp := rowAddrs(copyOf(d.x), d.ldx, r)
	ys, yp := rowAddrs(copyOf(d.y), d.ldy, d.n)
	k := arg("k")
	SUBQ(U32(uint64(d.lanes())), k)
	JLT(LabelRef(at("rest")))
	Label(at("loop"))
	x := make([]reg.VecVirtual, r)
	for i := range x {
		x[i] = d.vec()
		d.load(xs[i], x[i])
	}
	for j := range ys {
		if r == 1 {
			d.fma(ys[j], x[0], acc[0][j])
			continue
		}
		y := d.vec()
		d.load(ys[j], y)
		for i := range x {
			d.fma(y, x[i], acc[i][j])
		}
	}
	for _, p := range append(append([]reg.GPVirtual{}, xp...), yp...) {
		ADDQ(U32(uint64(d.bytes)), p)
	}
	SUBQ(U32(uint64(d.lanes())), k)
	JGE(LabelRef(at("loop")))
	Label(at("rest"))
	ADDQ(U32(uint64(d.lanes())), k)
	JEQ(LabelRef(at("done")))
	from := d.maskSource(k)
	for i := range x {
		x[i] = d.vec()
		d.tail(from, xs[i], x[i])
	}
	for j := range ys {
		y := d.vec()
		d.tail(from, ys[j], y)
		for i := range x {
			d.fma(y, x[i], acc[i][j])
		}
	}
	Label(at("done"))

	// Fold each accumulator into its lowest lane.
	for i := range acc {
		for j := range acc[i] {
			d.fold(acc[i][j])
		}
	}
	src := arg("src")
	TESTQ(src, src)
	JEQ(LabelRef(at("store")))
	d.each(acc, src, "rss", "css", d.addScalar)
	Label(at("store"))
	d.each(acc, copyOf(d.c), "rsc", "csc", d.storeScalar)

	IMUL3Q(U32(uint64(d.n)), d.ldy, k)
	ADDQ(k, d.y)
	csc := d.stride("csc")
	IMUL3Q(U32(uint64(d.n)), csc, k)
	ADDQ(k, d.c)
	css := d.stride("css")
	IMUL3Q(U32(uint64(d.n)), css, k)
	src = arg("src")
	ADDQ(k, src)
	Store(src, Param("src"))
	DECQ(d.groups)
	JNE(LabelRef(at("rows")))
	d.restore()
	VZEROUPPER()
	RET()
}

// tail loads the last few elements of a row. AVX2 has no register to spare for
// the mask: the one that is to receive the elements holds it.
func (d dotArgs) tail(from maskSource, m Mem, r reg.VecVirtual) {
	var mask reg.Register = r
	if d.wide() {
		mask = K()
	}
	d.loadMask(from, 0, mask)
	d.maskedLoad(m, mask, r)
}

// fold sums the lanes of v into the lowest.
func (d dotArgs) fold(v reg.VecVirtual) {
	if d.wide() {
		h := YMM()
		VEXTRACTF64X4(Imm(1), v, h)
		if d.single() {
			VADDPS(h, v.AsY(), v.AsY())
		} else {
			VADDPD(h, v.AsY(), v.AsY())
		}
		v = v.AsY().(reg.VecVirtual)
	}
	t := XMM()
	VEXTRACTF128(Imm(1), v, t)
	if d.single() {
		VADDPS(t, v.AsX(), v.AsX())
		VHADDPS(v.AsX(), v.AsX(), v.AsX())
		VHADDPS(v.AsX(), v.AsX(), v.AsX())
	} else {
		VADDPD(t, v.AsX(), v.AsX())
		VHADDPD(v.AsX(), v.AsX(), v.AsX())
	}
}

// each calls f for every accumulator with the address of its element.
func (d dotArgs) each(acc [][]reg.VecVirtual, p reg.GPVirtual, rs, cs string, f func(v reg.VecVirtual, m Mem)) {
	row, col := d.stride(rs), d.stride(cs)
	for i := range acc {
		q := copyOf(p)
		for j := range acc[i] {
			f(acc[i][j], Mem{Base: q})
			ADDQ(col, q)
		}
		ADDQ(row, p)
	}
}

func (d dotArgs) addScalar(v reg.VecVirtual, m Mem) {
	if d.single() {
		VADDSS(m, v.AsX(), v.AsX())
	} else {
		VADDSD(m, v.AsX(), v.AsX())
	}
}

func (d dotArgs) storeScalar(v reg.VecVirtual, m Mem) {
	if d.single() {
		VMOVSS(v.AsX(), m)
	} else {
		VMOVSD(v.AsX(), m)
	}
}
