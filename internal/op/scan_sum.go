package op

import "slices"

// plus adds what two functions return, of which either may be nil.
func plus(a, b func() *Node) func() *Node {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	return func() *Node { return a().Add(b()) }
}

// places returns what a node of a step is at all of them, once the loop is made.
func (u *unwinding) places(x *Node) func() *Node {
	if x.body != u.body {
		return func() *Node { return Stretch(x, append([]int{u.Steps}, x.shape...)) }
	}
	if !slices.Contains(u.emit, x) {
		u.emit = append(u.emit, x)
	}
	return func() *Node { return u.stacked[x] }
}

// sum returns the sum over all steps of d, once the loop is made, of the terms of d
// that are products of matrices over the rows of a step, or of the others.
func (u *unwinding) sum(d *Node, products bool) (total func() *Node) {
	var rest *Node
	for _, x := range summands(d, nil) {
		m, product := x.rule.(MatMul)
		product = product && !u.Recompute && m == MatMul{TransA: true} && len(x.shape) == 2 && x.in[0].body == u.body && x.in[1].body == u.body
		switch s, folds := x.rule.(SumTo); {
		case products != product:
		case product:
			a, b := u.factor(x.in[0]), u.factor(x.in[1])
			total = plus(total, func() *Node { return Apply(m, rowsOf(a()), rowsOf(b())) })
		case x.body != u.body:
			total = plus(total, func() *Node { return x.Scale(float64(u.Steps)) })
		case folds && u.isStacked(x.in[0]):
			all := u.factor(x.in[0])
			total = plus(total, func() *Node { return Apply(SumTo{s.To}, all()) })
		case rest == nil:
			rest = x
		default:
			rest = rest.Add(x)
		}
	}
	if rest != nil {
		state := u.body.leaf("sum", d.shape)
		u.sums, u.next = append(u.sums, state), append(u.next, state.Add(rest))
		total = plus(total, func() *Node { return u.finals[state] })
	}
	return total
}

// summands appends what a node is the sum of.
func summands(n *Node, list []*Node) []*Node {
	if r, ok := n.rule.(Binary); ok && r.Fn == Add && slices.Equal(n.in[0].shape, n.shape) && slices.Equal(n.in[1].shape, n.shape) {
		return summands(n.in[1], summands(n.in[0], list))
	}
	return append(list, n)
}

// rowsOf sees [T, n, m] as a matrix of T·n rows.
func rowsOf(x *Node) *Node { return Reshaped(x, []int{x.shape[0] * x.shape[1], x.shape[2]}) }

// factor is places, of a result of this loop without computing it again.
func (u *unwinding) factor(x *Node) func() *Node {
	if !u.known(x) {
		return u.places(x)
	}
	u.keep(x)
	return func() *Node { return u.stacked[x] }
}

func (u *unwinding) isStacked(x *Node) bool { return u.kept[x] || slices.Contains(u.emit, x) }
