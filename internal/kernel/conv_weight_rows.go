package kernel

// Where a row of places is long enough and so are the runs of a gathered row, the
// weights are summed over the rows of places as they lie in memory: a tile has the
// channels of a run as its rows, and goes along the places of a picture row by row.
// Rows of pictures that windows reach beyond are copied, with zeros at both ends.

const partialSums = 1 << 18 // the most elements of sums of chunks

var (
	leastWeightPlaces = 4
	leastWeightRun    = 3
	bandBytes         = 64 << 10 // of rows of a picture that are copied at once
)

// weightsInRows reports whether the weights are summed row by row of places.
func (ph *convPhase) weightsInRows() bool {
	return ph.allRuns(leastWeightPlaces, leastWeightRun)
}

// allRuns reports whether rows of places and runs of columns have at least so many.
func (ph *convPhase) allRuns(places, columns int) bool {
	if ph.k == 0 || ph.w.n < places {
		return false
	}
	for _, r := range ph.runs {
		if r.to-r.at < columns {
			return false
		}
	}
	return true
}

// prepareWeightRows divides the rows of places into chunks, and where these are few
// the rows of the weights. Columns are divided already.
func (c *Conv[T]) prepareWeightRows(want int) {
	ph, src := &c.phases[0], c.source(0)
	ph.prepareRows(c.N, 1, src.w, src.channels)
	before, after := ph.edges(src.w)
	wide := (before + src.w + after) * src.channels
	c.band = max(bandBytes/sizeOf[T]()/(wide*ph.h.step), 1)
	if before+after > 0 {
		c.pool.grow((c.band*ph.h.step + ph.span) * wide * sizeOf[T]())
	}
	rows := c.N * ph.h.n
	chunks := min(want, rows*ph.w.n/(4*c.geometry.deep), 1+partialSums/max(len(c.Weights), 1))
	c.chunks = cutInto(rows, chunks, 1)
	have := c.chunks.n * c.groupCols.n * c.Groups
	c.weightRow = cutInto(ph.k, min((want+have-1)/have, ph.k/48), c.geometry.tall[2])
}

// doWeightRows sums rows i0 ≤ i < i1 and columns j0 ≤ j < j1 of the weights of a
// group over the rows r0 ≤ r < r1 of places of all pictures.
func (c *Conv[T]) doWeightRows(group, i0, i1, j0, j1, r0, r1 int, sum, copies []T) {
	ph, src := &c.phases[0], c.source(group)
	before, after := ph.edges(src.w)
	wide := (before + src.w + after) * src.channels
	y, ldy := c.Y, c.O
	if c.swapped {
		y, ldy = c.X, c.C
	}
	first := group * c.weightCols()
	for i := i0; i < i1; i++ {
		clear(sum[i*ldy+first+j0:][:j1-j0])
	}
	for r, end := r0, 0; r < r1; r = end {
		a0 := r % ph.h.n
		end = min(r+c.band, r-a0+ph.h.n, r1)
		a1 := a0 + end - r
		from, to := ph.reach(a0, a1, src.h)
		x := src.x[(r/ph.h.n*src.h+from)*src.w*src.channels:]
		if before+after > 0 {
			src.pad(copies, r/ph.h.n, from, to, before, after)
			x = copies
		}
		for k := range ph.runs {
			run := &ph.runs[k]
			q0, q1 := max(run.at, i0), min(run.to, i1)
			lo, hi := ph.inside(run, a0, a1, src.h)
			if q0 >= q1 || lo >= hi {
				continue
			}
			csa := ph.w.step * src.channels
			t := tileArgs[T]{a: x[(lo*ph.h.step+ph.h.from+run.h-from)*wide+(before+ph.w.from+run.w)*src.channels+src.first+q0-run.at:],
				rsa: 1, csa: csa, k: ph.w.n, runs: hi - lo, jump: ph.h.step*wide - ph.w.n*csa, rsb: ldy, rsc: ldy, rss: ldy}
			for j := j0; j < j1; j += t.width {
				t.vecs, t.width = 1, min(j1-j, c.geometry.lanes)
				if j1-j >= 2*c.geometry.lanes {
					t.vecs, t.width = 2, 2*c.geometry.lanes
				}
				u := t
				u.b = y[(r+lo-a0)*ph.w.n*ldy+first+j:]
				u.c = sum[q0*ldy+first+j:]
				u.src = u.c
				u.runRows(&c.geometry, q1-q0)
			}
		}
	}
}

// reverseWeights brings sums over the rows of an input, in which elements of the window
// follow each other the other way round, into the order of the weights.
func (c *Conv[T]) reverseWeights() {
	for i, j := 0, len(c.Weights)-c.C; i < j; i, j = i+c.C, j-c.C {
		for ch := range c.C {
			c.Weights[i+ch], c.Weights[j+ch] = c.Weights[j+ch], c.Weights[i+ch]
		}
	}
}

// inside returns which of the rows a0 ≤ a < a1 have a run inside of pictures of a
// height.
func (ph *convPhase) inside(run *convRun, a0, a1, height int) (lo, hi int) {
	at := ph.h.from + run.h // of row 0
	return max(a0, ceil(-at, ph.h.step)), min(a1, ceil(height-at, ph.h.step))
}

// pad copies the rows from ≤ h < to of a picture, with zeros for so many places before
// and after.
func (s *convSource[T]) pad(dst []T, picture, from, to, before, after int) {
	lead, n, tail := before*s.channels, s.w*s.channels, after*s.channels
	x := s.x[(picture*s.h+from)*n:]
	for range to - from {
		clear(dst[:lead])
		copy(dst[lead:], x[:n])
		clear(dst[lead+n:][:tail])
		dst, x = dst[lead+n+tail:], x[n:]
	}
}
