package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A binder makes the instructions of units, with pointers to their memory.
type binder[T kernel.Float] struct {
	*planState[T]
	dt     op.Dtype
	arena  []T
	static map[*value]op.Array // the elements of uniform values
}

// mem returns the memory of a base.
func (b *binder[T]) mem(v *value) []T {
	if v.inArena() {
		return b.arena[v.mem : v.mem+v.size : v.mem+v.size]
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

// bind returns the instruction of a unit.
func (b *binder[T]) bind(u *unit) runner {
	v := u.values[0]
	switch v.kind {
	case fusedLoop:
		return b.loop(u)
	case product:
		return b.product(v)
	case direct:
		if c := b.windowed(v); c != nil {
			return c
		}
		return b.direct(v)
	}
	return b.evaluated(v)
}

func (b *binder[T]) loop(u *unit) runner {
	l := u.loop
	c := &loopCode[T]{loop: l, planState: b.planState, span: l.span()}
	for _, a := range l.loads {
		c.loads = append(c.loads, boundAccess[T]{a, b.mem(a.base)})
	}
	for _, a := range l.saves {
		c.saves = append(c.saves, boundAccess[T]{a, b.mem(a.base)})
	}
	for _, x := range l.imm {
		c.imm = append(c.imm, T(x))
	}
	off := u.tempOff
	for i := range l.folds {
		f := foldCode[T]{fold: &l.folds[i], mem: b.mem(l.folds[i].base)}
		if f.kind == total {
			f.total = make([]float64, l.split.parts)
		}
		if f.shared(&l.split) {
			f.stride = rounded(len(f.mem))
			n := f.stride * l.split.parts
			f.partials = b.arena[off : off+n]
			off += n
		}
		f.pieces = f.kind == ofRows && f.fold.fold == op.Sum && l.blockRows == 1 &&
			(l.cols > l.blockCols || l.split.byCols && l.split.parts > 1)
		c.folds = append(c.folds, f)
	}
	return c
}

func (l *loopCode[T]) count() int { return l.split.parts }

func (l *loopCode[T]) before() {
	for i := range l.folds {
		l.folds[i].before()
	}
}

func (l *loopCode[T]) after() error {
	for i := range l.folds {
		l.folds[i].after()
	}
	return nil
}

// span returns the elements of a register.
func (l *loop) span() int { return rounded(max(l.blockRows*l.cols, l.blockCols, 1)) }

// tempSize returns the memory for the results that the parts of a loop keep for
// themselves.
func (l *loop) tempSize() int {
	n := 0
	for i := range l.folds {
		if f := &l.folds[i]; f.shared(&l.split) {
			n += rounded(f.base.size) * l.split.parts
		}
	}
	return n
}
