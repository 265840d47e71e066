package kernel

import "slices"

// Where the pictures that are gathered have a single channel, the columns of the
// gathered matrix are neighbours in the source and not its rows: it is gathered and
// read by columns. Weights of a single result are gathered from the result, if no
// stride leaves places of the input out.

// gatherColumns writes columns from ≤ p < to of the rows i0 ≤ i < i1 of a phase to
// dst, whose columns are ld apart.
func (s *convSource[T]) gatherColumns(ph *convPhase, dst []T, ld, i0, i1, from, to int) {
	for p, tap := range ph.taps[from:to] {
		col := dst[p*ld:][:i1-i0]
		b := i0 % ph.w.n
		a := i0 / ph.w.n % ph.h.n
		n := i0 / ph.w.n / ph.h.n
		for len(col) > 0 {
			m := min(ph.w.n-b, len(col))
			d := col[:m]
			col = col[m:]
			h, w := a*ph.h.step+ph.h.from+tap.h, ph.w.from+tap.w // of place 0
			lo, hi := 0, 0                                       // the elements of d that are inside
			if h >= 0 && h < s.h {
				lo = min(max(ceil(-w, ph.w.step)-b, 0), m)
				hi = max(min(ceil(s.w-w, ph.w.step)-b, m), lo)
			}
			clear(d[:lo])
			clear(d[hi:])
			if d = d[lo:hi]; len(d) > 0 {
				x := s.x[(n*s.h+h)*s.w+w+(b+lo)*ph.w.step:]
				if ph.w.step == 1 {
					copy(d, x)
				} else {
					gather(d, x, ph.w.step)
				}
			}
			if b = 0; a == ph.h.n-1 {
				a, n = 0, n+1
			} else {
				a++
			}
		}
	}
}

// single reports whether what is gathered has one channel.
func (c *Conv[T]) single() bool {
	src := c.source(0)
	return src.channels == 1
}

// swappable reports whether weights can be gathered from a result of one channel.
func (c *Conv[T]) swappable() bool {
	return c.Part == ConvWeights && c.O == 1 && c.C > 1 && c.H.Stride == 1 && c.W.Stride == 1 && c.H.In > 0 && c.W.In > 0
}

// swap makes the weights those that the input's derivative has.
func (c *Conv[T]) swap() {
	c.swapped = true
	d := *c
	d.Part = ConvInput
	c.phases = d.phasesOf()
	slices.Reverse(c.phases[0].taps) // in the order of the weights
}
