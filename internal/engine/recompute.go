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
func (v *value) cheap() bool {
	if v.kind != fusedLoop || v.isOutput || v.settled || v.size < beyondCache {
		return false
	}
	switch v.rule.(type) {
	case op.Unary, op.Binary:
	default:
		return false
	}
	large := 0
	return v.op.instr(v.rule).cost == plain && !slices.ContainsFunc(v.in, func(c *value) bool {
		w := c.view()
		if w.base.size >= v.size && c.form != uniform {
			large++
		}
		return w.base.kind != uncomputed || w.base.size >= v.size && !w.whole(c.shape) || large > 1
	})
}

// recompute gives every stage that reads a cheap value a copy of its own, which
// its loop computes again, unless a view or another kind of instruction reads
// the value from memory anyway.
func recompute(order []*value) []*value {
	recomputable := map[*value]bool{}
	for _, v := range order {
		if v.cheap() {
			recomputable[v] = true
		}
		for _, c := range v.in {
			if w := c.view().base; recomputable[w] && (w != c || !sharesLoop(w, v)) {
				delete(recomputable, w)
			}
		}
	}
	if len(recomputable) == 0 {
		return order
	}
	type copyKey struct {
		v     *value
		stage int
	}
	copies := map[copyKey]*value{}
	var all []*value
	for _, v := range order {
		for i, c := range v.in {
			if !recomputable[c] || c.stage == v.stage {
				continue
			}
			p := copyKey{c, v.stage}
			if copies[p] == nil {
				w := *c
				w.cachedView, w.stage = nil, v.stage
				copies[p] = &w
				all = append(all, &w)
			}
			v.in[i] = copies[p]
		}
		all = append(all, v)
	}
	return all
}
