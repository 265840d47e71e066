package engine

import (
	"fmt"
	"strings"

	"github.com/latentgo/latent/internal/op"
)

// What a pass has found is written value by value before there are units, and then
// unit by unit. Values are written by number, those whose memory is another's as its
// number in brackets.

func (e *expr) explain() string {
	var b strings.Builder
	for _, v := range e.values {
		fmt.Fprintf(&b, "%s %v\n", e.name(v, v.in), v.shape)
	}
	return b.String()
}

// name writes what computes a value from operands.
func (e *expr) name(v *value, in []*value) string {
	switch v.form {
	case leaf:
		return fmt.Sprintf("%3d = leaf", v.id)
	case constant:
		return fmt.Sprintf("%3d = constant", v.id)
	case uniform:
		return fmt.Sprintf("%3d = %v", v.id, v.c)
	}
	s := fmt.Sprintf("%3d = %s", v.id, short(op.Name(v.rule)))
	for _, c := range in {
		s += " " + e.label(c)
	}
	return s
}

func (e *expr) label(v *value) string {
	if b := e.base(v); b != v {
		return fmt.Sprintf("[%d]", b.id)
	}
	return fmt.Sprint(v.id)
}

var kindNames = [...]string{uncomputed: "nothing", fusedLoop: "loop", product: "product", direct: "direct", evaluate: "rule"}

func (l *lowered) explain() string {
	return l.list(func(v *value) string { return "" })
}

// list writes the computed values in order, and what a later pass knows of each.
func (l *lowered) list(more func(v *value) string) string {
	var b strings.Builder
	for _, v := range l.order {
		if l.kind[v.id] == uncomputed {
			continue
		}
		fmt.Fprintf(&b, "%s %v by %s", l.name(v, l.in[v.id]), v.shape, kindNames[l.kind[v.id]])
		if m := l.mul[v.id]; m != nil {
			fmt.Fprintf(&b, " %v", m)
		}
		if l.output[v.id] {
			b.WriteString(", output")
		}
		b.WriteString(more(v) + "\n")
	}
	return b.String()
}

func (p *classified) explain() string {
	return p.list(func(v *value) (s string) {
		if c := p.class[v.id]; c != nil {
			s = fmt.Sprintf(", grid %v", c.dims())
		}
		if p.fixed[v.id] {
			s += ", fixed"
		}
		return s
	})
}

// listUnits writes the units, and what a later pass knows of each.
func (s *scheduled) listUnits(units []*unit, more func(u *unit) string) string {
	var b strings.Builder
	for _, u := range units {
		fmt.Fprintf(&b, "stage %d", u.stage)
		if u.part > 0 {
			fmt.Fprintf(&b, " part %d", u.part)
		}
		b.WriteString(":")
		for _, v := range u.values {
			fmt.Fprintf(&b, " %d", v.id)
			if s.stored[v.id] {
				b.WriteString("!")
			}
		}
		b.WriteString(", reads")
		for _, v := range u.reads {
			fmt.Fprintf(&b, " %d", v.id)
		}
		b.WriteString(more(u) + "\n")
	}
	return b.String()
}

func (s *scheduled) explain() string {
	return s.listUnits(s.units, func(u *unit) string { return "" })
}

func (p *looped) explain() string {
	return p.listUnits(p.units, func(u *unit) string { return ": " + p.describe(u, make([]bool, len(p.values))) })
}

func (d *divided) explain() string {
	return d.listUnits(d.units, func(u *unit) string {
		if s := d.splits[u.id]; s.parts > 0 {
			return fmt.Sprintf(": %d× of %d×%d", s.parts, s.rows, s.cols)
		}
		return ""
	})
}

func (f *folded) explain() string {
	return f.listUnits(f.rest, func(u *unit) string { return "" })
}

func (d *lived) explain() string {
	var b strings.Builder
	for i, units := range d.phases {
		for _, u := range units {
			for _, v := range u.values {
				if !d.stored[v.id] {
					continue
				}
				end := "the end"
				if l := d.lives[v.id]; l.last < len(d.phases) {
					end = fmt.Sprint(l.last)
				}
				fmt.Fprintf(&b, "%3d %v: phase %d to %s\n", v.id, v.shape, i, end)
			}
		}
	}
	return b.String()
}

func (d *placed) explain() string {
	return d.listUnits(d.rest, func(u *unit) (s string) {
		for _, v := range u.values {
			if d.inArena(v) {
				s += fmt.Sprintf(", %d at %d", v.id, d.mem[v.id])
			}
		}
		return s
	}) + fmt.Sprintf("arena %d\n", d.size)
}
