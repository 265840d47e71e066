package engine

import (
	"github.com/pkg/errors"
)

// Check returns what is wrong with a plan: what the comment of the package says
// holds after scheduling and after the layout of the arena, found anew from the
// operands of the values.
func (p *Plan) Check() error {
	written, read := map[*value]int{}, map[*value]int{} // the phases that write a value and that read it last
	reader := map[*value]*unit{}                        // in that phase; nil if there are several
	for i, ph := range p.phases {
		for _, u := range ph.units {
			for _, v := range u.values {
				for _, c := range v.in {
					b := c.view().base
					if b.kind == uncomputed || b.kept {
						continue
					}
					at, ok := written[b]
					switch {
					case !ok:
						return errors.Errorf("phase %d: %s reads %s before it is computed", i, v.node, b.node)
					case b.unit == u && !sharesLoop(b, v):
						return errors.Errorf("phase %d: %s reads %s in one loop, which they cannot share", i, v.node, b.node)
					case b.unit == u:
						continue
					case at == i:
						return errors.Errorf("phase %d: %s reads %s from memory, written in the same phase", i, v.node, b.node)
					case !b.stored:
						return errors.Errorf("phase %d: %s reads %s, which has no memory", i, v.node, b.node)
					}
					if was, ok := read[b]; !ok || was < i {
						reader[b] = u
					} else if reader[b] != u {
						reader[b] = nil
					}
					read[b] = i
				}
				written[v] = i
			}
			if l := u.loop; l != nil {
				elements := 0
				for part := range l.split.parts {
					r0, r1, c0, c1 := l.split.part(part)
					elements += (r1 - r0) * (c1 - c0)
				}
				if elements != l.rows*l.cols {
					return errors.Errorf("phase %d: the parts of a loop have %d elements of %d×%d", i, elements, l.rows, l.cols)
				}
			}
		}
	}
	return p.checkMemory(read, reader)
}

// checkMemory looks for memory that two values have at one time.
func (p *Plan) checkMemory(read map[*value]int, reader map[*value]*unit) error {
	type piece struct {
		v           *value // nil: of the parts of a loop
		off, end    int
		first, last int // phases
	}
	var all []piece
	for i, ph := range p.phases {
		for _, u := range ph.units {
			all = append(all, piece{nil, u.tempOff, u.tempOff + u.tempSize, i, i})
			for _, v := range u.values {
				if !v.inArena() {
					continue
				}
				last := max(i, read[v])
				if v.isOutput {
					last = len(p.phases)
				}
				all = append(all, piece{v, v.mem, v.mem + v.size, i, last})
			}
		}
	}
	for i, a := range all {
		if a.end > p.arena {
			return errors.Errorf("memory up to %d in an arena of %d", a.end, p.arena)
		}
		for _, b := range all[:i] { // begins no later than a
			switch {
			case a.end <= b.off || b.end <= a.off || a.first > b.last:
			case a.v != nil && b.v != nil && a.v.inPlace && a.off == b.off && a.end == b.end && a.first == b.last && b.first < a.first && !b.v.isOutput && reader[b.v] == a.v.unit:
			default:
				return errors.Errorf("memory %d to %d of phases %d to %d overlaps %d to %d of phases %d to %d", a.off, a.end, a.first, a.last, b.off, b.end, b.first, b.last)
			}
		}
	}
	return nil
}
