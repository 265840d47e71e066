package kernel

import "slices"

// Where strides cut the input's derivative into phases, there are few channels and all
// phases of a row read the same places, as where windows are as large as strides, they
// lie beside each other in the columns of one tile: the channels of as many places that
// follow each other.

// putBeside joins the phases of each row, if a panel holds the channels of all.
func (c *Conv[T]) putBeside() {
	s := c.W.Stride
	if c.Part != ConvInput || s == 1 || s*c.C > 2*c.geometry.lanes || c.C%transposeWidth[T]() != 0 ||
		c.Groups > 1 || c.groupCols.n > 1 || c.W.In%s != 0 {
		return
	}
	var joined []convPhase
	for i := 0; i < len(c.phases); i += s {
		ph := c.phases[i]
		for _, next := range c.phases[i : i+s] {
			if !ph.sameTaps(&next) || !ph.inRows() {
				return
			}
			ph.beside = append(ph.beside, next.taps)
		}
		joined = append(joined, ph)
	}
	c.phases = joined
}

// sameTaps reports whether two phases read the same places.
func (ph *convPhase) sameTaps(other *convPhase) bool {
	return slices.EqualFunc(ph.taps, other.taps, func(a, b convTap) bool { return a.h == b.h && a.w == b.w })
}

// packBeside copies n rows from p on of the matrix that gathered rows are multiplied by.
func (c *Conv[T]) packBeside(ph *convPhase, dst []T, p, n, ld int) {
	at := transposeWidth[T]()
	for q := p; q < p+n; {
		o := q % c.O
		m := min(c.O-o, p+n-q)
		for i, taps := range ph.beside {
			for s := 0; s < c.C; s += at {
				packColumns(c.geometry.path, dst[(q-p)*ld+i*c.C+s:], c.Weights[taps[q/c.O].weights+s*c.O+o:], c.O, m, at, ld)
			}
		}
		q += m
	}
}
