package op

import "slices"

// Pull continues derivatives of a cost from results to operands, by the chain rule:
// adjoint holds those by some nodes and gets those by what they were computed from.
// order lists operands first; only operands that are active get one, and a node for
// which stop is true passes nothing on.
func Pull(order []*Node, adjoint map[*Node]*Node, active map[*Node]bool, stop func(*Node) bool) {
	for _, n := range slices.Backward(order) {
		g := adjoint[n]
		if g == nil || !active[n] || n.rule == nil || stop(n) {
			continue
		}
		need := make([]bool, len(n.in))
		for i, c := range n.in {
			need[i] = active[c]
		}
		for i, d := range diff(n, g, need) {
			switch c := n.in[i]; {
			case d == nil || !need[i]:
			case !slices.Equal(d.shape, c.shape):
				Fail("graph: grad through %v: derivative of shape %v by an operand of shape %v", Name(n.rule), d.shape, c.shape)
			default:
				addTo(adjoint, c, d)
			}
		}
	}
}

// addTo adds to the derivative by a node.
func addTo(adjoint map[*Node]*Node, n, d *Node) {
	if have := adjoint[n]; have != nil {
		d = have.Add(d)
	}
	adjoint[n] = d
}

func diff(n, g *Node, need []bool) []*Node {
	defer Deriving(n)()
	ds := n.rule.Diff(n.in, n, g, need)
	if ds != nil && len(ds) != len(n.in) {
		Fail("graph: grad through %v: %d derivatives, want one for each of %d operands", Name(n.rule), len(ds), len(n.in))
	}
	return ds
}
