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
	rows         *rows    // that it computes; nil: all
	from         int      // the first of them
}

// scanCode is the instruction of a loop: its steps run one after the other, each on
// all workers, when the rest of its phase is done; or, where rows are computed apart,
// those of each piece on one worker.
type scanCode[T kernel.Float] struct {
	pieces []*pieceCode[T]
	repack []func() // matrices that are the same at every step
	sums   []carry[T]
	ctx    context.Context
}

func (c *scanCode[T]) within(ctx context.Context) { c.ctx = ctx }

func (c *scanCode[T]) count() int {
	if len(c.pieces) == 1 {
		return 0
	}
	return len(c.pieces)
}

func (c *scanCode[T]) before() {
	for _, f := range c.repack {
		f()
	}
}

func (c *scanCode[T]) Do(part, _ int) { c.pieces[part].err = c.pieces[part].run(c.ctx) }

func (c *scanCode[T]) after() error {
	if len(c.pieces) == 1 {
		return c.pieces[0].run(c.ctx)
	}
	for _, p := range c.pieces {
		if p.err != nil {
			return p.err
		}
	}
	for _, s := range c.sums {
		kernel.Zip(kernel.OpAdd, s.to, s.to, s.from)
	}
	return nil
}

// pieceCode is a loop over some rows, or all.
type pieceCode[T kernel.Float] struct {
	t    *body
	plan *Plan
	err  error

	start []carry[T] // first states
	moved []moved[T] // what instructions read and write where it is
	given []carry[T] // what else a step is given
	kept  []carry[T] // what is kept of it
	next  []carry[T] // states
	end   []carry[T] // last states
}

// addsUp reports whether a state is the sum of what pieces add to it, other than to the
// first.
func (t *body) addsUp(state int) bool {
	return t.from > 0 && t.rows.of[t.States[state]] == sumOf
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

func (c *pieceCode[T]) run(ctx context.Context) error {
	carryAll(c.start, 0)
	for k := range c.t.Steps {
		place := c.t.Place(k)
		moveAll(c.moved, place)
		carryAll(c.given, place)
		if err := c.plan.Run(ctx); err != nil {
			return errors.WithMessagef(err, "step %d", place)
		}
		carryAll(c.kept, place)
		carryAll(c.next, place)
	}
	carryAll(c.end, 0)
	return nil
}

// newScanCode gives the programs of steps their memory and instructions.
func newScanCode[T kernel.Float](b *binder[T], v *value, bodies []*body) (*scanCode[T], error) {
	c := &scanCode[T]{ctx: context.Background()}
	packed := &packs{known: map[packedKey]any{}}
	for _, t := range bodies {
		pool := b.pool
		if len(bodies) > 1 {
			pool = kernel.NewPool(1)
		}
		p, err := c.piece(b, v, t, &Plan{program: t.program, values: map[*op.Node]op.Array{}, pool: pool, packs: packed})
		if err != nil {
			return nil, err
		}
		c.pieces = append(c.pieces, p)
	}
	if bodies[0].Steps > 0 {
		c.repack = packed.again
	}
	return c, nil
}

// piece gives the program of a body its memory and instructions.
func (s *scanCode[T]) piece(b *binder[T], v *value, t *body, plan *Plan) (*pieceCode[T], error) {
	operand := func(i, lead int, n *op.Node) (st []int, from []T) { // that a node within stands for, of which it has lead axes less
		w := b.view(b.in[v.id][i])
		st = w.st[lead:]
		return st, b.memory(w.base)[min(w.off+t.rows.before(n, t.from, st), w.base.size):]
	}
	plan.steady = map[*value]bool{}
	for _, w := range t.given {
		w.data = keep(w, b.dt)
	}
	for i, w := range t.fixed {
		plan.steady[w] = true
		if w.form == leaf {
			_, from := operand(len(t.given)+i, 0, t.Consts[i])
			w.data = arrayOf(from[:w.size], w.shape)
		}
	}
	c := &pieceCode[T]{t: t, plan: plan}
	if err := bind[T](plan, 0); err != nil {
		return nil, err
	}
	whole := func(to, from []T) carry[T] { return carry[T]{to: to, from: from, n: len(to)} }
	out := b.memory(v)
	kept := map[*value]carry[T]{} // what is computed where it is kept
	source := func(k int, n *op.Node) (from []T, by int) {
		if m, ok := kept[t.program.want[k]]; ok {
			return m.from, m.fromBy
		}
		return elements[T](plan.values[n]), 0
	}
	for i := range t.Parts() {
		from, to := t.PartAt(i)
		k := i - len(t.Finals)
		if k < 0 {
			f := t.Finals[i]
			last := whole(out[from+t.rows.before(t.States[f], t.from, nil):to], elements[T](t.given[f].data))
			if last.n = t.given[f].size; t.addsUp(f) {
				last.to = make([]T, last.n)
				s.sums = append(s.sums, carry[T]{to: out[from:to], from: last.to})
			}
			c.end = append(c.end, last)
			continue
		}
		n := t.Outs[k]
		k += len(t.states)
		w, all := t.program.want[k], op.Size(n.Shape())
		mine := out[from+t.rows.before(n, t.from, nil) : to]
		if uses, ok := usesOf[T](plan, w); ok && w.form == applied && t.program.inArena(w) && kept[w].from == nil {
			c.moved = append(c.moved, moved[T]{uses, mine, w.size, all})
			kept[w] = carry[T]{from: mine, fromBy: all}
			continue
		}
		m := carry[T]{to: mine, n: w.size, toBy: all}
		m.from, m.fromBy = source(k, n)
		c.kept = append(c.kept, m)
	}
	for k, i := range t.states {
		state := elements[T](t.given[i].data)
		st, from := operand(i, 0, t.States[i])
		first := carry[T]{to: state, from: from, n: len(state), rows: runsOf(t.given[i].shape, st)}
		if t.addsUp(i) {
			first = whole(state, make([]T, len(state)))
		}
		c.start = append(c.start, first)
		next := carry[T]{to: state, n: len(state)}
		if slices.Contains(t.States, t.Next[i]) { // which another may overwrite
			own := make([]T, len(state))
			c.kept = append(c.kept, whole(own, elements[T](plan.values[t.Next[i]]))) // at any place
			next.from = own
			c.next = append(c.next, next)
			continue
		}
		next.from, next.fromBy = source(k, t.Next[i])
		c.next = append(c.next, next)
	}
	for i := range t.Seqs {
		w := t.given[len(t.States)+i]
		st, from := operand(len(t.States)+i, 1, t.Seqs[i])
		by, rows := b.view(b.in[v.id][len(t.States)+i]).st[0], runsOf(w.shape, st)
		if uses, ok := usesOf[T](plan, w); ok && rows == nil && !slices.Contains(t.program.want, w) {
			c.moved = append(c.moved, moved[T]{uses, from, w.size, by})
			continue
		}
		c.given = append(c.given, carry[T]{to: elements[T](w.data), from: from, n: w.size, rows: rows, fromBy: by})
	}
	return c, nil
}

// runsOf returns where runs of an array begin that lie one after the other in memory;
// nil if it is all one.
func runsOf(shape, st []int) []int {
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
