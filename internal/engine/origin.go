package engine

import (
	"math"
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// Origin is where a number that is not finite began: a leaf that holds it, or
// the operation that made it from finite operands or from a constant that is
// infinite on purpose.
type Origin struct {
	Node  *op.Node
	At    int       // the element
	Value float64   // NaN or ±Inf
	In    []float64 // the operands of an element-wise operation at that element, else nil
	Step  int       // the place in a Scan that Node is within; −1 outside of all
}

// Origin goes from the first element of out that is not finite to the element
// of an operand that it is not finite for, and on, until there is none. nil if
// out is finite.
//
// Which element that is, an operation is asked by experiment, so that a mask of
// −Inf beside it, or a branch that was not taken, is not blamed: the others are
// made finite, and the result looked at again.
func (r *Reference) Origin(out *op.Node) *Origin {
	at := firstNonFinite(r.value[out])
	if at < 0 {
		return nil
	}
	return r.origin(out, at)
}

func (r *Reference) origin(n *op.Node, at int) *Origin {
	fixed := fixedNodes(r.nodes)
	for r.given == nil || !r.given(n) {
		c, i := r.culprit(n, at, fixed)
		if c == nil {
			break
		}
		n, at = c, i
	}
	if s, ok := op.RuleOf(n).(*op.Scan); ok && (r.given == nil || !r.given(n)) {
		if o := r.within(s, n, at); o != nil {
			return o
		}
	}
	return &Origin{Node: n, At: at, Value: r.value[n].At(at), In: r.operands(n, at), Step: -1}
}

// isFiniteFloat tells whether v is finite.
func isFiniteFloat(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// firstNonFinite returns the first element that is not finite, or −1.
func firstNonFinite(a op.Array) int {
	for i := range a.Len() {
		if !isFiniteFloat(a.At(i)) {
			return i
		}
	}
	return -1
}

// fixedNodes returns the nodes that are computed from constants alone.
func fixedNodes(nodes []*op.Node) map[*op.Node]bool {
	fixed := map[*op.Node]bool{}
	for _, n := range nodes {
		if op.RuleOf(n) == nil {
			_, fixed[n] = op.Constant(n)
			continue
		}
		fixed[n] = !slices.ContainsFunc(op.Inputs(n), func(c *op.Node) bool { return !fixed[c] })
	}
	return fixed
}

// elementwise tells whether an element of n is computed from one of each
// operand.
func elementwise(n *op.Node) bool { return operationOf(op.RuleOf(n)).byElement }

// operands returns the elements that an element-wise result was made from.
func (r *Reference) operands(n *op.Node, at int) []float64 {
	if !elementwise(n) {
		return nil
	}
	var in []float64
	for _, c := range op.Inputs(n) {
		in = append(in, r.value[c].At(op.ElementAt(n.Shape(), c.Shape(), at)))
	}
	return in
}

// suspect is an element of an operand.
type suspect struct{ operand, at int }

// culprit returns the element of an operand for which element at of n is not
// finite, or nil if n made that itself. NaN comes before infinities.
func (r *Reference) culprit(n *op.Node, at int, fixed map[*op.Node]bool) (*op.Node, int) {
	in := op.Inputs(n)
	var nans, infs []suspect
	all := make([]op.Array, len(in)) // with finite numbers in the place of those that are not
	for k, c := range in {
		a := r.value[c]
		all[k] = op.NewArray(a.Dtype(), a.Shape)
		all[k].Copy(a)
		only := -1
		if elementwise(n) {
			only = op.ElementAt(n.Shape(), c.Shape(), at)
		}
		for i := range a.Len() {
			if v := a.At(i); !isFiniteFloat(v) {
				all[k].Set(i, .5)
				switch s := (suspect{k, i}); {
				case fixed[c] && !math.IsNaN(v) || only >= 0 && i != only:
				case math.IsNaN(v):
					nans = append(nans, s)
				default:
					infs = append(infs, s)
				}
			}
		}
	}
	list := append(nans, infs...)
	if len(list) == 0 {
		return nil, 0
	}
	result := op.NewArray(n.Dtype(), n.Shape())
	bad := func(some []suspect) bool {
		for _, s := range some {
			all[s.operand].Set(s.at, r.value[in[s.operand]].At(s.at))
		}
		err := op.RuleOf(n).Eval(result, all)
		for _, s := range some {
			all[s.operand].Set(s.at, .5)
		}
		return err == nil && !isFiniteFloat(result.At(at)) // an operand may not be .5, such as an index
	}
	if bad(nil) || !bad(list) {
		return nil, 0
	}
	for len(list) > 1 {
		half := list[:len(list)/2]
		if !bad(half) {
			if half = list[len(list)/2:]; !bad(half) {
				break // it takes both
			}
		}
		list = half
	}
	return in[list[0].operand], list[0].at
}
