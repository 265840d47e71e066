package engine

import (
	"context"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
)

// Reference evaluates nodes one after the other by the plain evaluation of
// their operations, each into memory of its own, allocated once.
type Reference struct {
	nodes []*op.Node // operands first; leaves included
	value map[*op.Node]op.Array
	step  []func() error      // nil for a leaf
	given func(*op.Node) bool // nodes that are not computed, for Origin; nil: none but leaves
}

// NewReference prepares the evaluation of outs and of nothing else. leaf gives
// the memory of each input, parameter, constant and noise node that they need.
func NewReference(outs []*op.Node, leaf func(*op.Node) (op.Array, error)) (*Reference, error) {
	r := &Reference{nodes: op.Needed(outs...), value: map[*op.Node]op.Array{}}
	for _, n := range r.nodes {
		if op.RuleOf(n) == nil {
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
		r.step = append(r.step, func() error { return op.RuleOf(n).Eval(out, in) })
	}
	return r, nil
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
			return errors.WithMessage(err, r.nodes[i].String())
		}
	}
	return nil
}

// Value returns the memory of a node.
func (r *Reference) Value(n *op.Node) op.Array { return r.value[n] }
