package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// narrowRow is the row length below which a block holds several rows.
const narrowRow = 256

// A loop computes a unit's values over a grid of rows and columns, block by
// block. A block is part of one row, or, where rows are narrow, several whole
// rows. Axes beyond two are rows: outer lists their sizes.
type loop struct {
	outer     []int
	rows      int // product of outer
	cols      int
	blockRows int  // rows of a block
	blockCols int  // columns of a block
	wholeRows bool // a step takes whole rows

	loads []access  // operands in memory
	saves []access  // results in memory
	folds []fold    // results reduced
	first []step    // once for each part, on a whole block, before the first
	steps []step    // for each block
	scals int       // how many loads are scalars
	imm   []float64 // the scalars that follow: numbers known when the loop is compiled
	slots int       // how many vectors a block has; registers come last
	regs  int       // how many of them are registers
	cost  float64   // estimated nanoseconds on one worker
}

// A looped program has its loops planned.
type looped struct {
	*scheduled
	loops []*loop // by number of units; nil for other instructions
}

func planLoops(s *scheduled) *looped {
	p := &looped{s, make([]*loop, len(s.units))}
	for i, u := range s.units {
		if s.kind[u.values[0].id] == fusedLoop {
			p.loops[i] = newLoop(s, u)
		}
	}
	return p
}

// An access says where the element of an array lies that belongs to a point of
// the grid.
type access struct {
	base  *value
	off   int
	outer []int // strides
	inner int   // stride; 0 is the same element for the whole row
	mode  accessMode
	to    int // slot or scalar
}

type accessMode uint8

const (
	aliased    accessMode = iota // the slot of a block is a slice of the array itself
	gathered                     // elements are copied to a register for each block
	copiedOnce                   // rows are all the same: one block is copied for a part
	loopScalar                   // one element for the whole loop, kept as a scalar
	rowScalar                    // one element for each row, kept as a scalar
)

// scalar reports whether what is loaded is one number for a row or for the whole loop.
func (a *access) scalar() bool { return a.mode >= loopScalar }

// A fold is a reduction of a vector.
type fold struct {
	access // of the result; to is the slot of the vector
	fold   op.Fold
	kind   foldKind
	acc    int // the number of its accumulator in scratch.acc
}

type foldKind uint8

const (
	total  foldKind = iota // everything is added to one number
	ofRows                 // each row is reduced to a number of its own
	mixed                  // each row is reduced to a number that it shares with other rows
	ofCols                 // rows are added up, element by element
)

// newLoop plans the loop of a unit.
func newLoop(s *scheduled, u *unit) *loop {
	l := &loop{}
	e := &emitter{loop: l, program: s, unit: u, dims: s.class[u.values[0].id].dims(), members: make([]member, len(u.values))}
	e.operands()
	for i := range e.members {
		m := &e.members[i]
		l.wholeRows = l.wholeRows || codes[m.instr.code].byRow
		if v := m.v; v.folds() {
			e.folds = append(e.folds, m)
			e.foldSt = append(e.foldSt, gridStrides(e.dims, v.domain(), v.op.folds(v.rule, len(v.domain()), rowMajor(v.shape))))
			if x := m.args[0].m; x != nil {
				x.folded = true
			}
		} else if s.stored[v.id] {
			m.saved = true
			e.saves = append(e.saves, m)
		}
	}
	e.collapse()
	e.grid()
	e.emit()
	e.registers()
	return l
}

// rowSteps returns the strides of an array that lies as the grid does, in order.
func (l *loop) rowSteps() []int {
	st := make([]int, len(l.outer))
	step := l.cols
	for i := len(st) - 1; i >= 0; i-- {
		st[i] = step
		step *= l.outer[i]
	}
	return st
}

// dense reports whether an access meets the grid's elements in order.
func (a *access) dense(l *loop) bool {
	return (a.inner == 1 || l.cols <= 1) && slices.Equal(a.outer, l.rowSteps())
}

// span returns the elements of a register.
func (l *loop) span() int { return rounded(max(l.blockRows*l.cols, l.blockCols, 1)) }

// collapse joins neighbouring axes that all arrays cross with one stride.
func (e *emitter) collapse() {
	all := append(slices.Clone(e.loadSt), e.foldSt...)
	dims := slices.Clone(e.dims)
	for i := len(dims) - 2; i >= 0; i-- {
		fits := !e.wholeRows || i < len(dims)-2
		for _, st := range all {
			fits = fits && st[i] == st[i+1]*dims[i+1]
		}
		if !fits {
			continue
		}
		dims[i] *= dims[i+1]
		dims = slices.Delete(dims, i+1, i+2)
		for k, st := range all {
			st = slices.Delete(slices.Clone(st), i, i+1)
			all[k] = st
		}
	}
	if len(dims) == 0 { // one element
		dims = []int{1}
		for k := range all {
			all[k] = []int{0}
		}
	}
	e.loadSt, e.foldSt = all[:len(e.loadSt)], all[len(e.loadSt):]
	e.dims = dims
}

// grid chooses rows, columns and blocks.
func (e *emitter) grid() {
	l := e.loop
	n := len(e.dims) - 1
	l.outer, l.cols = e.dims[:n], e.dims[n]
	l.rows = op.Size(l.outer)
	l.blockRows, l.blockCols = 1, min(l.cols, blockElems)
	if l.cols < narrowRow && l.rows > 1 {
		l.blockRows = min(l.rows, max(1, blockElems/l.cols))
	}
	for _, m := range e.saves {
		l.saves = append(l.saves, access{base: m.v, outer: l.rowSteps(), inner: 1})
	}
	for i, m := range e.folds {
		st := e.foldSt[i]
		f := fold{access: access{base: m.v, outer: st[:n], inner: st[n]}, fold: op.Sum, acc: i}
		if r, ok := m.v.rule.(op.Reduce); ok {
			f.fold = r.Fold
		}
		switch {
		case f.inner != 0:
			f.kind = ofCols
		case allZero(f.outer):
			f.kind = total
		case !slices.Contains(f.outer, 0) || l.rows == 1:
			f.kind = ofRows
		default:
			f.kind = mixed
		}
		if f.kind == total && f.fold != op.Sum { // one row
			f.kind = ofRows
		}
		l.folds = append(l.folds, f)
	}
	for i := range e.loads {
		a := &e.loads[i]
		st := e.loadSt[i]
		a.outer, a.inner = st[:n], st[n]
		switch {
		case l.rows*l.cols == 1:
			a.mode = aliased
		case a.inner == 0 && allZero(a.outer):
			a.mode = loopScalar
		case a.dense(l), l.blockRows == 1 && a.inner == 1:
			a.mode = aliased
		case l.blockRows == 1 && a.inner == 0:
			a.mode = rowScalar
		case allZero(a.outer) && l.blockRows > 1:
			a.mode = copiedOnce
		default:
			a.mode = gathered
		}
	}
	l.loads = e.loads
}
