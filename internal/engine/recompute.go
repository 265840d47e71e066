package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// far is the number of elements from which an array, 256 kB of float32, is
// taken not to be in the nearer caches any more when a later stage wants it.
// Then to write it and read it back takes longer than a plain step.
const far = 1 << 16

// cheap reports whether v is a plain function of leaves and constants, which
// do not change during a run, in order or stretched, one large at most.
func (v *value) cheap() bool {
	if v.kind != loopOf || v.keep || v.size < far {
		return false
	}
	cost := plain
	switch r := v.rule.(type) {
	case op.Unary:
		cost = elementCost(r)
	case op.Binary:
		cost = max(cost, slowBinary[r.Fn])
	default:
		return false
	}
	large := 0
	return cost == plain && !slices.ContainsFunc(v.in, func(c *value) bool {
		w := c.seen()
		if w.base.size >= v.size && c.form != splat {
			large++
		}
		return w.base.kind != held || w.base.size >= v.size && !w.whole(c.shape) || large > 1
	})
}

// recompute gives every stage that wants a cheap value one of its own, unless
// something must find it in memory anyway.
func recompute(order []*value) []*value {
	free := map[*value]bool{}
	for _, v := range order {
		if v.cheap() {
			free[v] = true
		}
		for _, c := range v.in {
			if w := c.seen().base; free[w] && (w != c || !joins(w, v)) {
				delete(free, w)
			}
		}
	}
	if len(free) == 0 {
		return order
	}
	type place struct {
		v     *value
		stage int
	}
	own := map[place]*value{}
	var all []*value
	for _, v := range order {
		for i, c := range v.in {
			if !free[c] || c.stage == v.stage {
				continue
			}
			p := place{c, v.stage}
			if own[p] == nil {
				w := *c
				w.look, w.stage = nil, v.stage
				own[p] = &w
				all = append(all, &w)
			}
			v.in[i] = own[p]
		}
		all = append(all, v)
	}
	return all
}
