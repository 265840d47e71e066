package engine

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A step is one kernel call on vectors of a block.
type step struct {
	code    code
	fn      uint8 // kernel.Unary or kernel.Binary
	dst     int
	a, b, c int // slots
	s, t    int // scalars
	rule    op.Rule
	v       *value // the value that it computes; nil for a fill
}

// An emitter plans one loop.
type emitter struct {
	*loop
	program *scheduled
	unit    *unit
	members []member
	dims    []int

	loads  []access
	loadSt [][]int
	saves  []*member
	folds  []*member
	foldSt [][]int

	imms  map[uint64]int
	fills map[int]int
	nvec  int
}

// A member is a value of a loop while that is planned.
type member struct {
	v       *value
	instr   instr
	args    []arg
	uses    int    // within the loop
	saved   bool   // the loop writes it to memory
	folded  bool   // the loop reduces it
	inlined bool   // the step of its only consumer computes it
	fused   *fused // the step of it and of operands inlined into it, or nil
	virtual int    // the number of its vector before registers are allocated
}

// An arg is an operand: another member of the loop, the load of a number that is
// not negative, or else the number c.
type arg struct {
	m    *member
	load int
	c    float64
}

// operands lists what each member reads.
func (e *emitter) operands() {
	for i, v := range e.unit.values {
		m := &e.members[i]
		m.v, m.instr = v, v.op.instr(v.rule)
		for _, c := range e.program.in[v.id] {
			w := e.program.view(c)
			switch {
			case c.form == uniform:
				m.args = append(m.args, arg{load: -1, c: c.c})
				continue
			case e.program.unit[w.base.id] == e.unit:
				of := &e.members[e.program.at[w.base.id]]
				m.args = append(m.args, arg{m: of})
				of.uses++
				continue
			}
			domain := v.domain()
			st := gridStrides(e.dims, domain, leading(w.st, len(domain)))
			i := 0
			for i < len(e.loads) && (e.loads[i].base != w.base || e.loads[i].off != w.off || !slices.Equal(e.loadSt[i], st)) {
				i++
			}
			if i == len(e.loads) {
				e.loads = append(e.loads, access{base: w.base, off: w.off})
				e.loadSt = append(e.loadSt, st)
			}
			m.args = append(m.args, arg{load: i})
		}
	}
}

// emit writes the steps.
func (e *emitter) emit() {
	l := e.loop
	for i := range l.loads {
		if a := &l.loads[i]; a.scalar() {
			a.to = l.scals
			l.scals++
		} else {
			a.to = e.nvec
			e.nvec++
		}
	}
	for i := range e.members {
		e.fuse(&e.members[i])
	}
	k := 0
	for i := range e.members {
		m := &e.members[i]
		switch {
		case m.v.folds():
			l.folds[k].to = -1
			l.steps = append(l.steps, step{code: foldOf, dst: k, a: e.vec(m.args[0]), v: m.v})
			l.cost += m.instr.cost * float64(l.rows*l.cols)
			k++
		case !m.inlined:
			e.step(m)
		}
	}
}

// step writes the step of an element-wise member.
func (e *emitter) step(m *member) {
	in := m.instr
	args := m.args
	var k []arg
	switch {
	case m.fused != nil:
		in.code, in.cost = m.fused.code, max(in.cost, codes[m.fused.code].cost)
		args, k = m.fused.vectors, m.fused.scalars
	case in.code == move && e.scalar(args[0]):
		in.code, k, args = fill, args, nil
	case in.code == move && !m.saved:
		m.virtual = e.vec(args[0])
		return
	case in.code == zip && e.scalar(args[1]):
		in.code, k, args = zipRight, args[1:], args[:1]
	case in.code == zip && e.scalar(args[0]):
		in.code, k, args = zipLeft, args[:1], args[1:]
	default:
		for _, c := range in.k[:codes[in.code].scalars] {
			k = append(k, arg{load: -1, c: c})
		}
	}
	if codes[in.code].byRow {
		in.cost = rowCost(e.cols)
	}
	s := step{code: in.code, fn: in.fn, rule: in.rule, v: m.v}
	for i, to := range []*int{&s.a, &s.b, &s.c}[:len(args)] {
		*to = e.vec(args[i])
	}
	for i, to := range []*int{&s.s, &s.t}[:len(k)] {
		*to = e.number(k[i])
	}
	s.dst = e.nvec
	m.virtual = s.dst
	e.nvec++
	e.steps = append(e.steps, s)
	e.cost += in.cost * float64(e.rows*e.cols)
}

// scalar reports whether an operand is a scalar of the loop or of its rows.
func (e *emitter) scalar(a arg) bool {
	return a.m == nil && (a.load < 0 || e.loop.loads[a.load].scalar())
}

// number returns the scalar that holds an operand.
func (e *emitter) number(a arg) int {
	if a.load >= 0 {
		return e.loop.loads[a.load].to
	}
	bits := math.Float64bits(a.c)
	i, ok := e.imms[bits]
	if !ok {
		if e.imms == nil {
			e.imms = map[uint64]int{}
		}
		i = e.scals + len(e.imm)
		e.imms[bits] = i
		e.imm = append(e.imm, a.c)
	}
	return i
}

// vec returns the vector that holds an operand. A scalar is written to one, once
// if it is the same for the whole loop.
func (e *emitter) vec(a arg) int {
	switch {
	case a.m != nil:
		return a.m.virtual
	case !e.scalar(a):
		return e.loop.loads[a.load].to
	}
	k := e.number(a)
	if i, ok := e.fills[k]; ok {
		return i
	}
	s := step{code: fill, dst: e.nvec, s: k}
	e.nvec++
	if a.load >= 0 && e.loop.loads[a.load].mode == rowScalar {
		e.steps = append(e.steps, s)
		return s.dst
	}
	e.first = append(e.first, s)
	if e.fills == nil {
		e.fills = map[int]int{}
	}
	e.fills[k] = s.dst
	return s.dst
}
