package engine

import (
	"fmt"

	"github.com/latentgo/latent/internal/kernel"
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
	a := &arrays[T]{rule: v.rule, out: b.memory(v), shape: v.shape}
	for i, c := range b.in[v.id] {
		w := b.view(c)
		if i == 0 {
			a.at = w.place
		}
		a.in, a.from = append(a.in, b.memory(w.base)), append(a.from, c.shape)
	}
	c := directCode{f: loopOf[T](v.op.loop)(a)}
	if _, ok := v.rule.(op.Concat); ok {
		return &concatCode[T]{&c, a}
	}
	return &c
}

// concatCode is the instruction of a concat, whose arrays may change between runs.
type concatCode[T kernel.Float] struct {
	*directCode
	*arrays[T]
}

// evaluated runs the rule's own evaluation.
func (b *binder[T]) evaluated(v *value) runner {
	out := arrayOf(b.memory(v), v.shape)
	in := make([]op.Array, len(v.in))
	for i, c := range b.in[v.id] {
		in[i] = arrayOf(b.memory(b.base(c)), c.shape)
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
