package engine

import (
	"cmp"
	"slices"
)

// A placed program has memory for everything. Two values overlap only where one has
// been read for the last time before the other is written, element by element.
type placed struct {
	*lived
	mem     []int  // by number of values, their offset in the arena if they lie there
	inPlace []bool // likewise: its memory is that of an operand
	temp0   []int  // by number of units, the offset of the memory for while they run
	size    int    // of the arena
}

// lay gives every stored value an offset in the arena, and every loop memory
// for the results that its parts keep for themselves.
func lay(l *lived) *placed {
	n := len(l.values)
	d := &placed{lived: l, mem: make([]int, n), inPlace: make([]bool, n), temp0: make([]int, len(l.units))}
	reused := make([]bool, n)
	freedAfter := make([][]*value, len(d.phases))
	var h allocator
	for p, units := range d.phases {
		for _, u := range units {
			for _, v := range u.values {
				if !d.stored[v.id] {
					continue
				}
				for _, b := range u.reads {
					if l, at := d.loops[u.id], d.lives[b.id]; l != nil && b.size == v.size && at.last == p && at.readers == 1 && !reused[b.id] && d.inArena(b) && l.overwrites(v, b) {
						d.mem[v.id] = d.mem[b.id]
						d.inPlace[v.id], reused[b.id] = true, true
						break
					}
				}
				if !d.inPlace[v.id] {
					d.mem[v.id] = h.alloc(v.size)
				}
				if end := d.lives[v.id].last; end < len(freedAfter) {
					freedAfter[end] = append(freedAfter[end], v)
				}
			}
			d.temp0[u.id] = h.alloc(d.temp[u.id])
		}
		for _, u := range units {
			h.release(d.temp0[u.id], d.temp[u.id])
		}
		for _, v := range freedAfter[p] {
			if !reused[v.id] {
				h.release(d.mem[v.id], v.size)
			}
		}
	}
	d.size = h.top
	return d
}

// overwrites reports whether v, a result of a loop, may lie where b, an operand,
// lies: element by element b is read for the last time no later than v is written.
func (l *loop) overwrites(v, b *value) bool {
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
