package graph

import (
	"fmt"
	"regexp"
	"slices"

	"gorgonia.org/gorgonia"

	"github.com/latentgo/latent/internal/engine"
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
		Fail("graph: grad of %s: cost has shape %v, want a scalar", cost.Name(), cost.Shape())
	}
	b := op.Current()
	order := engine.Needed([]*Node{cost})
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
	for _, n := range slices.Backward(order) {
		g := adjoint[n]
		if g == nil || !active[n] || n.Op() == nil || held[n] {
			continue
		}
		in := op.Inputs(n)
		need := make([]bool, len(in))
		for i, c := range in {
			need[i] = active[c]
		}
		for i, d := range diff(n, in, g, need) {
			switch c := in[i]; {
			case d == nil || !need[i]:
			case !slices.Equal(d.Shape(), c.Shape()):
				Fail("graph: grad through %v: derivative of shape %v by an operand of shape %v", n.Op(), d.Shape(), c.Shape())
			case adjoint[c] == nil:
				adjoint[c] = d
			default:
				adjoint[c] = Add(adjoint[c], d)
			}
		}
	}
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

func diff(n *Node, in []*Node, g *Node, need []bool) []*Node {
	defer op.Deriving(n)()
	if o, ok := n.Op().(*op.Op); ok {
		return o.Diff(in, n, g, need)
	}
	name := fmt.Sprint(n.Op())
	if flat.MatchString(name) {
		return make([]*Node, len(in))
	}
	if wrongGradient.MatchString(name) {
		Fail("graph: grad through Gorgonia's %s, whose gradient is wrong in the version used; use this package's function", name)
	}
	o, ok := n.Op().(gorgonia.SDOp)
	if !ok {
		Fail("graph: grad through %s, which has no symbolic derivative", name)
	}
	ds, err := o.SymDiff(in, n, g)
	if err != nil {
		Fail("graph: grad through %s: %v", name, err)
	}
	if len(ds) != len(in) {
		Fail("graph: grad through %s: %d derivatives of %d operands", name, len(ds), len(in))
	}
	for i, d := range ds { // Gorgonia drops axes of size 1
		if d != nil && slices.Equal(long(d.Shape()), long(in[i].Shape())) {
			ds[i] = op.Reshaped(d, in[i].Shape())
		}
	}
	return ds
}

// long returns the axes that are longer than 1.
func long(s Shape) Shape { return slices.DeleteFunc(s, func(d int) bool { return d == 1 }) }

// Operations of Gorgonia's, by the names they print: those whose derivative is
// zero everywhere (Gorgonia answers with an error), and those whose gradient
// is wrong: of a maximum at ties, where each gets all of it; of "T[…]+=…" and
// col2im, which are gradients themselves, by what they were sliced from.
var (
	flat          = regexp.MustCompile(`^(sign|ceil|floor|SizeOf.*|(<|>|<=|>=|==|!=) (true|false))$`)
	wrongGradient = regexp.MustCompile(`^(log2|invSqrt|a.* ⊗ b.*|MaxAlong.*|AvgPool\{.*|ByIndicesOp\{axis=-?[1-9].*|T\[.*\+=.*|col2im.*)$`)
)

// Unused returns those of the given nodes that no node of by is computed from.
func Unused(nodes []*Node, by ...*Node) []*Node {
	if len(nodes) == 0 {
		return nil
	}
	for _, n := range by {
		op.Check(n, "unused by")
	}
	used := map[*Node]bool{}
	for _, n := range engine.Needed(by) {
		used[n] = true
	}
	return slices.DeleteFunc(slices.Clone(nodes), func(n *Node) bool { return used[n] })
}

// DependsOn tells whether n is computed from m, or is m.
func DependsOn(n, m *Node) bool {
	dims(n)
	dims(m)
	return slices.Contains(engine.Needed([]*Node{n}), m)
}
