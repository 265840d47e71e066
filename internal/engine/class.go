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

// domain returns the shape over which the loop of a value runs.
func (v *value) domain() []int {
	if v.op.fromOperand {
		return v.in[0].shape
	}
	return v.shape
}

// folds reports whether v, the value of a loop, reduces.
func (v *value) folds() bool { return v.op.folds != nil }

// recent bounds how many classes of a size are tried.
const recent = 8

// classify gives every value of a loop its class, that of an operand if it can.
func classify(order []*value) {
	bySize := map[int][]*class{}
	for _, v := range order {
		if v.kind != fusedLoop {
			continue
		}
		shape := v.domain()
		size := op.Size(shape)
		cuts := cutsOf(shape)
		wholeRow := 0
		if v.op.whole != nil {
			wholeRow = v.op.whole(v.rule, shape)
		}
		for _, c := range v.in {
			if p := c.alias(); p != nil && p.class != nil && p.size == size && !p.folds() && p.class.add(cuts, wholeRow) {
				v.class = p.class
				break
			}
		}
		known := bySize[size]
		for i := len(known) - 1; i >= max(0, len(known)-recent) && v.class == nil; i-- {
			if known[i].add(cuts, wholeRow) {
				v.class = known[i]
			}
		}
		if v.class == nil {
			v.class = &class{cuts: cuts, wholeRow: wholeRow}
			bySize[size] = append(known, v.class)
		}
	}
}
