package engine

import (
	"fmt"

	"github.com/latentgo/latent/internal/op"
)

// evaluated runs the rule's own evaluation.
func (b *binder[T]) evaluated(v *value) runner {
	out := b.array(v, v)
	in := make([]op.Array, len(v.in))
	for i, c := range v.in {
		in[i] = b.array(c, c.view().base)
	}
	return newDirect(func() error {
		defer named(v.rule)
		return v.rule.Eval(out, in)
	})
}

// named makes a panic say of which operation it is, such as one of a user's that
// reads beyond its operands.
func named(r op.Rule) {
	if v := recover(); v != nil {
		panic(fmt.Sprintf("graph: operation %s: %v", op.Name(r), v))
	}
}

// array returns the memory of base as that of v, which is all of it.
func (b *binder[T]) array(v, base *value) op.Array {
	return arrayOf(b.mem(base), v.shape)
}
