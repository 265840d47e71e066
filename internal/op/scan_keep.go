package op

import "slices"

// known tells whether a node is one of those that the loop itself computes or is given.
func (u *unwinding) known(n *Node) bool { return u.given[n] || u.forward[n] }

// keep has a node of the loop kept at all steps.
func (u *unwinding) keep(n *Node) {
	if !u.kept[n] {
		u.kept[n] = true
		u.keeps = append(u.keeps, n)
	}
}

// run makes the loops.
func (u *unwinding) run() {
	l := &Loop{Steps: u.Steps, Reverse: !u.Reverse, Recompute: u.Recompute, body: u.body}
	var init []*Node
	for i, n := range u.by {
		if n != nil {
			l.States, init = append(l.States, n), append(init, orZero(u.last[i], n))
			l.Next = append(l.Next, orZero(u.adjoint[u.States[i]], n))
		}
	}
	for i, n := range u.sums {
		l.States, init, l.Next = append(l.States, n), append(init, orZero(nil, n)), append(l.Next, u.next[i])
	}
	given := u.choose(slices.Concat(l.Next, u.emit))
	for i, n := range u.Seqs {
		u.stacked[n] = u.in[len(u.States)+i]
	}
	if keeps := slices.DeleteFunc(u.keeps, func(n *Node) bool { return u.stacked[n] != nil }); len(keeps) > 0 {
		more := &Scan{Loop: u.Loop, Outs: keeps}
		for i, x := range more.parts(Apply(more, u.in...)) {
			u.stacked[keeps[i]] = x
		}
	}
	for i, n := range u.outs {
		if n != nil {
			u.stacked[n] = u.outsD[i]
		}
	}
	var from []*Node
	for _, n := range given {
		l.Seqs, from = append(l.Seqs, n), append(from, u.stacked[n])
	}
	u.finals = map[*Node]*Node{}
	if len(l.States)+len(u.emit) == 0 {
		return
	}
	parts := l.apply(init, from, counting(len(l.States)), u.emit)
	for i, n := range l.States {
		u.finals[n] = parts[i]
	}
	for i, n := range u.emit {
		u.stacked[n] = parts[len(l.States)+i]
	}
}

// orZero returns d, or zeros of the shape of n if it is nil.
func orZero(d, n *Node) *Node {
	if d == nil {
		return Stretch(Current().Const(0), n.shape)
	}
	return d
}

// choose decides what the other loop, which is to compute nodes, computes again and
// what it is given: results of this one that are kept, its sequences, and derivatives.
func (u *unwinding) choose(nodes []*Node) (given []*Node) {
	own := map[*Node]bool{} // its states
	for _, n := range slices.Concat(u.by, u.sums) {
		own[n] = true
	}
	edge := func(n *Node) bool {
		switch {
		case n.body != u.body || own[n] || u.kept[n] || slices.Contains(u.outs, n):
			return true
		case u.given[n], u.known(n) && !u.Recompute && !u.cheap(n):
			u.keep(n)
			return true
		case n.rule == nil:
			Fail("graph: the gradient of the gradient of a scan: a derivative of one's own within its body is computed from %s, which the first gradient has no use for", n)
		}
		return false
	}
	for _, n := range NeededFrom(edge, nodes) {
		if n.body == u.body && !own[n] && edge(n) {
			given = append(given, n)
		}
	}
	return given
}

// cheap tells whether it takes less time to compute a node again than to write and
// read it.
func (u *unwinding) cheap(n *Node) bool {
	switch r := n.rule.(type) {
	case Binary:
		return r.Fn <= Mul || r.Fn == Max || r.Fn == Min || r.Fn >= Lt
	case Unary:
		switch r.Fn {
		case Neg, Abs, Sign, Square, Relu, LeakyRelu, Clamp, Bound, Shift, Scale, Stop, IsFinite, Outside:
			return true
		}
	case Where, BroadcastTo, Reshape:
		return true
	case Slice: // of what is there anyway
		return u.given[n.in[0]] || u.kept[n.in[0]]
	}
	return false
}
