package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// beyondCache is the number of elements from which an array, 256 kB of float32, is
// taken not to be in the nearer caches any more when a later stage wants it.
// Then to write it and read it back takes longer than a plain step.
const beyondCache = 1 << 16

// cheap reports whether v is a plain function of leaves and constants, which
// do not change during a run. At most one of them is large, and that is read in
// order; the others stretch.
func (p *classified) cheap(v *value) bool {
	if v.size < beyondCache || p.kind[v.id] != fusedLoop || p.output[v.id] || p.fixed[v.id] {
		return false
	}
	switch v.rule.(type) {
	case op.Unary, op.Binary:
	default:
		return false
	}
	large := 0
	return v.op.instr(v.rule).cost == plain && !slices.ContainsFunc(p.in[v.id], func(c *value) bool {
		w := p.view(c)
		if w.base.size >= v.size && c.form != uniform {
			large++
		}
		return p.kind[w.base.id] != uncomputed || w.base.size >= v.size && !w.whole(c.shape) || large > 1
	})
}

// recompute gives every stage that reads a cheap value a copy of its own, which
// its loop computes again, unless a view or another kind of instruction reads
// the value from memory anyway. The copies are values of the program it returns.
func recompute(s *staged) *staged {
	recomputable := map[*value]bool{}
	for _, v := range s.order {
		if s.cheap(v) {
			recomputable[v] = true
		}
		for _, c := range s.in[v.id] {
			if w := s.base(c); recomputable[w] && (w != c || !s.sharesLoop(w, v)) {
				delete(recomputable, w)
			}
		}
	}
	if len(recomputable) == 0 {
		return s
	}
	type copyKey struct {
		v     *value
		stage int
	}
	copies := map[copyKey]*value{}
	l := *s.lowered
	l.order, l.in = nil, slices.Clone(l.in)
	n := &staged{&classified{&l, s.class, s.fixed}, s.stage}
	for _, v := range s.order {
		for i, c := range s.in[v.id] {
			if !recomputable[c] || s.stage[c.id] == s.stage[v.id] {
				continue
			}
			k := copyKey{c, s.stage[v.id]}
			if copies[k] == nil {
				w := *c
				copies[k] = l.add(&w)
				l.grow()
				l.kind[w.id], l.in[w.id] = fusedLoop, l.in[c.id]
				n.class, n.fixed, n.stage = append(n.class, s.class[c.id]), append(n.fixed, false), append(n.stage, k.stage)
				l.order = append(l.order, &w)
			}
			l.replace(v, i, copies[k])
		}
		l.order = append(l.order, v)
	}
	return n
}
