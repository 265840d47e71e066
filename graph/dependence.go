package graph

import (
	"math/bits"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// Dependence tells which of some marked nodes another node is computed from. It
// visits every node of the graph once, however often it is asked, so that
// questions for each pair of many nodes take one pass in all.
type Dependence struct {
	at  map[*Node][]int    // the numbers of a marked node
	set map[*Node][]uint64 // the marks below a node, itself included, a bit each
	n   int
}

// NewDependence marks nodes; their numbers are their places in the list.
func NewDependence(marks ...*Node) *Dependence {
	d := &Dependence{at: map[*Node][]int{}, set: map[*Node][]uint64{}, n: len(marks)}
	for i, m := range marks {
		op.Check(m, "dependence on")
		d.at[m] = append(d.at[m], i)
	}
	return d
}

// On tells whether n is computed from a marked node, or is it.
func (d *Dependence) On(n, mark *Node) bool {
	op.Check(mark, "dependence on")
	if d == nil || d.at[mark] == nil {
		Fail("graph: dependence on %s, which is not marked", mark.Name())
	}
	at := d.at[mark]
	return d.marks(n)[at[0]/64]>>(at[0]%64)&1 != 0
}

// Last returns the largest number of a mark that n is computed from, −1 if
// there is none.
func (d *Dependence) Last(n *Node) int {
	for i, w := range slices.Backward(d.marks(n)) {
		if w != 0 {
			return 64*i + bits.Len64(w) - 1
		}
	}
	return -1
}

// marks returns the marks below a node, operands first.
func (d *Dependence) marks(n *Node) []uint64 {
	op.Check(n, "dependence of")
	if d == nil || d.set == nil {
		Fail("graph: the Dependence is nil or zero, want one of NewDependence")
	}
	for stack := []*Node{n}; len(stack) > 0; {
		top := stack[len(stack)-1]
		if d.set[top] != nil {
			stack = stack[:len(stack)-1]
			continue
		}
		in, ready := op.Inputs(top), true
		for _, c := range in {
			if d.set[c] == nil {
				stack, ready = append(stack, c), false
			}
		}
		if ready {
			d.set[top] = d.union(top, in)
		}
	}
	return d.set[n]
}

// union returns the marks of a node whose operands' are known. Nodes with the
// marks of an operand share them.
func (d *Dependence) union(n *Node, in []*Node) []uint64 {
	var all []uint64
	own := false // all is not shared
	for _, c := range in {
		s := d.set[c]
		if all == nil {
			all = s
			continue
		}
		for i, w := range s {
			if all[i]|w != all[i] {
				if !own {
					all, own = slices.Clone(all), true
				}
				all[i] |= w
			}
		}
	}
	if all == nil || d.at[n] != nil && !own {
		all = append(make([]uint64, 0, (d.n+64)/64), all...)
		all = all[:cap(all)]
	}
	for _, i := range d.at[n] {
		all[i/64] |= 1 << (i % 64)
	}
	return all
}
