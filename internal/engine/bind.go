package engine

import (
	"cmp"
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A Plan computes outputs of a graph. It is made for one graph and its shapes,
// and run any number of times. It is not for use by several goroutines at
// once; several plans are.
//
// What is computed, and with what rounding, depends on the graph alone: results
// are bit-identical whatever the number of processors.
type Plan struct {
	program *placed
	phases  []phase
	values  map[*op.Node]op.Array
	pool    *kernel.Pool
	nodes   int                                    // of the graph that outs need
	loops   []interface{ within(context.Context) } // instructions that run programs
	steady  map[*value]bool                        // of the program of a step: what is the same at each
	packs   *packs                                 // such matrices
}

// A phase is a set of instructions that do not depend on each other. Its parts
// run on all workers; before and after run on the caller.
type phase struct {
	units  []*unit
	code   []runner
	ends   []int // parts of the instructions up to each
	serial bool  // the caller runs every part: none is worth waking another worker
}

// shareCost is the nanoseconds of a phase above which workers share it.
const shareCost = 6000

// workers is the number of workers of a plan with work to share; 0 is one for
// every processor.
var workers = 0

// A binder makes the instructions of units, with pointers to their memory.
type binder[T kernel.Float] struct {
	*placed
	*planState[T]
	arena  []T
	static map[*value]op.Array // the elements of uniform values
	plan   *Plan
	zeros  []*kernel.Gemm[T] // products that find zeros, in the order of phases
}

// bind gives the plan its memory and instructions, and runs those that are to be run
// once. Runs have at most most workers.
func bind[T kernel.Float](p *Plan, most int) error {
	d := p.program
	n := 1
	for _, units := range d.phases {
		cost := 0.0
		for _, u := range units {
			cost += d.cost(u)
		}
		if cost > shareCost {
			n = cmp.Or(most, workers)
		}
		units = slices.Clone(units)
		slices.SortStableFunc(units, func(a, b *unit) int { return cmp.Compare(d.grain(b), d.grain(a)) }) // long parts first
		p.phases = append(p.phases, phase{units: units, serial: cost <= shareCost})
	}
	if p.pool == nil {
		p.pool = kernel.NewPool(n)
	}
	b := &binder[T]{placed: d, planState: newState[T](d, p.pool), static: map[*value]op.Array{}, plan: p}
	for _, u := range d.once {
		b.arena = newArena[T](d.temp[u.id])
		c, err := b.instruction(u.unit)
		if err == nil {
			err = runAlone(c)
		}
		if err != nil {
			p.pool.Close()
			return errors.WithMessage(err, u.values[0].node.String())
		}
		d.arrays.done(u)
	}
	b.arena = newArena[T](d.size)
	for i := range p.phases {
		ph := &p.phases[i]
		n := 0
		for _, u := range ph.units {
			c, err := b.instruction(u)
			if err != nil {
				return err
			}
			if l, ok := c.(interface{ within(context.Context) }); ok {
				p.loops = append(p.loops, l)
			}
			n += c.count()
			ph.code, ph.ends = append(ph.code, c), append(ph.ends, n)
		}
		ph.serial = ph.serial || n == 1
	}
	for n, v := range d.of {
		if op.RuleOf(n) == nil && v.form == leaf {
			p.values[n] = v.data
		}
	}
	for i, n := range d.outs {
		if _, ok := p.values[n]; !ok {
			p.values[n] = arrayOf(b.memory(d.want[i]), d.of[n].shape)
		}
	}
	return nil
}

// newState makes the memory that workers need while they run the loops of a program.
func newState[T kernel.Float](d *placed, pool *kernel.Pool) *planState[T] {
	slots, scals, regs, acc := 0, 0, 0, 0
	for _, l := range d.loops {
		if l != nil {
			slots, scals, acc = max(slots, l.slots), max(scals, l.scals+len(l.imm)), max(acc, len(l.folds))
			regs = max(regs, (l.regs+1)*l.span())
		}
	}
	s := &planState[T]{pool: pool}
	for range pool.Workers() {
		s.scratch = append(s.scratch, scratch[T]{slots: make([][]T, slots), scals: make([]T, scals), regs: newArena[T](regs),
			acc: make([]float64, acc), coord: make([]int, maxAxes), arg: make([]op.Array, 1)})
	}
	return s
}

// memory returns that of a base.
func (b *binder[T]) memory(v *value) []T {
	if b.inArena(v) {
		at := b.mem[v.id]
		return b.arena[at : at+v.size : at+v.size]
	}
	if own, ok := b.kept[v]; ok {
		return elements[T](own.Array)
	}
	if v.form != uniform {
		return elements[T](v.data)
	}
	a, ok := b.static[v]
	if !ok {
		a = v.array(b.dt)
		b.static[v] = a
	}
	return elements[T](a)
}

// instruction returns that of a unit.
func (b *binder[T]) instruction(u *unit) (runner, error) {
	v := u.values[0]
	switch b.kind[v.id] {
	case fusedLoop:
		return b.loop(u), nil
	case product:
		return b.product(v), nil
	case direct:
		if c := cmp.Or(b.windowed(v), b.attention(v)); c != nil {
			return c, nil
		}
		return b.direct(v), nil
	}
	if s, ok := v.rule.(*scan); ok {
		c, err := s.bind(b, v)
		if err != nil {
			return nil, err
		}
		return c.(runner), nil
	}
	return b.evaluated(v), nil
}

func (b *binder[T]) loop(u *unit) runner {
	l := b.loops[u.id]
	c := &loopCode[T]{loop: l, planState: b.planState, split: b.splits[u.id], span: l.span()}
	for _, a := range l.loads {
		c.loads = append(c.loads, boundAccess[T]{a, b.memory(a.base)})
	}
	for _, a := range l.saves {
		c.saves = append(c.saves, boundAccess[T]{a, b.memory(a.base)})
	}
	for _, x := range l.imm {
		c.imm = append(c.imm, T(x))
	}
	off := b.temp0[u.id]
	for i := range l.folds {
		f := foldCode[T]{fold: &l.folds[i], mem: b.memory(l.folds[i].base)}
		if f.kind == total {
			f.total = make([]float64, c.split.parts)
		}
		if f.shared(&c.split) {
			f.stride = rounded(len(f.mem))
			n := f.stride * c.split.parts
			f.partials = b.arena[off : off+n]
			off += n
		}
		f.pieces = f.kind == ofRows && f.fold.fold == op.Sum && l.blockRows == 1 &&
			(l.cols > l.blockCols || c.split.byCols && c.split.parts > 1)
		c.folds = append(c.folds, f)
	}
	return c
}
