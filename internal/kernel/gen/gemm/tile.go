package main

import (
	"fmt"
	"log"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/latentgo/latent/internal/kernel/gen/emit"
)

// tile emits the micro-kernels whose rows are v vectors wide: for every strip
// of `rows` rows,
//
//	C[strip, :width] = A[strip, :k] · B[:k, :width] + src[strip, :width]
//
// with nothing added where src is nil. A has stride rsa between rows and csa
// along k; B has rsb between its rows, which are read in whole vectors (v = 1:
// masked to width); src has rss between rows, 0 for a bias.
func (g gen) tile(v int) {
	emit.Func(fmt.Sprintf("tile%d%s%s", v, g.element.name, g.machine.name), fmt.Sprintf(
		"func(a, b, c, src, next *%s, rsa, csa, rsb, rsc, rss, along, below, k, rows, strips, width int)", g.goType),
		fmt.Sprintf("computes strips of up to %d rows by up to %d columns of C = A·B + src.", g.rows(v), v*g.lanes()))
	t := tileArgs{gen: g, v: v, a: arg("a"), strips: arg("strips"),
		rsa: g.stride("rsa"), csa: g.stride("csa"), rsb: g.stride("rsb")}
	if t.ahead() {
		along := g.stride("along")
		Store(along, Param("along"))
		p, err := Param("along").Resolve()
		if err != nil {
			log.Fatal(err)
		}
		t.along = p.Addr
	}
	t.restore = g.flush()
	t.heights()
}

// heights emits the strips of every height and the choice between them.
func (t tileArgs) heights() {
	rows := arg("rows")
	for r := t.rows(t.v); r > 0; r-- {
		CMPQ(rows, Imm(uint64(r)))
		JEQ(LabelRef(fmt.Sprintf("rows%d", r)))
	}
	UD2() // no such height: never a product that is not computed
	for r := t.rows(t.v); r > 0; r-- {
		t.strip(r)
	}
}

type tileArgs struct {
	gen
	v             int
	a, strips     reg.GPVirtual
	rsa, csa, rsb reg.GPVirtual
	along         Mem
	restore       func()

	// Of the tiles that read packed panels.
	packed, half bool

	left   Mem              // of the tiles that go along k in runs: how many are left; else empty
	across [2]reg.GPVirtual // once and three times the bytes from a panel to the next, where v > 2
}

// strip emits the loop over strips of r rows.
func (t tileArgs) strip(r int) {
	at := func(s string) string { return fmt.Sprintf("%s%d", s, r) }
	Label(at("rows"))
	Comment(fmt.Sprintf("Strips of %d rows.", r))
	acc := make([][]reg.VecVirtual, r)
	for i := range acc {
		acc[i] = make([]reg.VecVirtual, t.v)
		for j := range acc[i] {
			acc[i][j] = t.vec()
			t.zero(acc[i][j])
		}
	}
	var mask reg.Register
	if t.v == 1 && !t.packed {
		mask = t.masks(arg("width"), 1)[0]
	}
	rows, ptrs := rowAddrs(copyOf(t.a), t.rsa, r)
	b := arg("b")
	var next reg.GPVirtual
	if t.ahead() {
		next = arg("next")
	}
	t.eachRow(arg("c"), t.stride("rsc"), r, func(_ int, m Mem) { PREFETCHT0(m) })
	k := GP64()
	if t.inRuns() {
		MOVQ(arg("runs"), k)
		MOVQ(k, t.left)
		Label(at("run"))
	}
	Load(Param("k"), k)
	step := func() {
		t.step(acc, rows, b, mask)
		for _, p := range ptrs {
			ADDQ(t.csa, p)
		}
		if t.packed {
			ADDQ(U32(uint64(t.rowBytes())), b)
		} else {
			ADDQ(t.rsb, b)
		}
		if t.ahead() {
			PREFETCHT1(Mem{Base: next})
			if t.wide() { // two lines
				PREFETCHT1(Mem{Base: next, Disp: -64})
			}
			ADDQ(t.along, next)
		}
	}
	SUBQ(Imm(4), k)
	JLT(LabelRef(at("rest")))
	Label(at("by4_"))
	for range 4 {
		step()
	}
	SUBQ(Imm(4), k)
	JGE(LabelRef(at("by4_")))
	Label(at("rest"))
	ADDQ(Imm(4), k)
	JEQ(LabelRef(at("done")))
	Label(at("by1_"))
	step()
	DECQ(k)
	JNE(LabelRef(at("by1_")))
	Label(at("done"))
	if t.inRuns() {
		t.nextRun(ptrs, at)
	}

	width := arg("width")
	CMPQ(width, U32(uint64(t.v*t.lanes())))
	JNE(LabelRef(at("masked")))
	t.finish(acc, nil, at("full"))
	JMP(LabelRef(at("next")))
	Label(at("masked"))
	if t.v <= 2 { // wider tiles are only used whole
		t.finish(acc, t.masks(width, t.v), at("edge"))
	}
	Label(at("next"))
	if t.inRuns() {
		ADDQ(t.stride("nexta"), t.a)
		advance("c", t.stride("nextc"))
		advance("src", t.stride("nexts"))
	} else {
		IMUL3Q(U32(uint64(r)), t.rsa, k)
		ADDQ(k, t.a)
		for _, p := range [][2]string{{"c", "rsc"}, {"src", "rss"}} {
			IMUL3Q(U32(uint64(r)), t.stride(p[1]), k)
			advance(p[0], k)
		}
	}
	if t.ahead() {
		advance("next", t.stride("below"))
	}
	DECQ(t.strips)
	JNE(LabelRef(at("rows")))
	t.restore()
	VZEROUPPER()
	RET()
}

// ahead reports whether the tile fetches what will be packed next.
func (t tileArgs) ahead() bool { return t.v == 2 && !t.packed && !t.inRuns() }

// advance moves a pointer among the parameters.
func advance(name string, by reg.GPVirtual) {
	p := arg(name)
	ADDQ(by, p)
	Store(p, Param(name))
}

// step adds one column of A times one row of B.
func (t tileArgs) step(acc [][]reg.VecVirtual, rows []Mem, b reg.GPVirtual, mask reg.Register) {
	if t.v <= 2 { // B stays, A passes by
		bs := make([]reg.VecVirtual, t.v)
		for j := range bs {
			bs[j] = t.vec()
			if mask != nil {
				t.maskedLoad(Mem{Base: b}, mask, bs[j])
			} else {
				t.loadB(t.column(b, j), bs[j])
			}
		}
		for i := range acc {
			a := t.vec()
			t.broadcast(rows[i], a)
			for j := range bs {
				t.fma(a, bs[j], acc[i][j])
			}
		}
		return
	}
	as := make([]reg.VecVirtual, len(acc))
	for i := range as {
		as[i] = t.vec()
		t.broadcast(rows[i], as[i])
	}
	for j := range t.v {
		m := t.column(b, j)
		if len(acc) == 1 && !t.half {
			t.fma(m, as[0], acc[0][j])
			continue
		}
		x := t.vec()
		t.loadB(m, x)
		for i := range acc {
			t.fma(x, as[i], acc[i][j])
		}
	}
}

// finish adds src and stores the strip, through masks if there are any.
func (t tileArgs) finish(acc [][]reg.VecVirtual, masks []reg.Register, label string) {
	src := arg("src")
	TESTQ(src, src)
	JEQ(LabelRef(label + "store"))
	t.eachRow(src, t.stride("rss"), len(acc), func(i int, m Mem) {
		for j := range t.v {
			if masks != nil {
				x := t.vec()
				t.maskedLoad(m.Offset(j*t.bytes), masks[j], x)
				t.add(x, acc[i][j], acc[i][j])
			} else {
				t.add(m.Offset(j*t.bytes), acc[i][j], acc[i][j])
			}
		}
	})
	Label(label + "store")
	t.eachRow(arg("c"), t.stride("rsc"), len(acc), func(i int, m Mem) {
		for j := range t.v {
			if masks != nil {
				t.maskedStore(acc[i][j], masks[j], m.Offset(j*t.bytes))
			} else {
				t.load(acc[i][j], m.Offset(j*t.bytes))
			}
		}
	})
}

// eachRow calls f with the address of each of n rows, moving p along.
func (t tileArgs) eachRow(p, ld reg.GPVirtual, n int, f func(i int, m Mem)) {
	for i := range n {
		m := Mem{Base: p}
		if i%3 > 0 {
			m.Index, m.Scale = ld, uint8(i%3)
		}
		f(i, m)
		if i%3 == 2 && i < n-1 {
			LEAQ(Mem{Base: p, Index: ld, Scale: 2}, p)
			ADDQ(ld, p)
		}
	}
}
