package engine

import (
	"fmt"

	"github.com/latentgo/latent/internal/op"
)

// directCode is the instruction of a rule that has a plain loop of its own or is
// evaluated by itself.
type directCode struct {
	f   func() error
	err error
}

func (d *directCode) count() int     { return 1 }
func (d *directCode) Do(part, _ int) { d.err = d.f() }
func (d *directCode) before()        {}
func (d *directCode) after() error   { return d.err }

// direct runs the plain loop of a rule.
func (b *binder[T]) direct(v *value) runner {
	a := &arrays[T]{rule: v.rule, out: b.mem(v), shape: v.shape}
	for i, c := range v.in {
		w := c.view()
		if i == 0 {
			a.at = w.place
		}
		a.in, a.from = append(a.in, b.mem(w.base)), append(a.from, c.shape)
	}
	return &directCode{f: loopOf[T](v.op.loop)(a)}
}

// evaluated runs the rule's own evaluation.
func (b *binder[T]) evaluated(v *value) runner {
	out := b.array(v, v)
	in := make([]op.Array, len(v.in))
	for i, c := range v.in {
		in[i] = b.array(c, c.view().base)
	}
	return &directCode{f: func() error {
		defer named(v.rule)
		return v.rule.Eval(out, in)
	}}
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
