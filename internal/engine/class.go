package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// A class is a set of values that one loop may compute: arrays of one size
// whose shapes have a common refinement. Its cuts are the numbers of elements
// after which an axis of one of the shapes ends, each a divisor of the next.
type class struct {
	cuts     []int
	wholeRow int // no block may cut rows of this length; 0 if there are none such
}

// add refines the class by a shape, if that is possible.
func (c *class) add(cuts []int, wholeRow int) bool {
	if wholeRow > 0 && c.wholeRow > 0 && wholeRow != c.wholeRow {
		return false
	}
	all := append(slices.Clone(c.cuts), cuts...)
	slices.Sort(all)
	all = slices.Compact(all)
	for i := 1; i < len(all); i++ {
		if all[i]%all[i-1] != 0 {
			return false
		}
	}
	if wholeRow = max(wholeRow, c.wholeRow); wholeRow > 0 && len(all) > 0 && all[0] < wholeRow {
		return false
	}
	c.cuts, c.wholeRow = all, wholeRow
	return true
}

// dims returns the sizes of the axes between the cuts, outer first.
func (c *class) dims() []int {
	d := make([]int, len(c.cuts))
	inner := 1
	for i, n := range c.cuts {
		d[len(d)-1-i] = n / inner
		inner = n
	}
	return d
}

// A classified program knows which values may share a loop. Its tables are by number.
type classified struct {
	*lowered
	class []*class // of values of loops
	fixed []bool   // arrays that never change determine it, and a unit of its own may compute it
}

// recent bounds how many classes of a size are tried.
const recent = 8

// classify gives every value of a loop its class, that of an operand if it can. f, if not
// nil, knows the arrays that never change.
func classify(l *lowered, f *Fixed) *classified {
	p := &classified{lowered: l, class: make([]*class, len(l.values)), fixed: make([]bool, len(l.values))}
	if f != nil {
		f.settle(p)
	}
	bySize := map[int][]*class{}
	for _, v := range l.order {
		if l.kind[v.id] != fusedLoop {
			continue
		}
		shape := v.domain()
		size := op.Size(shape)
		cuts := cutsOf(shape)
		wholeRow := 0
		if v.op.whole != nil {
			wholeRow = v.op.whole(v.rule, shape)
		}
		var found *class
		for _, c := range l.in[v.id] {
			if a := l.alias(c); a != nil && p.class[a.id] != nil && a.size == size && !a.folds() && p.class[a.id].add(cuts, wholeRow) {
				found = p.class[a.id]
				break
			}
		}
		known := bySize[size]
		for i := len(known) - 1; i >= max(0, len(known)-recent) && found == nil; i-- {
			if known[i].add(cuts, wholeRow) {
				found = known[i]
			}
		}
		if found == nil {
			found = &class{cuts: cuts, wholeRow: wholeRow}
			bySize[size] = append(known, found)
		}
		p.class[v.id] = found
	}
	return p
}

// sharesLoop reports whether v may read u, an operand, as a vector of the loop
// that computes both, without going through memory.
func (p *classified) sharesLoop(u, v *value) bool {
	return p.kind[v.id] == fusedLoop && p.kind[u.id] == fusedLoop && p.class[u.id] == p.class[v.id] && !u.folds() && p.fixed[u.id] == p.fixed[v.id]
}

// eachOperand calls f with each computed value that v reads, and whether v may
// share a loop with it through that operand.
func (p *classified) eachOperand(v *value, f func(u *value, share bool)) {
	for _, c := range p.in[v.id] {
		w := p.view(c)
		if p.kind[w.base.id] == uncomputed {
			continue
		}
		f(w.base, p.sharesLoop(w.base, v) && w.whole(c.shape))
	}
}

// mayTakeIn reports whether the step of v may compute its operand u. What fuse finds
// are some of these.
func mayTakeIn(v, u *value) bool {
	if _, ok := u.rule.(logSoftmax); ok {
		return true
	}
	f := op.Stop
	if u, ok := u.rule.(op.Unary); ok {
		f = u.Fn
	}
	switch v := v.rule.(type) {
	case op.Unary:
		return v.Fn == op.Shift && f == op.Scale
	case op.Binary:
		switch v.Fn {
		case op.Mul:
			return isBinary(u, op.Sub) || isBinary(u, op.Mul) || f == op.Sigmoid || f == op.Square
		case op.Add, op.Sub:
			return isBinary(u, op.Mul) || f == op.Scale || f == op.Square || f == op.Softplus
		}
	}
	return false
}

func isBinary(v *value, f op.Fn2) bool {
	b, ok := v.rule.(op.Binary)
	return ok && b.Fn == f
}
