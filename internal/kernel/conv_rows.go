package kernel

//go:generate go -C gen run ./gemm -runs -out ../conv_amd64.s -stubs ../conv_stub_amd64.go -pkg kernel
//go:generate go -C gen run ./gemm -runs -machine avx512 -out ../conv512_amd64.s -stubs ../conv512_stub_amd64.go -pkg kernel

// Where a row of places is long enough and so are the runs of a gathered row, the
// tiles read the pictures as they are: from one place to the next the rows of the
// first matrix are a fixed distance apart. Each goes along all rows of the window, which
// are a fixed distance apart too, and down all rows of places of a picture that have the
// same of these inside. Only rows of pictures that windows reach beyond are copied, with
// zeros at both ends.

// What makes a row and a run long enough, if there are others between it and the next
// or if there are none.
var (
	leastPlaces = 4
	leastRun    = 24
	leastEven   = 3
)

// inRows reports whether a phase is computed row by row of places.
func (ph *convPhase) inRows() bool {
	if ph.k > 0 && (len(ph.runs) == 1 || ph.evenly(0, len(ph.runs)-1)) {
		return ph.allRuns(leastPlaces, leastEven)
	}
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

// prepareRows divides the rows of all pictures into blocks, and returns the room for
// copies that a worker needs.
func (ph *convPhase) prepareRows(pictures, blocks, width, channels int) (size int) {
	ph.byRow = true
	if ph.k > 0 {
		ph.measure()
	}
	ph.blocks = cutInto(pictures*ph.h.n, blocks, 1)
	before, after := ph.edges(width)
	if before+after == 0 {
		return 0
	}
	n := ph.blocks.most()
	return (n*ph.h.step + (n/ph.h.n+2)*ph.span) * (before + width + after) * channels
}

// measure finds how far the runs lie apart.
func (ph *convPhase) measure() {
	ph.lowest = ph.runs[0].h
	highest := ph.lowest
	for _, r := range ph.runs {
		ph.lowest, highest = min(ph.lowest, r.h), max(highest, r.h)
	}
	ph.span = highest - ph.lowest + 1
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
	h, w := c.places()
	ldc := c.columns() * c.Groups
	if ph.clears {
		for r := r0; r < r1; r++ {
			clear(c.out()[(r/ph.h.n*h+r%ph.h.n*ph.h.stride+ph.h.first)*w*ldc:][:w*ldc])
		}
	}
	if ph.k == 0 {
		return
	}
	if ph.beside != nil {
		j1 *= ph.w.stride
	}
	step := c.stepOf(ph)
	t := tileArgs[T]{rsa: ph.w.step * src.channels, csa: 1, nextA: ph.h.step * wide, rsc: ph.w.stride * ldc, nextC: ph.h.stride * w * ldc}
	for j := j0; j < j1; j += t.width {
		t.vecs, t.width = c.panel(j1 - j)
		t.rsb = t.vecs * c.geometry.lanes
		for p := 0; p < ph.k; p += step {
			n := min(step, ph.k-p)
			c.packWeights(ph, t.vecs, panels, p, n, group, j, t.width)
			ph.eachSegment(r0, r1, src.h, wide, func(r, end, from, _, at int) {
				first := at - from*wide // of row 0 of the picture
				if !copied {
					first = r / ph.h.n * src.h * wide
				}
				first += (before+ph.w.from)*src.channels + src.first
				out := c.out()[((r/ph.h.n*h+ph.h.first)*w+ph.w.first)*ldc+group*c.columns()+j:]
				a0 := r % ph.h.n
				ph.eachStretch(a0, a0+end-r, src.h, p, p+n, func(a, b, i, to int, fresh bool) {
					u := t
					u.c = out[a*t.nextC:]
					if i == to {
						u.clearDown(ph.w.n, b-a)
						return
					}
					run := &ph.runs[i]
					q0 := max(run.at, p)
					u.a = copies[first+(a*ph.h.step+ph.h.from+run.h)*wide+run.w*src.channels+q0-run.at:]
					u.b, u.k, u.runs = panels[(q0-p)*t.rsb:], min(run.to, p+n)-q0, to-i
					if u.runs > 1 {
						u.jump = (ph.runs[i+1].h-run.h)*wide + (ph.runs[i+1].w-run.w)*src.channels - u.k
					}
					if !fresh {
						u.src, u.rss, u.nextSrc = u.c, u.rsc, u.nextC
					}
					u.runDown(&c.geometry, ph.w.n, b-a)
				})
			})
		}
	}
}

// places returns the height and width of what is computed.
func (c *Conv[T]) places() (h, w int) {
	if c.Part == ConvInput {
		return c.H.In, c.W.In
	}
	return c.H.Out(), c.W.Out()
}

// eachStretch calls f with rows a ≤ . < b of a picture that have the same runs inside
// of it, and with the runs i ≤ . < j of them that are evenly apart, as far as they
// have columns p ≤ . < q; fresh says that they are the first. Where rows have no runs
// at all, i = j if p is 0.
func (ph *convPhase) eachStretch(a0, a1, height, p, q int, f func(a, b, i, j int, fresh bool)) {
	for a, b := a0, a0; a < a1; a = b {
		lo, hi := ph.runsAt(a, height)
		for b = a + 1; b < a1; b++ {
			if l, h := ph.runsAt(b, height); l != lo || h != hi {
				break
			}
		}
		if lo == hi && p == 0 {
			f(a, b, lo, lo, true)
		}
		for i := lo; i < hi; {
			run := &ph.runs[i]
			j := i + 1
			if run.at < q && run.to > p {
				for j < hi && run.at >= p && ph.runs[j].to <= q && ph.evenly(i, j) {
					j++
				}
				f(a, b, i, j, i == lo && run.at >= p)
			}
			i = j
		}
	}
}

// runsAt returns which runs of a row are inside of pictures of a height.
func (ph *convPhase) runsAt(a, height int) (lo, hi int) {
	at := a*ph.h.step + ph.h.from
	for lo < len(ph.runs) && at+ph.runs[lo].h < 0 {
		lo++
	}
	for hi = lo; hi < len(ph.runs) && at+ph.runs[hi].h < height; {
		hi++
	}
	return lo, hi
}

// stepOf returns how many columns of the gathered rows are gone through at once: whole
// runs, if these are short enough.
func (c *Conv[T]) stepOf(ph *convPhase) int {
	most, run := 2*c.geometry.deep, ph.runs[0].to
	if run > most || run*len(ph.runs) != ph.k {
		run = 1
	}
	units := ph.k / run
	steps := (units + most/run - 1) / (most / run)
	return (units + steps - 1) / steps * run
}

// evenly reports whether the runs from i to j lie equally far apart and are as long.
func (ph *convPhase) evenly(i, j int) bool {
	a, b, y, z := &ph.runs[i], &ph.runs[i+1], &ph.runs[j-1], &ph.runs[j]
	return z.to-z.at == a.to-a.at && z.h-y.h == b.h-a.h && z.w-y.w == b.w-a.w
}

const stripWork = 1 << 21 // products of a call of assembly, whose time they bound

// runDown computes a tile of so many places in each of some rows of places: strip by
// strip of a row, all rows below each other.
func (t *tileArgs[T]) runDown(g *geometry, places, rows int) {
	tall := g.tall[t.vecs]
	strips := (places + tall - 1) / tall
	most := max(stripWork/(t.k*t.runs*tall*t.vecs*g.lanes), 1)
	for s, at := 0, 0; s < strips; s++ {
		u := *t
		u.rows = (places - at + strips - s - 1) / (strips - s)
		for r := 0; r < rows; r += u.strips {
			u.strips = min(rows-r, most)
			u.a, u.c = t.a[at*t.rsa+r*t.nextA:], t.c[at*t.rsc+r*t.nextC:]
			if t.src != nil {
				u.src = t.src[at*t.rss+r*t.nextSrc:]
			}
			u.run(g.path)
		}
		at += u.rows
	}
}

// clearDown sets to zero what runDown computes.
func (t *tileArgs[T]) clearDown(places, rows int) {
	for r := range rows {
		for i := range places {
			clear(t.c[r*t.nextC+i*t.rsc:][:t.width])
		}
	}
}
