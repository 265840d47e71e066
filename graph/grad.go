package graph

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// Grad returns the derivative of cost, a scalar, by each node of wrt, as nodes
// of their shapes (reverse-mode differentiation, symbolic).
//
// It never walks through a held node: hold says what is constant. A node both
// in wrt and in hold gets its own derivative and passes nothing on. Where cost
// does not depend on a node, the derivative is zeros. Repeating a call returns
// the same nodes.
func Grad(cost *Node, wrt []*Node, hold ...*Node) []*Node {
	op.Check(cost, "grad of cost")
	for _, n := range wrt {
		op.Check(n, "grad by")
	}
	for _, n := range hold {
		op.Check(n, "grad holding")
	}
	if len(cost.Shape()) != 0 {
		Fail("graph: grad of %s: cost has shape %v, want a scalar", cost, cost.Shape())
	}
	b := op.Current()
	order := op.Needed(cost)
	by, held := setOf(wrt), setOf(hold)
	active := map[*Node]bool{} // has a node of wrt at or below it, not behind a held one
	for _, n := range order {
		active[n] = by[n]
		if !held[n] {
			for _, c := range op.Inputs(n) {
				active[n] = active[n] || active[c]
			}
		}
	}
	adjoint := map[*Node]*Node{cost: b.Const(1)}
	op.Pull(order, adjoint, active, func(n *Node) bool { return held[n] })
	out := make([]*Node, len(wrt))
	for i, n := range wrt {
		if out[i] = adjoint[n]; out[i] == nil {
			out[i] = BroadcastTo(b.Const(0), n.Shape()...)
		}
	}
	return out
}

func setOf(ns []*Node) map[*Node]bool {
	set := map[*Node]bool{}
	for _, n := range ns {
		set[n] = true
	}
	return set
}

// DependsOn tells whether n is computed from m, or is m.
func DependsOn(n, m *Node) bool {
	dims(n)
	dims(m)
	return slices.Contains(op.Needed(n), m)
}
