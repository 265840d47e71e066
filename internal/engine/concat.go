package engine

import "github.com/latentgo/latent/internal/op"

// joinConcat makes v, which joins arrays along an axis, read the arrays of operands
// that do the same and that nothing else reads, and returns these operands. The
// gradient of slices of a sequence joins one after the other, and would copy the
// first ones again and again.
func (l *lowered) joinConcat(v *value, r op.Concat) (inner []*value) {
	var in []*value
	for _, x := range l.in[v.id] {
		if c, ok := isRule[op.Concat](x); ok && c.Axis == r.Axis && l.uses[x.id] == 1 && !l.output[x.id] {
			inner = append(inner, x)
			in = append(in, l.in[x.id]...)
		} else {
			in = append(in, x)
		}
	}
	if inner != nil {
		l.in[v.id] = in
	}
	return inner
}
