package engine

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/latentgo/latent/internal/kernel"
)

// Arrays of an arena begin at multiples of quantum elements, a cache line, and
// slack elements follow the last, so that kernels may read past an end.
const (
	quantum = 16
	slack   = 64
)

func rounded(n int) int { return (n + quantum - 1) &^ (quantum - 1) }

// newArena returns aligned zeros.
func newArena[T kernel.Float](n int) []T {
	const align = 64
	size := int(unsafe.Sizeof(T(0)))
	a := make([]T, n+slack+align/size)
	off := int(-uintptr(unsafe.Pointer(unsafe.SliceData(a)))%align) / size
	return a[off : off+n+slack]
}

// An allocator assigns parts of an arena.
type allocator struct {
	free []hole // by offset, none adjacent
	top  int
}

type hole struct{ off, n int }

// alloc returns the offset of n elements: the smallest hole that fits.
func (h *allocator) alloc(n int) int {
	n = rounded(n)
	best := -1
	for i, f := range h.free {
		if f.n >= n && (best < 0 || f.n < h.free[best].n) {
			best = i
		}
	}
	if best < 0 {
		h.top += n
		return h.top - n
	}
	f := &h.free[best]
	off := f.off
	f.off += n
	if f.n -= n; f.n == 0 {
		h.free = slices.Delete(h.free, best, best+1)
	}
	return off
}

// release takes back n elements.
func (h *allocator) release(off, n int) {
	if n = rounded(n); n == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(h.free, off, func(f hole, off int) int { return cmp.Compare(f.off, off) })
	h.free = slices.Insert(h.free, i, hole{off, n})
	if i+1 < len(h.free) && off+n == h.free[i+1].off {
		h.free[i].n += h.free[i+1].n
		h.free = slices.Delete(h.free, i+1, i+2)
	}
	if i > 0 && h.free[i-1].off+h.free[i-1].n == off {
		h.free[i-1].n += h.free[i].n
		h.free = slices.Delete(h.free, i, i+1)
	}
}

// layout gives every stored value an offset in the arena, and every loop memory
// for the results that its parts keep for themselves, and returns the size of the
// arena. The units of a phase run at the same time. A value lives from its phase
// to the last that reads it; an output is never overwritten.
func layout(phases [][]*unit) int {
	for p, units := range phases {
		for _, u := range units {
			for _, b := range u.reads {
				if b.last != p {
					b.last, b.readers = p, 0
				}
				b.readers++
			}
		}
	}
	freedAfter := make([][]*value, len(phases))
	var h allocator
	for p, units := range phases {
		for _, u := range units {
			for _, v := range u.values {
				if !v.stored {
					continue
				}
				for _, b := range u.reads {
					if b.inArena() && !b.isOutput && !b.reused && b.last == p && b.readers == 1 && b.size == v.size && u.overwrites(v, b) {
						v.mem = b.mem
						b.reused = true
						v.inPlace = true
						break
					}
				}
				if !v.inPlace {
					v.mem = h.alloc(v.size)
				}
				if !v.isOutput {
					end := max(v.last, p)
					freedAfter[end] = append(freedAfter[end], v)
				}
			}
			u.tempOff = h.alloc(u.tempSize)
		}
		for _, u := range units {
			h.release(u.tempOff, u.tempSize)
		}
		for _, v := range freedAfter[p] {
			if !v.reused {
				h.release(v.mem, v.size)
			}
		}
	}
	return h.top
}

// inArena reports whether a value is computed and so lies in the arena.
func (v *value) inArena() bool { return v.kind != uncomputed && v.stored && !v.kept }

// overwrites reports whether v, a result of the unit's loop, may lie where b,
// an operand, lies: element by element b is read for the last time no later
// than v is written.
func (u *unit) overwrites(v, b *value) bool {
	l := u.loop
	if l == nil {
		return false
	}
	from, to := -1, -1
	for _, a := range l.loads {
		if a.base != b {
			continue
		}
		if from >= 0 || a.mode != aliased || a.off != 0 || !a.dense(l) {
			return false
		}
		from = a.to
	}
	for _, a := range l.saves {
		if a.base == v {
			to = a.to
		}
	}
	if from < 0 || to < 0 {
		return false
	}
	written := false
	for i := range l.steps {
		s := &l.steps[i]
		late := false
		s.vectors(func(slot *int) { late = late || written && *slot == from })
		if late {
			return false
		}
		written = written || s.code != foldOf && s.dst == to
	}
	return true
}

// dense reports whether an access meets the grid's elements in order.
func (a *access) dense(l *loop) bool {
	step := l.cols
	if a.inner != 1 && l.cols > 1 {
		return false
	}
	for i := len(l.outer) - 1; i >= 0; i-- {
		if a.outer[i] != step {
			return false
		}
		step *= l.outer[i]
	}
	return true
}
