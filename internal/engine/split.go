package engine

import "math"

// A split divides a loop's grid into parts by rows or by columns. It follows
// from the shape and the estimated cost alone, never from the number of
// workers, so that results do not depend on that. Sums depend on the parts by
// rounding: whoever changes an estimate of cost changes last digits.
type split struct {
	parts      int
	byCols     bool
	rows, cols int
	unit       int // parts are multiples of so many rows or columns
}

const (
	inlineCost = 6000 // nanoseconds below which a loop is one part
	partCost   = 3000 // of a part
	maxParts   = 16
	colUnit    = 64
)

// A divided program has its loops divided. Its tables are by number of units.
type divided struct {
	*looped
	splits []split
	temp   []int // elements of memory needed while the unit runs
}

func divide(l *looped) *divided {
	d := &divided{l, make([]split, len(l.units)), make([]int, len(l.units))}
	for i, l := range l.loops {
		if l == nil {
			continue
		}
		d.splits[i] = splitLoop(l)
		for k := range l.folds {
			if f := &l.folds[k]; f.shared(&d.splits[i]) {
				d.temp[i] += rounded(f.base.size) * d.splits[i].parts
			}
		}
	}
	return d
}

// shared reports whether several parts add to the same elements, so that each
// keeps a result of its own.
func (f *fold) shared(s *split) bool {
	switch {
	case s.parts == 1 || f.kind == total:
		return false
	case f.kind == ofCols:
		return !s.byCols
	case f.kind == ofRows:
		return s.byCols
	}
	return true
}

// cost returns the estimated nanoseconds of a unit on one worker.
func (d *divided) cost(u *unit) float64 {
	v := u.values[0]
	switch l, m := d.loops[u.id], d.mul[v.id]; {
	case l != nil:
		return l.cost + 100
	case m != nil:
		ns := m.cost() + 300
		if f := m.activation; f != nil {
			ns += elementCost(f.Fn) * float64(v.size)
		}
		return ns
	case v.op.cost != nil:
		return v.op.cost(v.rule, shapes(v.in), v.shape)
	case d.kind[v.id] == direct:
		return float64(v.size) + 50
	}
	return 30*float64(v.size) + 500
}

// grain returns about how long a part of a unit takes. A product has parts of
// its own choice.
func (d *divided) grain(u *unit) float64 { return d.cost(u) / float64(max(d.splits[u.id].parts, 1)) }

// splitLoop divides a loop.
func splitLoop(l *loop) split {
	s := split{parts: 1, rows: l.rows, cols: l.cols, unit: l.blockRows}
	if l.cost < inlineCost {
		return s
	}
	want := int(math.Min(l.cost/partCost, maxParts))
	rowUnits := (l.rows + l.blockRows - 1) / l.blockRows
	colUnits := l.cols / colUnit
	for _, f := range l.folds {
		if f.kind == ofRows && f.fold != 0 { // rows stay whole
			colUnits = 0
		}
	}
	if l.blockRows > 1 || l.wholeRows {
		colUnits = 0
	}
	if rowUnits < 4*want && colUnits > rowUnits {
		s.byCols, s.unit = true, colUnit
		s.parts = max(min(want, colUnits), 1)
		return s
	}
	s.parts = max(min(want, rowUnits), 1)
	own := 0 // elements of results that each part would keep for itself
	for k := range l.folds {
		if f := &l.folds[k]; f.shared(&s) {
			own += f.base.size
		}
	}
	if own > 0 { // and one worker adds up
		s.parts = min(s.parts, max(l.rows*l.cols/(2*own), 2))
	}
	return s
}

// part returns the limits of a part.
func (s *split) part(i int) (r0, r1, c0, c1 int) {
	n := s.rows
	if s.byCols {
		n = s.cols
	}
	units := (n + s.unit - 1) / s.unit
	lo, hi := min(units*i/s.parts*s.unit, n), min(units*(i+1)/s.parts*s.unit, n)
	if s.byCols {
		return 0, s.rows, lo, hi
	}
	return lo, hi, 0, s.cols
}
