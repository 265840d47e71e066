package mcmc

import "math"

// tree is a stretch of a trajectory of NUTS: what is known of its 2ʲ points.
type tree struct {
	ends   [2]end    // its first point and its last
	sum    []float64 // ρ, the sum of the momenta
	weight float64   // log of the sum of the weights exp(H₀ − H)
	pick   state     // one of its points, drawn by their weights
}

// end is an outer point of a stretch.
type end struct{ p, v []float64 } // its momentum and velocity

func newTree(dim int) tree {
	of := func() []float64 { return make([]float64, dim) }
	return tree{[2]end{{of(), of()}, {of(), of()}}, of(), 0, newState(dim)}
}

// leaf makes the tree the one point z, of energy h.
func (t *tree) leaf(z *phase, h0, h float64) {
	for _, e := range t.ends {
		copy(e.p, z.p)
		copy(e.v, z.v)
	}
	copy(t.sum, z.p)
	t.weight = h0 - h
	t.pick.take(z, h)
}

// join puts the stretch b, whose first point is next to the end side of t, behind
// it, and tells whether the two together have turned: whether, over the whole, over
// t with the first point of b or over b with the nearest of t, the velocity of an
// outer point no longer leads away,
//
//	v·ρ ≤ 0
//
// (Betancourt, arXiv 1701.02434, appendix A.4.2; the two overlapping stretches, which find
// turns that a whole period hides, are those of Stan since 2.21.)
func (t *tree) join(b *tree, side int) (turned bool) {
	near, far := t.ends[side], t.ends[1-side]
	next, last := b.ends[0], b.ends[1]
	var whole, first, second [2]float64
	for i, r := range t.sum {
		s := b.sum[i]
		x, y, z := r+s, r+next.p[i], s+near.p[i]
		whole[0] += far.v[i] * x
		whole[1] += last.v[i] * x
		first[0] += far.v[i] * y
		first[1] += next.v[i] * y
		second[0] += near.v[i] * z
		second[1] += last.v[i] * z
		t.sum[i] = x
	}
	t.ends[side], b.ends[1] = b.ends[1], t.ends[side]
	t.weight = logAdd(t.weight, b.weight)
	leads := func(x [2]float64) bool { return x[0] > 0 && x[1] > 0 }
	return !(leads(whole) && leads(first) && leads(second))
}

// choose replaces the pick by that of b with the probability exp(odds), for a
// uniform number u.
func (t *tree) choose(b *tree, odds, u float64) {
	if math.Log(u) < odds {
		t.pick, b.pick = b.pick, t.pick
	}
}

func logAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
