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
