package onnx

import (
	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// rule writes the operation of a node, whose operands have been written.
func (w *writer) rule(n *op.Node) (value, error) {
	in := make([]value, len(op.Inputs(n)))
	shapes := make([][]int, len(in))
	for i, c := range op.Inputs(n) {
		in[i], shapes[i] = w.values[c], c.Shape()
	}
	out := n.Shape()
	if op.Size(out) == 0 {
		return w.initial(w.graph, out, nil), nil
	}
	v, ok := value{}, true
	switch r := op.RuleOf(n).(type) {
	case op.Unary:
		v, ok = w.unary(r, in[0])
	case op.Binary:
		v = w.binary(r.Fn, in[0], in[1])
	case op.Where:
		v = w.where(in[0].is(0).not(), in[1], in[2])
	case op.Special:
		v, ok = w.special(r.Fn, in)
	case op.Term:
		v, ok = w.term(r.Fn, in)
	case op.Density:
		v, ok = w.density(r, in)
	case op.Between:
		v = w.between(in[0], in[1], in[2])
	case op.Require: // a run stops at such an element; here it is NaN
		v = w.where(in[1].is(0), in[0], w.nan())
	case *op.Custom, op.Implicit:
		v = in[0]
	case op.Reshape:
		v = in[0].reshape(r.To)
	case op.BroadcastTo:
		v = in[0].expand(r.To)
	case op.Transpose:
		v = in[0].transpose(r.Perm)
	case op.SumTo:
		v = in[0].sumTo(shapes[0], r.To)
	case op.Slice:
		v = in[0].slice(r.Axis, r.From, r.To)
	case op.Pad:
		v = in[0].pad(shapes[0], r)
	case op.Concat:
		v = w.apply("Concat", in, attribute{"axis", r.Axis})
	case op.Take:
		v = in[0].take(r.Axis, r.Index)
	case op.Put:
		v = in[0].put(shapes[0], r)
	case op.Gather:
		v = in[0].gather(in[1], shapes[0], shapes[1])
	case op.ScatterAdd:
		v = in[0].scatterAdd(in[1], shapes[0], shapes[1], r.V)
	case op.OneHot:
		v = in[0].oneHot(shapes[0], r.C)
	case op.Reduce:
		v = w.reduce(r, in[0], shapes[0], out)
	case op.CumSum:
		v = w.apply("CumSum", []value{in[0], w.intArray(nil, []int{r.Axis})}, attribute{"reverse", boolInt(r.Reverse)})
	case op.MatMul:
		v = w.matMul(r, in[0], in[1], shapes)
	case op.Attention:
		v = w.attention(r, in, shapes)
	case op.Diag:
		v = in[0].diag(shapes[0])
	case op.DiagPart:
		v = in[0].diagPart(shapes[0])
	case op.Tril:
		v = w.apply("Trilu", []value{in[0], w.intArray(nil, []int{r.K})}, attribute{"upper", 0})
	default:
		ok = false
	}
	if !ok {
		return v, errors.Errorf("the operation %s has no operator in ONNX", op.Name(op.RuleOf(n)))
	}
	return v, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
