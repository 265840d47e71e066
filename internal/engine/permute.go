package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A transposer copies an array read with strides to row-major order.
type transposer struct {
	dims, st []int // without axes of size 1
	pos      []int
	minor    int // axis of the smallest stride, walked together with the last
}

func newTransposer(shape []int, st []int) *transposer {
	t := &transposer{}
	for i, d := range shape {
		if d == 1 {
			continue
		}
		if k := len(t.dims) - 1; k >= 0 && t.st[k] == st[i]*d {
			t.dims[k] *= d
			t.st[k] = st[i]
			continue
		}
		t.dims, t.st = append(t.dims, d), append(t.st, st[i])
	}
	if len(t.dims) == 0 {
		t.dims, t.st = []int{1}, []int{1}
	}
	t.pos = make([]int, len(t.dims))
	for i, s := range t.st {
		if s > 0 && s <= t.st[t.minor] || t.st[t.minor] == 0 {
			t.minor = i
		}
	}
	return t
}

func transpose[T kernel.Float](a *arrays[T]) func() error {
	st := make([]int, len(a.shape))
	for i, p := range a.rule.(op.Transpose).Perm {
		st[i] = a.at.st[p]
	}
	t, x := newTransposer(a.shape, st), a.in[0][a.at.off:]
	return func() error {
		permute(t, a.out, x)
		return nil
	}
}

// permute copies x to out. The last axis of the result and the one along which
// x is contiguous are walked in squares that fit in cache lines.
func permute[T kernel.Float](t *transposer, out, x []T) {
	const square = 16
	last := len(t.dims) - 1
	if t.minor == last { // rows are rows
		t.walk(-1, func(to, from int) {
			for i := range t.dims[last] {
				out[to+i] = x[from+i*t.st[last]]
			}
		})
		return
	}
	toStep := 1
	for _, d := range t.dims[t.minor+1:] {
		toStep *= d
	}
	n, m := t.dims[t.minor], t.dims[last]
	fromN, fromM := t.st[t.minor], t.st[last]
	t.walk(t.minor, func(to, from int) {
		for i0 := 0; i0 < n; i0 += square {
			for j0 := 0; j0 < m; j0 += square {
				for i := i0; i < min(i0+square, n); i++ {
					d := out[to+i*toStep+j0 : to+i*toStep+min(j0+square, m)]
					for j, f := 0, from+i*fromN+j0*fromM; j < len(d); j, f = j+1, f+fromM {
						d[j] = x[f]
					}
				}
			}
		}
	})
}

// walk calls f with the offsets of every position of the axes but the last and
// skip.
func (t *transposer) walk(skip int, f func(to, from int)) {
	clear(t.pos)
	last := len(t.dims) - 1
	for from := 0; ; {
		to, step := 0, t.dims[last]
		for i := last - 1; i >= 0; i-- {
			to += t.pos[i] * step
			step *= t.dims[i]
		}
		f(to, from)
		i := last - 1
		for ; i >= 0; i-- {
			if i == skip {
				continue
			}
			t.pos[i]++
			from += t.st[i]
			if t.pos[i] < t.dims[i] {
				break
			}
			from -= t.st[i] * t.dims[i]
			t.pos[i] = 0
		}
		if i < 0 {
			return
		}
	}
}
