package engine

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A body is the program of a step, with the memory of what changes from step to step.
type body struct {
	*scan
	program      *placed
	states       []int    // those that something depends on
	given, fixed []*value // what stands for each state and sequence, and for what is the same at every step
}

// scanCode is the instruction of a loop: its steps run one after the other, each on
// all workers, when the rest of its phase is done.
type scanCode[T kernel.Float] struct {
	t    *body
	plan *Plan
	ctx  context.Context

	start []carry[T] // first states
	given []carry[T] // what a step is given
	kept  []carry[T] // what is kept of it
	next  []carry[T] // states
	end   []carry[T] // last states
}

// A carry copies elements, for each place from and to some further on.
type carry[T kernel.Float] struct {
	to, from        []T
	n, toBy, fromBy int
}

func carryAll[T kernel.Float](all []carry[T], place int) {
	for i := range all {
		m := &all[i]
		copy(m.to[place*m.toBy:][:m.n], m.from[place*m.fromBy:][:m.n])
	}
}

func (c *scanCode[T]) count() int                 { return 0 }
func (c *scanCode[T]) before()                    {}
func (c *scanCode[T]) Do(int, int)                {}
func (c *scanCode[T]) within(ctx context.Context) { c.ctx = ctx }

func (c *scanCode[T]) after() error {
	carryAll(c.start, 0)
	for k := range c.t.Steps {
		place := c.t.Place(k)
		carryAll(c.given, place)
		if err := c.plan.Run(c.ctx); err != nil {
			return errors.WithMessagef(err, "step %d", place)
		}
		carryAll(c.kept, place)
		carryAll(c.next, 0)
	}
	carryAll(c.end, 0)
	return nil
}

// newScanCode gives the program of a step its memory and instructions.
func newScanCode[T kernel.Float](b *binder[T], v *value, t *body) (*scanCode[T], error) {
	in := func(i int) []T { return b.memory(b.base(b.in[v.id][i]))[:b.in[v.id][i].size] }
	for i, w := range t.fixed {
		if w.form == leaf && start(w.data, 0) == nil {
			w.data = arrayOf(in(len(t.given)+i), w.shape)
		}
	}
	c := &scanCode[T]{t: t, ctx: context.Background(), plan: &Plan{program: t.program, values: map[*op.Node]op.Array{}, pool: b.pool}}
	if err := bind[T](c.plan, 0); err != nil {
		return nil, err
	}
	whole := func(to, from []T) carry[T] { return carry[T]{to: to, from: from, n: len(to)} }
	out := b.memory(v)
	for _, i := range t.states {
		state := elements[T](t.given[i].data)
		next := elements[T](c.plan.values[t.Next[i]])
		c.start = append(c.start, whole(state, in(i)))
		if slices.Contains(t.States, t.Next[i]) { // which another may overwrite
			own := make([]T, len(next))
			c.kept = append(c.kept, whole(own, next))
			next = own
		}
		c.next = append(c.next, whole(state, next))
	}
	for i := range t.Seqs {
		w := t.given[len(t.States)+i]
		m := whole(elements[T](w.data), in(len(t.States)+i))
		m.fromBy = w.size
		c.given = append(c.given, m)
	}
	for i := range t.Parts() {
		from, to := t.PartAt(i)
		part := out[from:to]
		if k := i - len(t.Finals); k >= 0 {
			value := elements[T](c.plan.values[t.Outs[k]])
			c.kept = append(c.kept, carry[T]{to: part, from: value, n: len(value), toBy: len(value)})
		} else {
			c.end = append(c.end, whole(part, elements[T](t.given[t.Finals[i]].data)))
		}
	}
	return c, nil
}
