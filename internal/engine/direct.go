package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A plainLoop makes the loop of a rule that has one of its own, in each dtype.
type plainLoop struct {
	f32 func(*arrays[float32]) func() error
	f64 func(*arrays[float64]) func() error
}

// arrays are the operands and the result of a rule, in row-major order but for
// strided, where the first operand lies as at says.
type arrays[T kernel.Float] struct {
	rule  op.Rule
	out   []T
	shape []int
	in    [][]T
	from  [][]int // shapes
	at    place
}

// loopOf returns the loop of the dtype.
func loopOf[T kernel.Float](l plainLoop) func(*arrays[T]) func() error {
	if f, ok := any(l.f32).(func(*arrays[T]) func() error); ok {
		return f
	}
	return any(l.f64).(func(*arrays[T]) func() error)
}

func pad[T kernel.Float](a *arrays[T]) func() error {
	r := a.rule.(op.Pad)
	outer, axis, inner := splitAxis(a.shape, r.Axis)
	row, before, n := axis*inner, r.Before*inner, a.from[0][r.Axis]*inner
	return func() error {
		for o := range outer {
			d := a.out[o*row : (o+1)*row]
			clear(d[:before])
			copy(d[before:before+n], a.in[0][o*n:])
			clear(d[before+n:])
		}
		return nil
	}
}

func concat[T kernel.Float](a *arrays[T]) func() error {
	axis := a.rule.(op.Concat).Axis
	outer, n, inner := splitAxis(a.shape, axis)
	at := make([]int, len(a.in)+1)
	for i, s := range a.from {
		at[i+1] = at[i] + s[axis]*inner
	}
	row := n * inner
	return func() error {
		for o := range outer {
			d := a.out[o*row : (o+1)*row]
			for i, x := range a.in {
				copy(d[at[i]:at[i+1]], x[o*(at[i+1]-at[i]):])
			}
		}
		return nil
	}
}

func take[T kernel.Float](a *arrays[T]) func() error {
	r := a.rule.(op.Take)
	outer, n, inner := splitAxis(a.from[0], r.Axis)
	index, out, x := r.Index, a.out, a.in[0]
	return func() error {
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
		return nil
	}
}

func put[T kernel.Float](a *arrays[T]) func() error {
	r := a.rule.(op.Put)
	outer, n, inner := splitAxis(a.shape, r.Axis)
	index, out, x := r.Index, a.out, a.in[0]
	return func() error {
		clear(out)
		for o := range outer {
			for k, p := range index {
				d, s := out[(o*n+p)*inner:][:inner], x[(o*len(index)+k)*inner:][:inner]
				for i, v := range s {
					d[i] += v
				}
			}
		}
		return nil
	}
}

func diag[T kernel.Float](a *arrays[T]) func() error {
	n := a.shape[len(a.shape)-1]
	out, x := a.out, a.in[0][:op.Size(a.from[0])]
	return func() error {
		clear(out)
		for i, v := range x {
			out[i*n+i%n] = v
		}
		return nil
	}
}

func diagPart[T kernel.Float](a *arrays[T]) func() error {
	n := a.shape[len(a.shape)-1]
	out, x := a.out, a.in[0]
	return func() error {
		for i := range out {
			out[i] = x[i*n+i%n]
		}
		return nil
	}
}

func tril[T kernel.Float](a *arrays[T]) func() error {
	m, n := lastTwo(a.shape, false)
	k, out, x := a.rule.(op.Tril).K, a.out, a.in[0]
	return func() error {
		for i := 0; i*n < len(out); i++ {
			w := min(max(i%m+k+1, 0), n)
			copy(out[i*n:i*n+w], x[i*n:])
			clear(out[i*n+w : (i+1)*n])
		}
		return nil
	}
}

func cumSum[T kernel.Float](a *arrays[T]) func() error {
	r := a.rule.(op.CumSum)
	outer, n, inner := splitAxis(a.shape, r.Axis)
	first, step := 0, inner
	if r.Reverse {
		first, step = (n-1)*inner, -inner
	}
	out, x := a.out, a.in[0]
	return func() error {
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
		return nil
	}
}
