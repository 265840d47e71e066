// Package engine runs graphs.
package engine

import (
	"context"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/latentgo/latent/internal/op"
)

// Reference evaluates nodes one after the other by the plain evaluation of
// their operations, each into memory of its own, allocated once.
type Reference struct {
	nodes []*op.Node // operands first; leaves included
	value map[*op.Node]op.Array
	step  []func() error // nil for a leaf
}

// NewReference prepares the evaluation of outs and of nothing else. leaf gives
// the memory of each input, parameter, constant and noise node that they need.
func NewReference(outs []*op.Node, leaf func(*op.Node) (op.Array, error)) (*Reference, error) {
	r := &Reference{nodes: Needed(outs), value: map[*op.Node]op.Array{}}
	for _, n := range r.nodes {
		if n.Op() == nil {
			a, err := leaf(n)
			if err != nil {
				return nil, err
			}
			r.value[n] = a
			r.step = append(r.step, nil)
			continue
		}
		in := make([]op.Array, 0, 2)
		for _, c := range op.Inputs(n) {
			in = append(in, r.value[c])
		}
		out := op.NewArray(n.Dtype(), n.Shape())
		r.value[n] = out
		if o, ok := n.Op().(*op.Op); ok {
			r.step = append(r.step, func() error { return o.Eval(out, in) })
		} else {
			r.step = append(r.step, func() error { return foreign(n.Op(), out, in) })
		}
	}
	return r, nil
}

// Needed lists what outs depend on, operands first, in a fixed order.
func Needed(outs []*op.Node) []*op.Node {
	var order []*op.Node
	seen := map[*op.Node]bool{}
	type frame struct {
		n    *op.Node
		in   []*op.Node
		next int
	}
	for _, out := range outs {
		if seen[out] {
			continue
		}
		seen[out] = true
		stack := []frame{{n: out, in: op.Inputs(out)}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next == len(f.in) {
				order = append(order, f.n)
				stack = stack[:len(stack)-1]
				continue
			}
			c := f.in[f.next]
			f.next++
			if !seen[c] {
				seen[c] = true
				stack = append(stack, frame{n: c, in: op.Inputs(c)})
			}
		}
	}
	return order
}

// foreign runs an operation of Gorgonia's on private copies, since some write
// to their operands or return them.
func foreign(o gorgonia.Op, out op.Array, in []op.Array) error {
	vs := make([]gorgonia.Value, len(in))
	for i, a := range in {
		c := op.NewArray(dtype(a), a.Shape.Clone())
		c.Copy(a)
		vs[i] = c.Value()
	}
	v, err := o.Do(vs...)
	if err != nil {
		return errors.Wrapf(err, "engine: %v", o)
	}
	a, err := op.ArrayOf(v)
	if err != nil {
		return err
	}
	if a.Len() != out.Len() || dtype(a) != dtype(out) {
		return errors.Errorf("engine: %v returned %v %v, want %v %v", o, dtype(a), a.Shape, dtype(out), out.Shape)
	}
	out.Copy(a)
	return nil
}

func dtype(a op.Array) tensor.Dtype {
	if a.F64 != nil {
		return tensor.Float64
	}
	return tensor.Float32
}

// Run evaluates everything. It stops between operations when ctx is done.
func (r *Reference) Run(ctx context.Context) error {
	for i, f := range r.step {
		if f == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f(); err != nil {
			return errors.WithMessage(err, op.Describe(r.nodes[i]))
		}
	}
	return nil
}

// Value returns the memory of a node.
func (r *Reference) Value(n *op.Node) op.Array { return r.value[n] }
