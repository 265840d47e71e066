package engine

import "github.com/latentgo/latent/internal/op"

// load turns the nodes that outs need into values of the first's dtype, and returns
// those of the nodes.
// What is given has values already, and no others below it are needed.
func load(outs []*op.Node, leafOf func(*op.Node) (op.Array, error), g given) (*expr, map[*op.Node]*value, error) {
	e, of := newExpr(op.Float32), map[*op.Node]*value{}
	if len(outs) > 0 {
		e.dt = outs[0].Dtype()
	}
	for _, x := range g.edges {
		if of[x.node] = x.value; x.value.form == uniform {
			of[x.node] = e.uniform(x.value.shape, x.value.c)
		} else {
			e.add(x.value).node = x.node
		}
	}
	nodes := op.NeededFrom(func(n *op.Node) bool { return of[n] != nil }, outs)
	l := findLoops(nodes, outs, len(g.edges) > 0)
	for _, n := range nodes {
		if of[n] != nil {
			continue
		}
		v, err := e.node(n, of, leafOf, l, g.rows)
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

// given is what the program of a step starts from.
type given struct {
	edges []edge
	rows  *rows // that it has; nil: all
}

// An edge is a node with its value.
type edge struct {
	node  *op.Node
	value *value
}

func (e *expr) node(n *op.Node, of map[*op.Node]*value, leafOf func(*op.Node) (op.Array, error), l *loops, w *rows) (*value, error) {
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
	r, shape := w.cut(n)
	s, part := r.(op.Slice)
	switch _, ok := r.(*op.Scan); {
	case ok:
		v = e.scan(l, n, in)
	case part && l.divides(inputs[0]):
		v = e.columns(in[0], s.From, s.To)
	default:
		v = e.apply(r, in, shape)
	}
	for _, w := range e.values[first:] { // whatever the rewriting made
		w.node = n
	}
	return v, nil
}
