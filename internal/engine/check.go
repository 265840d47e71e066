package engine

import (
	"cmp"
	"slices"

	"github.com/pkg/errors"
)

// CheckPrograms makes Compile look over every program that it has made, for what
// the passes promise each other. Tests set it.
var CheckPrograms = false

// check returns what is wrong with a program, found anew from the operands of its
// values: whether each is written before it is read, whether what is needed at one
// time shares no memory, and whether the parts of a loop write apart from each other.
func (d *placed) check() error {
	n := len(d.values)
	written, last := make([]int, n), make([]int, n) // the phase after the one that writes a value, and the last that reads it
	reader := make([]*unit, n)                      // in that phase; nil if there are several
	for i, units := range d.phases {
		for _, u := range units {
			for _, v := range u.values {
				for _, c := range d.in[v.id] {
					b := d.base(c)
					if _, kept := d.kept[b]; kept || d.kind[b.id] == uncomputed {
						continue
					}
					switch at := written[b.id] - 1; {
					case at < 0:
						return errors.Errorf("phase %d: %s reads %s before it is computed", i, v.node, b.node)
					case d.unit[b.id] == u && !d.sharesLoop(b, v):
						return errors.Errorf("phase %d: %s reads %s in one loop, which they cannot share", i, v.node, b.node)
					case d.unit[b.id] == u:
						continue
					case at == i:
						return errors.Errorf("phase %d: %s reads %s from memory, written in the same phase", i, v.node, b.node)
					case !d.stored[b.id]:
						return errors.Errorf("phase %d: %s reads %s, which has no memory", i, v.node, b.node)
					}
					if last[b.id] < i {
						reader[b.id] = u
					} else if reader[b.id] != u {
						reader[b.id] = nil
					}
					last[b.id] = i
				}
				written[v.id] = i + 1
			}
			if l := d.loops[u.id]; l != nil {
				if err := l.checkParts(&d.splits[u.id]); err != nil {
					return errors.WithMessagef(err, "phase %d", i)
				}
			}
		}
	}
	return d.checkMemory(last, reader)
}

// A piece of the arena is a value's, or, if that is nil, of the parts of a loop.
type piece struct {
	v           *value
	off, end    int
	first, last int // phases
}

// checkMemory looks for memory that two values have at one time: it goes from phase to
// phase with the pieces in use, by offset.
func (d *placed) checkMemory(last []int, reader []*unit) error {
	var live []piece
	for i, units := range d.phases {
		live = slices.DeleteFunc(live, func(p piece) bool { return p.last < i })
		for _, u := range units {
			live = append(live, piece{nil, d.temp0[u.id], d.temp0[u.id] + d.temp[u.id], i, i})
			for _, v := range u.values {
				if !d.stored[v.id] {
					continue
				}
				p := piece{v, d.mem[v.id], d.mem[v.id] + v.size, i, max(i, last[v.id])}
				if d.output[v.id] {
					p.last = len(d.phases)
				}
				live = append(live, p)
			}
		}
		slices.SortFunc(live, func(a, b piece) int {
			return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(a.first, b.first), cmp.Compare(a.end, b.end))
		})
		var top piece
		for _, p := range live {
			switch {
			case p.end > d.size:
				return errors.Errorf("phase %d: memory up to %d in an arena of %d", i, p.end, d.size)
			case p.off == p.end:
				continue
			case p.off >= top.end:
			case p.v != nil && top.v != nil && d.inPlace[p.v.id] && p.off == top.off && p.end == top.end && p.first == i && top.last == i &&
				top.first < i && !d.output[top.v.id] && reader[top.v.id] == d.unit[p.v.id]:
			default:
				return errors.Errorf("phase %d: memory %d to %d overlaps %d to %d", i, p.off, p.end, top.off, top.end)
			}
			top = p
		}
	}
	return nil
}

// checkParts looks for elements of the grid or of a result that no part of a loop
// computes, or more than one. Parts are runs of rows or of columns.
func (l *loop) checkParts(s *split) error {
	row, col := 0, 0
	for part := range s.parts {
		r0, r1, c0, c1 := s.part(part)
		if s.byCols && (r0 != 0 || r1 != l.rows || c0 != col || c1 < c0) || !s.byCols && (c0 != 0 || c1 != l.cols || r0 != row || r1 < r0) {
			return errors.Errorf("part %d of a loop over %d×%d has rows %d to %d, columns %d to %d", part, l.rows, l.cols, r0, r1, c0, c1)
		}
		row, col = r1, c1
	}
	if row != l.rows || col != l.cols {
		return errors.Errorf("the parts of a loop over %d×%d end at row %d, column %d", l.rows, l.cols, row, col)
	}
	for i := range l.saves { // each element of the grid has one of its own
		if a := &l.saves[i]; a.off != 0 || !a.dense(l) {
			return errors.Errorf("a loop writes %s with strides %v and %d", a.base.node, a.outer, a.inner)
		}
	}
	for i := range l.folds {
		if f := &l.folds[i]; s.parts > 1 && f.kind != total && !f.shared(s) && f.meets(s) {
			return errors.Errorf("parts of a loop add to the same elements of %s", f.base.node)
		}
	}
	return nil
}

// meets reports whether two rows, or two columns if those are divided, have an
// element of a result in common.
func (f *fold) meets(s *split) bool {
	if s.byCols {
		return f.inner == 0 && s.cols > 1
	}
	return slices.Contains(f.outer, 0) && s.rows > 1
}
