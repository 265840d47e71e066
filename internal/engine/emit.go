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
	rule    op.Unary
	v       *value // the value that it computes; nil for a fill
}

type code uint8

const (
	mapOf          code = iota // dst = fn(a)
	ruleOf                     // dst = rule(a), by the rule's own evaluation
	finite                     // dst = 1 where a is finite, else 0
	leaky                      // dst = a, s·a below 0
	clamp                      // dst = a limited to [s, t]
	outside                    // dst = 1 where a < s or a > t, else 0
	zip                        // dst = fn(a, b)
	zipRight                   // dst = fn(a, s)
	zipLeft                    // dst = fn(s, a)
	mulAdd                     // dst = a·b + c
	mulSub                     // dst = c − a·b
	addScale                   // dst = a + s·b
	affine                     // dst = a·s + t
	tanhSlope                  // dst = a·(1−b²)
	sigmoidSlope               // dst = a·b·(1−b)
	bernoulli                  // dst = a·b − softplus(b)
	bernoulliSlope             // dst = a·(b − sigmoid(c))
	logSoftmaxOf               // dst = a − max(s, the log-sum-exp of its row)
	softmaxOf                  // dst = exp of the same
	where                      // dst = b where a is not 0, else c
	between                    // dst = a moved between b and c
	move                       // dst = a
	fill                       // dst = s
	foldOf                     // fold number dst adds a
)

// A ref is where a step finds an operand: a vector or a scalar. Until registers
// are allocated, vectors are virtual: the loads and then the values in order.
type ref struct {
	scalar bool
	i      int
}

// An emitter plans one loop.
type emitter struct {
	*loop
	unit *unit
	dims []int

	loads  []access
	loadSt [][]int
	saves  []*value
	folds  []*value
	foldSt [][]int

	imms  map[uint64]int
	fills map[int]int
	nvec  int
}

// An arg is an operand: the value v of this loop, the load of a number that is
// not negative, or else the number c.
type arg struct {
	v    *value
	load int
	c    float64
}

func newEmitter(l *loop, u *unit) *emitter {
	return &emitter{loop: l, unit: u, dims: u.values[0].class.dims()}
}

// operands lists the arrays that each value reads.
func (e *emitter) operands() {
	for _, v := range e.unit.values {
		for _, c := range v.in {
			w := c.view()
			switch {
			case c.form == uniform:
				v.args = append(v.args, arg{load: -1, c: c.c})
				continue
			case w.base.unit == e.unit:
				v.args = append(v.args, arg{v: w.base})
				w.base.inner++
				continue
			}
			domain := v.domain()
			st := make([]int, len(domain))
			copy(st[len(st)-len(w.st):], w.st)
			st = gridStrides(e.dims, domain, st)
			i := e.findLoad(w, st)
			if i == len(e.loads) {
				e.loads = append(e.loads, access{base: w.base, off: w.off})
				e.loadSt = append(e.loadSt, st)
			}
			v.args = append(v.args, arg{load: i})
		}
	}
}

// findLoad returns the load of a view, or the number of a new one.
func (e *emitter) findLoad(w *view, st []int) int {
	for i := range e.loads {
		if a := &e.loads[i]; a.base == w.base && a.off == w.off && slices.Equal(e.loadSt[i], st) {
			return i
		}
	}
	return len(e.loads)
}

// emit writes the steps and allocates registers.
func (e *emitter) emit() {
	l := e.loop
	for _, v := range e.saves {
		v.saved = true
	}
	for _, v := range e.folds {
		if s := v.args[0].v; s != nil {
			s.folded = true
		}
	}
	for i := range l.loads {
		a := &l.loads[i]
		if a.mode == loopScalar || a.mode == rowScalar {
			continue
		}
		a.to = e.nvec
		e.nvec++
	}
	for _, v := range e.unit.values {
		e.merge(v)
	}
	for _, v := range e.unit.values { // number the scalars: first those known at compile time
		for _, a := range v.args {
			if a.v == nil && a.load < 0 {
				e.number(a.c)
			}
		}
		if u, ok := v.rule.(op.Unary); ok && (u.A != 0 || u.B != 0 || u.Fn == op.Scale || u.Fn == op.Clamp || u.Fn == op.Bound || u.Fn == op.Outside || u.Fn == op.LeakyRelu) {
			e.number(u.A)
			e.number(u.B)
			e.number(-u.A)
		}
		if r, ok := v.rule.(logSoftmax); ok {
			e.number(r.low)
		}
	}
	known := len(l.imm)
	l.scals = known
	for i := range l.loads {
		if a := &l.loads[i]; a.mode == loopScalar || a.mode == rowScalar {
			a.to = l.scals
			l.scals++
		}
	}
	k := 0
	for _, v := range e.unit.values {
		switch {
		case v.folds():
			l.folds[k].to = -1
			x := e.vec(e.ref(v.args[0]))
			l.steps = append(l.steps, step{code: foldOf, dst: k, a: x, v: v})
			l.cost += .1 * float64(l.rows*l.cols)
			k++
		case !v.inlined:
			e.value(v)
		}
	}
	if len(l.imm) != known { // its number would be that of a load
		panic("engine: a step needs a scalar that was not numbered before")
	}
	e.registers()
}

// number returns the scalar that holds a number.
func (e *emitter) number(c float64) int {
	bits := math.Float64bits(c)
	i, ok := e.imms[bits]
	if !ok {
		if e.imms == nil {
			e.imms = map[uint64]int{}
		}
		i = len(e.imm)
		e.imms[bits] = i
		e.imm = append(e.imm, c)
	}
	return i
}

// ref returns where an operand is.
func (e *emitter) ref(a arg) ref {
	switch {
	case a.v != nil:
		return ref{i: a.v.virtual}
	case a.load < 0:
		return ref{scalar: true, i: e.number(a.c)}
	}
	x := e.loop.loads[a.load]
	return ref{scalar: x.mode == loopScalar || x.mode == rowScalar, i: x.to}
}

func (e *emitter) scalar(a arg) bool { return a.v == nil && e.ref(a).scalar }

// vec returns a vector that holds an operand. A scalar is written to one, once
// if it is the same for the whole loop.
func (e *emitter) vec(r ref) int {
	if !r.scalar {
		return r.i
	}
	if i, ok := e.fills[r.i]; ok {
		return i
	}
	s := step{code: fill, dst: e.nvec, s: r.i}
	e.nvec++
	for _, a := range e.loop.loads {
		if a.mode == rowScalar && a.to == r.i {
			e.steps = append(e.steps, s)
			return s.dst
		}
	}
	e.first = append(e.first, s)
	if e.fills == nil {
		e.fills = map[int]int{}
	}
	e.fills[r.i] = s.dst
	return s.dst
}
