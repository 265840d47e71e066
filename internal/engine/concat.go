package engine

import (
	"slices"

	"github.com/latentgo/latent/internal/op"
)

// joinConcat takes into v, which joins arrays along an axis, the arrays of operands
// that do the same and that nothing else reads. The gradient of slices of a
// sequence joins one after the other, and would copy the first ones again and again.
func joinConcat(v *value, r op.Concat) {
	inner := func(x *value) bool {
		c, ok := isRule[op.Concat](x)
		return ok && c.Axis == r.Axis && x.uses == 1 && !x.isOutput
	}
	if v.form != applied || !slices.ContainsFunc(v.in, inner) {
		return
	}
	var in []*value
	for _, x := range v.in {
		if inner(x) {
			x.absorbed = true
			in = append(in, x.in...)
		} else {
			in = append(in, x)
		}
	}
	v.in = in
}
