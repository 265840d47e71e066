package kernel

//go:generate go -C gen run ./gemm -runs -out ../conv_amd64.s -stubs ../conv_stub_amd64.go -pkg kernel
//go:generate go -C gen run ./gemm -runs -machine avx512 -out ../conv512_amd64.s -stubs ../conv512_stub_amd64.go -pkg kernel

// Where a row of places is long enough and so are the runs of a gathered row, the
// tiles read the pictures as they are: from one place to the next the rows of the
// first matrix are a fixed distance apart. Only rows of pictures that windows reach
// beyond are copied, with zeros at both ends.

// What makes a row and a run long enough.
var (
	leastPlaces = 6
	leastRun    = 24
)

// inRows reports whether a phase is computed row by row of places.
func (ph *convPhase) inRows() bool {
	return ph.allRuns(leastPlaces, leastRun)
}

// edges returns how many places the windows of a row reach beyond both ends of one
// of the source.
func (ph *convPhase) edges(width int) (before, after int) {
	for _, r := range ph.runs {
		before = max(before, -(ph.w.from + r.w))
		after = max(after, (ph.w.n-1)*ph.w.step+ph.w.from+r.w+r.n-width)
	}
	return before, after
}

// reach returns the first row of a picture, and the one behind the last, that the
// windows of rows a0 ≤ a < a1 read.
func (ph *convPhase) reach(a0, a1, height int) (from, to int) {
	from = min(max(a0*ph.h.step+ph.h.from+ph.lowest, 0), height)
	return from, max(min((a1-1)*ph.h.step+ph.h.from+ph.lowest+ph.span, height), from)
}

// prepareRows measures how far the runs lie apart, divides the rows of all pictures into blocks, and returns the room
// for copies that a worker needs.
func (ph *convPhase) prepareRows(pictures, blocks, width, channels int) (size int) {
	ph.byRow, ph.lowest = true, ph.runs[0].h
	highest := ph.lowest
	for _, r := range ph.runs {
		ph.lowest, highest = min(ph.lowest, r.h), max(highest, r.h)
	}
	ph.span = highest - ph.lowest + 1
	ph.blocks = cutInto(pictures*ph.h.n, blocks, 1)
	before, after := ph.edges(width)
	if before+after == 0 {
		return 0
	}
	n := ph.blocks.most()
	return (n*ph.h.step + (n/ph.h.n+2)*ph.span) * (before + width + after) * channels
}

// eachSegment calls f with the rows r ≤ i < end of a block that are of one picture,
// and where the copies of what they read begin.
func (ph *convPhase) eachSegment(r0, r1, height, wide int, f func(r, end, from, to, at int)) {
	at := 0
	for r := r0; r < r1; {
		a := r % ph.h.n
		end := min(r-a+ph.h.n, r1)
		from, to := ph.reach(a, a+end-r, height)
		f(r, end, from, to, at)
		at += (to - from) * wide
		r = end
	}
}

// doRows computes the rows r0 ≤ r < r1 of all pictures, in columns j0 ≤ j < j1 of a
// group. Panels of weights and copies of rows are what scratch memory is for.
func (c *Conv[T]) doRows(ph *convPhase, group, r0, r1, j0, j1 int, panels, copies []T) {
	src := c.source(group)
	before, after := ph.edges(src.w)
	copied := before+after > 0
	wide := (before + src.w + after) * src.channels
	if copied {
		ph.eachSegment(r0, r1, src.h, wide, func(r, _, from, to, at int) {
			src.pad(copies[at:], r/ph.h.n, from, to, before, after)
		})
	} else {
		copies = src.x
	}
	step := max((ph.k+2*c.geometry.deep-1)/(2*c.geometry.deep), 1)
	step = (ph.k + step - 1) / step
	for j := j0; j < j1; {
		vecs, w := c.panel(j1 - j)
		for p := 0; p < ph.k; p += step {
			n := min(step, ph.k-p)
			few := c.columns() <= fewColumns
			if few {
				vecs = 0
				c.fewWeights(ph, panels, p, n, group)
			} else {
				c.packWeights(ph, vecs, panels, p, n, group, j, w)
			}
			ph.eachSegment(r0, r1, src.h, wide, func(r, end, from, _, at int) {
				for ; r < end; r++ {
					first := at - from*wide // of row 0 of the picture
					if !copied {
						first = r / ph.h.n * src.h * wide
					}
					c.row(ph, &src, copies, panels, r, first, wide, before, p, n, vecs, group, j, w)
				}
			})
		}
		j += w
	}
}

// fewColumns is the number of columns for which dot products are better than tiles: as
// many as they take at once. The weights are packed along k then.
const fewColumns = 3

// row adds to one row of places, in a panel of columns, what columns p ≤ i < p+n of
// the gathered rows make; those of p = 0 replace what is there.
func (c *Conv[T]) row(ph *convPhase, src *convSource[T], x, panels []T, r, first, wide, before, p, n, vecs, group, j, w int) {
	h, wd := c.H.Out(), c.W.Out()
	if c.Part == ConvInput {
		h, wd = c.H.In, c.W.In
	}
	a, ldc, ld := r%ph.h.n, c.columns()*c.Groups, vecs*c.geometry.lanes
	to := c.out()[((r/ph.h.n*h+a*ph.h.stride+ph.h.first)*wd+ph.w.first)*ldc+group*c.columns()+j:]
	fresh := p == 0
	for i := range ph.runs {
		run := &ph.runs[i]
		q0, q1 := max(run.at, p), min(run.to, p+n)
		at := a*ph.h.step + ph.h.from + run.h
		if q0 >= q1 || at < 0 || at >= src.h {
			continue
		}
		from := x[first+at*wide+(before+ph.w.from+run.w)*src.channels+src.first+q0-run.at:]
		if vecs == 0 {
			d := dotArgs[T]{x: panels[q0-p:], y: from, c: to, ldx: n, ldy: ph.w.step * src.channels, rsc: 1, csc: ph.w.stride * ldc, k: q1 - q0, rows: w}
			if !fresh {
				d.src, d.rss, d.css = d.c, d.rsc, d.csc
			}
			d.run(c.geometry.path, ph.w.n)
			fresh = false
			continue
		}
		t := tileArgs[T]{vecs: vecs, a: from, b: panels[(q0-p)*ld:], c: to,
			rsa: ph.w.step * src.channels, csa: 1, rsb: ld, rsc: ph.w.stride * ldc, k: q1 - q0, width: w}
		if !fresh {
			t.src, t.rss = t.c, t.rsc
		}
		t.runRows(&c.geometry, ph.w.n)
		fresh = false
	}
	if fresh { // all are outside
		for b := range ph.w.n {
			clear(to[b*ph.w.stride*ldc:][:w])
		}
	}
}
