package op

import (
	"fmt"
	"slices"
)

// Diff is a loop in the other direction. Its states are the derivatives by those of
// this one. At each step it is given what those and the sequences were, and what its
// nodes need of results within the step: cheap ones, or with Recompute all, it computes
// again. Derivatives by constants add up over the steps; for one that is a product of
// matrices, as for weights, the factors of all steps are kept and multiplied at once.
func (r *Scan) Diff(in []*Node, _, g *Node, need []bool) []*Node {
	if !slices.Equal(in[len(r.States)+len(r.Seqs):], r.Consts) {
		Fail("graph: grad through a Scan that was repeated with other constants, as lanes do: take its gradient before")
	}
	key := fmt.Sprint(g.id, need)
	for _, n := range in {
		key += fmt.Sprint(" ", n.id)
	}
	d, ok := r.derived[key]
	if !ok {
		if r.derived == nil {
			r.derived = map[string][]*Node{}
		}
		defer r.body.reopen()()
		d = (&unwinding{Scan: r, in: in}).diff(g, need)
		r.derived[key] = d
	}
	return d
}

// An unwinding makes the derivative of a Scan.
type unwinding struct {
	*Scan
	in      []*Node
	forward map[*Node]bool  // what a step computes or is given
	adjoint map[*Node]*Node // by nodes within a step

	by    []*Node // of states, what stands for the derivative by them after a step; nil for 0
	last  []*Node // and what it starts as, nil for 0
	outs  []*Node // of Outs, what stands for the derivative by them at a step, nil for 0
	outsD []*Node // and what that is at all, [T, …]

	sums []*Node // states that add up
	next []*Node // what they are after a step
	emit []*Node // what the other loop returns of all steps

	keeps   []*Node // results of this loop that it returns of all steps
	kept    map[*Node]bool
	stacked map[*Node]*Node // what keeps, emit and others are at all steps, once the loops are made
	finals  map[*Node]*Node // what states of the other loop are after it
}

func (u *unwinding) diff(g *Node, need []bool) []*Node {
	u.kept, u.stacked = map[*Node]bool{}, map[*Node]*Node{}
	u.start(g)
	needed := map[*Node]bool{}
	for i, n := range slices.Concat(u.States, u.Seqs, u.Consts) {
		needed[n] = need[i]
	}
	u.pull(needed)
	d := make([]func() *Node, len(u.in))
	states, seqs := len(u.States), len(u.Seqs)
	for i, n := range u.Seqs {
		if x := u.adjoint[n]; x != nil && need[states+i] {
			d[states+i] = u.places(x)
		}
	}
	for _, products := range []bool{true, false} { // whose factors others may add up later
		for i, n := range u.Consts {
			if x := u.adjoint[n]; x != nil && need[states+seqs+i] {
				d[states+seqs+i] = plus(d[states+seqs+i], u.sum(x, products))
			}
		}
	}
	u.run()
	ds := make([]*Node, len(u.in))
	for i := range ds {
		switch {
		case i < states && need[i]:
			ds[i] = u.finals[u.by[i]]
		case d[i] != nil:
			ds[i] = d[i]()
		}
	}
	return ds
}

// start takes the derivative by the result apart.
func (u *unwinding) start(g *Node) {
	u.by, u.last = make([]*Node, len(u.States)), make([]*Node, len(u.States))
	for i := range u.Parts() {
		from, to := u.PartAt(i)
		d := partOf(g, from, to)
		if d != nil {
			d = Reshaped(d, u.PartShape(i))
		}
		if i < len(u.Finals) {
			u.last[u.Finals[i]] = d
			continue
		}
		n := u.Outs[i-len(u.Finals)]
		u.outs, u.outsD = append(u.outs, nil), append(u.outsD, d)
		if d != nil {
			u.outs[i-len(u.Finals)] = u.body.leaf("derivative", n.shape)
		}
	}
}

// partOf returns elements from ≤ i < to of a derivative, nil if they are zeros.
// Derivatives by parts come padded to the size of all, and added.
func partOf(g *Node, from, to int) *Node {
	switch r := g.rule.(type) {
	case Binary:
		if a, b := g.in[0], g.in[1]; r.Fn == Add && slices.Equal(a.shape, b.shape) {
			x, y := partOf(a, from, to), partOf(b, from, to)
			if x == nil || y == nil {
				return orNode(x, y)
			}
			return x.Add(y)
		}
	case Pad:
		begin, end := r.Before, g.shape[0]-r.After
		switch {
		case begin == from && end == to:
			return g.in[0]
		case end <= from || begin >= to:
			return nil
		}
	}
	if from == 0 && to == g.shape[0] {
		return g
	}
	return Apply(Slice{0, from, to}, g)
}

func orNode(x, y *Node) *Node {
	if x == nil {
		return y
	}
	return x
}

// pull goes backwards through a step, again for each state that turns out to have a
// derivative in the step before. needed are the operands asked for, and become those
// that others at an earlier step depend on.
func (u *unwinding) pull(needed map[*Node]bool) {
	order := u.Order()
	u.forward = map[*Node]bool{}
	for _, n := range order {
		u.forward[n] = true
	}
	var active map[*Node]bool // computed from needed ones
	for again := true; again; {
		again, active = false, map[*Node]bool{}
		for _, n := range order {
			active[n] = needed[n] || !u.Given(n) && slices.ContainsFunc(n.in, func(c *Node) bool { return active[c] })
		}
		for i, n := range u.States {
			if active[u.Next[i]] && !needed[n] {
				needed[n], again = true, true
			}
		}
	}
	for i, n := range u.States {
		if u.last[i] != nil && needed[n] {
			u.by[i] = u.body.leaf("derivative", n.shape)
		}
	}
	for again := true; again; {
		again, u.adjoint = false, map[*Node]*Node{}
		for i, n := range u.Next {
			if u.by[i] != nil && active[n] {
				addTo(u.adjoint, n, u.by[i])
			}
		}
		for i, n := range u.Outs {
			if u.outs[i] != nil && active[n] {
				addTo(u.adjoint, n, u.outs[i])
			}
		}
		Pull(order, u.adjoint, active, u.Given)
		for i, n := range u.States {
			if u.adjoint[n] != nil && needed[n] && u.by[i] == nil {
				u.by[i], again = u.body.leaf("derivative", n.shape), true
			}
		}
	}
}
