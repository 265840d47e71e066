package engine

import "github.com/latentgo/latent/internal/op"

// load turns the nodes that outs need into values of the first's dtype, and returns
// those of the nodes.
// given have values already, and no others below them are needed.
func load(outs []*op.Node, leafOf func(*op.Node) (op.Array, error), given []edge) (*expr, map[*op.Node]*value, error) {
	e, of := newExpr(op.Float32), map[*op.Node]*value{}
	if len(outs) > 0 {
		e.dt = outs[0].Dtype()
	}
	for _, g := range given {
		if of[g.node] = g.value; g.value.form == uniform {
			of[g.node] = e.uniform(g.value.shape, g.value.c)
		} else {
			e.add(g.value).node = g.node
		}
	}
	nodes := op.NeededFrom(func(n *op.Node) bool { return of[n] != nil }, outs)
	l := findLoops(nodes, outs)
	for _, n := range nodes {
		if of[n] != nil {
			continue
		}
		v, err := e.node(n, of, leafOf, l)
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

// An edge is a node with its value.
type edge struct {
	node  *op.Node
	value *value
}

func (e *expr) node(n *op.Node, of map[*op.Node]*value, leafOf func(*op.Node) (op.Array, error), l *loops) (*value, error) {
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
	var v *value
	if _, ok := op.RuleOf(n).(*op.Scan); ok {
		v = e.scan(l, n, in)
	} else {
		v = e.apply(op.RuleOf(n), in, n.Shape())
	}
	for _, w := range e.values[first:] { // whatever the rewriting made
		w.node = n
	}
	return v, nil
}
