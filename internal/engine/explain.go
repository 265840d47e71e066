package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/latentgo/latent/internal/op"
)

// ArenaBytes returns the size of the memory that all intermediate results and
// outputs share.
func (p *Plan) ArenaBytes() int { return p.program.size * p.program.dt.Size() }

// FLOPs returns the multiplications and additions of the matrix products of one
// run, and the functions of elements evaluated besides.
func (p *Plan) FLOPs() (products, elements float64) { return p.program.work() }

func (d *placed) work() (products, elements float64) {
	for _, u := range d.rest {
		if v := u.values[0]; v.op.flops != nil {
			products += v.op.flops(v.rule, shapes(v.in), v.shape)
		}
		if m := d.mul[u.values[0].id]; m != nil {
			products += m.flops()
			if m.activation != nil {
				elements += float64(u.values[0].size)
			}
		}
		if l := d.loops[u.id]; l != nil {
			elements += float64(len(l.steps)) * float64(l.rows) * float64(l.cols)
		}
	}
	return products, elements
}

// Explain lists the instructions: in which phase each runs, in how many parts,
// what it computes and what was fused into it.
func (p *Plan) Explain() string {
	var b strings.Builder
	d := p.program
	products, elements := p.FLOPs()
	fmt.Fprintf(&b, "%d nodes, %d instructions in %d phases, arena %.1f kB, %.3f MFLOP in products, %.3f M element functions\n",
		p.nodes, len(d.rest), len(d.phases), float64(p.ArenaBytes())/1e3, products/1e6, elements/1e6)
	if n := len(d.units) - len(d.rest); n > 0 {
		fmt.Fprintf(&b, "%d instructions of parameters alone were run when the program was made\n", n)
	}
	for i, ph := range p.phases {
		for k, u := range ph.units {
			fmt.Fprintf(&b, "%4d %3d×  %s\n", i, ph.code[k].count(), d.describe(u, d.inPlace))
			if s, ok := u.values[0].rule.(*scan); ok {
				b.WriteString(s.explain())
			}
		}
	}
	return b.String()
}

// describe writes a unit; inPlace are the values whose memory is that of an operand.
func (p *looped) describe(u *unit, inPlace []bool) string {
	v := u.values[0]
	switch m := p.mul[v.id]; {
	case m != nil:
		return fmt.Sprintf("product %v  %.3g MFLOP", m, m.flops()/1e6)
	case p.loops[u.id] != nil:
		return p.loops[u.id].describe(inPlace)
	}
	how := "rule  "
	if p.kind[v.id] == direct {
		how = "direct"
	}
	text := fmt.Sprintf("%s  %s %v", how, short(op.Name(v.rule)), []int(v.shape))
	if v.op.flops != nil {
		text += fmt.Sprintf("  %.3g MFLOP", v.op.flops(v.rule, shapes(v.in), v.shape)/1e6)
	}
	return text
}

func (l *loop) describe(inPlace []bool) string {
	var what []string
	for _, s := range l.steps {
		if s.v == nil {
			continue
		}
		if name := codes[s.code].name; name != "" {
			what = append(what, name)
			continue
		}
		switch r := s.v.rule.(type) {
		case op.SumTo:
			what = append(what, fmt.Sprintf("→sum%v", []int(r.To)))
		case op.Reduce:
			what = append(what, "→"+op.Name(r))
		default:
			what = append(what, op.Name(r))
		}
	}
	in, out := 0, 0
	for _, a := range l.loads {
		in += b2i(a.mode == aliased)
	}
	for _, a := range l.saves {
		out += b2i(inPlace[a.base.id])
	}
	s := fmt.Sprintf("loop    %v %d in", append(slices.Clone(l.outer), l.cols), in)
	if n := len(l.loads) - in; n > 0 {
		s += fmt.Sprintf(" +%d stretched", n)
	}
	s += fmt.Sprintf(", %d out", len(l.saves))
	if out > 0 {
		s += fmt.Sprintf(" (%d in place)", out)
	}
	if l.blockRows > 1 {
		s += fmt.Sprintf(", %d rows at once", l.blockRows)
	}
	return s + ": " + strings.Join(what, " ")
}

// short cuts a long name, such as that of a permutation.
func short(s string) string {
	if len(s) > 40 {
		return s[:36] + " …"
	}
	return s
}

// largest says which value takes the most memory.
func (d *placed) largest() string {
	var most *value
	for _, u := range d.rest {
		for _, v := range u.values {
			if v.node != nil && d.inArena(v) && (most == nil || v.size > most.size) {
				most = v
			}
		}
	}
	if most == nil {
		return ""
	}
	return fmt.Sprintf("; the largest is %s of shape %v", most.node, []int(most.shape))
}

// steps lists the instructions of the program of a step.
func (d *placed) steps() string {
	var b strings.Builder
	for i, units := range d.phases {
		for _, u := range units {
			fmt.Fprintf(&b, "          %4d  %s\n", i, d.describe(u, d.inPlace))
		}
	}
	return b.String()
}
