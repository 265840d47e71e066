package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// directCode is the instruction of a rule that has a plain loop of its own.
type directCode struct {
	f   func() error
	err error
}

func (d *directCode) count() int      { return 1 }
func (d *directCode) Do(part, _ int)  { d.err = d.f() }
func (d *directCode) before()         {}
func (d *directCode) after() error    { return d.err }
func noError(f func()) func() error   { return func() error { f(); return nil } }
func newDirect(f func() error) runner { return &directCode{f: f} }

// direct returns the loop of a value of kind direct.
func (b *binder[T]) direct(v *value) runner {
	out := b.mem(v)
	in := make([][]T, len(v.in))
	for i, c := range v.in {
		in[i] = b.mem(c.view().base)
	}
	var x []T
	var shape []int
	if len(in) > 0 {
		x, shape = in[0], v.in[0].shape
	}
	switch r := v.rule.(type) {
	case op.Transpose:
		w := v.in[0].view()
		st := make([]int, len(r.Perm))
		for i, p := range r.Perm {
			st[i] = w.st[p]
		}
		t := newTransposer(v.shape, st)
		return newDirect(noError(func() { permute(t, out, in[0][w.off:]) }))
	case op.Pad:
		outer, n, inner := splitAxis(v.shape, r.Axis)
		return newDirect(noError(func() { pad(out, x, outer, n*inner, r.Before*inner, shape[r.Axis]*inner) }))
	case op.Concat:
		outer, n, inner := splitAxis(v.shape, r.Axis)
		at := make([]int, len(in)+1)
		for i, c := range v.in {
			at[i+1] = at[i] + c.shape[r.Axis]*inner
		}
		return newDirect(noError(func() { concat(out, in, at, outer, n*inner) }))
	case op.Take:
		outer, n, inner := splitAxis(shape, r.Axis)
		return newDirect(noError(func() { take(out, x, r.Index, outer, n, inner) }))
	case op.Put:
		outer, n, inner := splitAxis(v.shape, r.Axis)
		return newDirect(noError(func() { put(out, x, r.Index, outer, n, inner) }))
	case op.Gather:
		w := op.Size(shape[1:])
		return newDirect(func() error { return gatherRows(out, x, in[1], shape[0], w) })
	case op.ScatterAdd:
		w := op.Size(v.shape[1:])
		return newDirect(func() error { return scatterAdd(out, x, in[1][:v.in[1].size], r.V, w) })
	case op.OneHot:
		return newDirect(func() error { return oneHot(out, x[:v.in[0].size], r.C) })
	case op.Diag:
		n := v.shape[len(v.shape)-1]
		return newDirect(noError(func() { diag(out, x[:v.in[0].size], n) }))
	case op.DiagPart:
		n := v.shape[len(v.shape)-1]
		return newDirect(noError(func() {
			for i := range out {
				out[i] = x[i*n+i%n]
			}
		}))
	case op.Tril:
		m, n := lastTwo(v.shape, false)
		return newDirect(noError(func() { tril(out, x, m, n, r.K) }))
	case op.CumSum:
		outer, n, inner := splitAxis(v.shape, r.Axis)
		return newDirect(noError(func() { cumSum(out, x, outer, n, inner, r.Reverse) }))
	case op.Reduce:
		outer, n, inner, _ := splitFold(r.Axes, shape)
		tmp := make([]T, 2*min(inner, blockElems))
		return newDirect(noError(func() { reduceMiddle(r.Fold, out, x, outer, n, inner, tmp) }))
	}
	panic("engine: no loop for " + op.Name(v.rule))
}

// splitAxis returns the number of elements before, on and after an axis.
func splitAxis(s []int, axis int) (outer, n, inner int) {
	return op.Size(s[:axis]), s[axis], op.Size(s[axis+1:])
}

func pad[T kernel.Float](out, x []T, outer, row, before, n int) {
	for o := range outer {
		d := out[o*row : (o+1)*row]
		clear(d[:before])
		copy(d[before:before+n], x[o*n:])
		clear(d[before+n:])
	}
}

func concat[T kernel.Float](out []T, in [][]T, at []int, outer, row int) {
	for o := range outer {
		d := out[o*row : (o+1)*row]
		for i, x := range in {
			n := at[i+1] - at[i]
			copy(d[at[i]:at[i+1]], x[o*n:])
		}
	}
}

func take[T kernel.Float](out, x []T, index []int, outer, n, inner int) {
	for o := range outer {
		if inner == 1 {
			d, s := out[o*len(index):(o+1)*len(index)], x[o*n:(o+1)*n]
			for k, p := range index {
				d[k] = s[p]
			}
			continue
		}
		for k, p := range index {
			copy(out[(o*len(index)+k)*inner:][:inner], x[(o*n+p)*inner:])
		}
	}
}

func put[T kernel.Float](out, x []T, index []int, outer, n, inner int) {
	clear(out)
	for o := range outer {
		for k, p := range index {
			d, s := out[(o*n+p)*inner:][:inner], x[(o*len(index)+k)*inner:][:inner]
			for i, v := range s {
				d[i] += v
			}
		}
	}
}

func diag[T kernel.Float](out, x []T, n int) {
	clear(out)
	for i, v := range x {
		out[i*n+i%n] = v
	}
}

func tril[T kernel.Float](out, x []T, m, n, k int) {
	for i := 0; i*n < len(out); i++ {
		w := min(max(i%m+k+1, 0), n)
		copy(out[i*n:i*n+w], x[i*n:])
		clear(out[i*n+w : (i+1)*n])
	}
}

func cumSum[T kernel.Float](out, x []T, outer, n, inner int, reverse bool) {
	first, step := 0, inner
	if reverse {
		first, step = (n-1)*inner, -inner
	}
	for o := range outer {
		for i := range inner {
			s := 0.0
			at := o*n*inner + first + i
			for range n {
				s += float64(x[at])
				out[at] = T(s)
				at += step
			}
		}
	}
}
