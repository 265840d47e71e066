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
	moved []moved[T] // what instructions read and write where it is
	given []carry[T] // what else a step is given
	kept  []carry[T] // what is kept of it
	next  []carry[T] // states
	end   []carry[T] // last states
}

// A carry copies elements, for each place from and to some further on.
type carry[T kernel.Float] struct {
	rows []int // where rows of from begin; nil if it is one

	to, from        []T
	n, toBy, fromBy int
}

func carryAll[T kernel.Float](all []carry[T], place int) {
	for i := range all {
		m := &all[i]
		to, from := m.to[place*m.toBy:], m.from[place*m.fromBy:]
		if m.rows == nil {
			copy(to[:m.n], from)
			continue
		}
		n := m.n / len(m.rows)
		for k, at := range m.rows {
			copy(to[k*n:][:n], from[at:])
		}
	}
}

func (c *scanCode[T]) count() int                 { return 0 }
func (c *scanCode[T]) before()                    {}
func (c *scanCode[T]) Do(int, int)                {}
func (c *scanCode[T]) within(ctx context.Context) { c.ctx = ctx }

func (c *scanCode[T]) after() error {
	if c.t.Steps > 0 {
		for _, f := range c.plan.repack {
			f()
		}
	}
	carryAll(c.start, 0)
	for k := range c.t.Steps {
		place := c.t.Place(k)
		moveAll(c.moved, place)
		carryAll(c.given, place)
		if err := c.plan.Run(c.ctx); err != nil {
			return errors.WithMessagef(err, "step %d", place)
		}
		carryAll(c.kept, place)
		carryAll(c.next, place)
	}
	carryAll(c.end, 0)
	return nil
}

// newScanCode gives the program of a step its memory and instructions.
func newScanCode[T kernel.Float](b *binder[T], v *value, t *body) (*scanCode[T], error) {
	view := func(i int) (*view, []T) {
		w := b.view(b.in[v.id][i])
		return w, b.memory(w.base)[min(w.off, w.base.size):]
	}
	steady := map[*value]bool{}
	for i, w := range t.fixed {
		steady[w] = true
		if w.form == leaf && start(w.data, 0) == nil {
			_, from := view(len(t.given) + i)
			w.data = arrayOf(from[:op.Size(w.shape)], w.shape)
		}
	}
	c := &scanCode[T]{t: t, ctx: context.Background(), plan: &Plan{program: t.program, values: map[*op.Node]op.Array{}, pool: b.pool, steady: steady}}
	if err := bind[T](c.plan, 0); err != nil {
		return nil, err
	}
	whole := func(to, from []T) carry[T] { return carry[T]{to: to, from: from, n: len(to)} }
	out := b.memory(v)
	kept := map[*value]carry[T]{} // what is computed where it is kept
	source := func(k int, n *op.Node) (from []T, by int) {
		if m, ok := kept[t.program.want[k]]; ok {
			return m.from, m.fromBy
		}
		return elements[T](c.plan.values[n]), 0
	}
	for i := range t.Parts() {
		from, to := t.PartAt(i)
		k := i - len(t.Finals)
		if k < 0 {
			c.end = append(c.end, whole(out[from:to], elements[T](t.given[t.Finals[i]].data)))
			continue
		}
		n := t.Outs[k]
		k += len(t.states)
		w := t.program.want[k]
		if uses, ok := usesOf[T](c.plan, w); ok && w.form == applied && t.program.inArena(w) && kept[w].from == nil {
			c.moved = append(c.moved, moved[T]{uses, out[from:to], w.size, w.size})
			kept[w] = carry[T]{from: out[from:to], fromBy: w.size}
			continue
		}
		m := carry[T]{to: out[from:to], n: w.size, toBy: w.size}
		m.from, m.fromBy = source(k, n)
		c.kept = append(c.kept, m)
	}
	for k, i := range t.states {
		state := elements[T](t.given[i].data)
		w, from := view(i)
		c.start = append(c.start, carry[T]{to: state, from: from, n: len(state), rows: rowsOf(t.given[i].shape, w.st)})
		next := carry[T]{to: state, n: len(state)}
		if slices.Contains(t.States, t.Next[i]) { // which another may overwrite
			own := make([]T, len(state))
			c.kept = append(c.kept, whole(own, elements[T](c.plan.values[t.Next[i]]))) // at any place
			next.from = own
			c.next = append(c.next, next)
			continue
		}
		next.from, next.fromBy = source(k, t.Next[i])
		c.next = append(c.next, next)
	}
	for i := range t.Seqs {
		w := t.given[len(t.States)+i]
		u, from := view(len(t.States) + i)
		rows := rowsOf(w.shape, u.st[1:])
		if uses, ok := usesOf[T](c.plan, w); ok && rows == nil && !slices.Contains(t.program.want, w) {
			c.moved = append(c.moved, moved[T]{uses, from, w.size, u.st[0]})
			continue
		}
		c.given = append(c.given, carry[T]{to: elements[T](w.data), from: from, n: w.size, rows: rows, fromBy: u.st[0]})
	}
	return c, nil
}

// rowsOf returns where runs of an array begin that lie one after the other in memory;
// nil if it is all one.
func rowsOf(shape, st []int) []int {
	n, k := 1, len(shape)
	for k > 0 && (shape[k-1] == 1 || st[k-1] == n) {
		k--
		n *= shape[k]
	}
	if k == 0 {
		return nil
	}
	rows := []int{0}
	for i := range k {
		var more []int
		for _, at := range rows {
			for j := range shape[i] {
				more = append(more, at+j*st[i])
			}
		}
		rows = more
	}
	return rows
}
