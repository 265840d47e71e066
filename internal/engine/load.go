package engine

import "github.com/latentgo/latent/internal/op"

// load turns the nodes that outs need into values of the first's dtype, and returns
// those of the nodes.
func load(outs []*op.Node, leafOf func(*op.Node) (op.Array, error)) (*expr, map[*op.Node]*value, error) {
	e, of := newExpr(op.Float32), map[*op.Node]*value{}
	if len(outs) > 0 {
		e.dt = outs[0].Dtype()
	}
	for _, n := range op.Needed(outs...) {
		v, err := e.node(n, of, leafOf)
		if err != nil {
			return nil, nil, err
		}
		if v.node == nil {
			v.node = n
		}
		of[n] = v
	}
	return e, of, nil
}

func (e *expr) node(n *op.Node, of map[*op.Node]*value, leafOf func(*op.Node) (op.Array, error)) (*value, error) {
	if op.RuleOf(n) == nil {
		a, err := leafOf(n)
		if err != nil {
			return nil, err
		}
		if a.Shape == nil { // a scalar, seen as of rank 0
			a.Shape = []int{}
		}
		if _, ok := op.Constant(n); ok {
			return e.constant(a), nil
		}
		return e.add(&value{form: leaf, op: noRule, shape: a.Shape, data: a}), nil
	}
	inputs := op.Inputs(n)
	in := make([]*value, len(inputs))
	for i, c := range inputs {
		in[i] = of[c]
	}
	first := len(e.values)
	v := e.apply(op.RuleOf(n), in, n.Shape())
	for _, w := range e.values[first:] { // whatever the rewriting made
		w.node = n
	}
	return v, nil
}
