package kernel

// A tile of few columns is empty for the most part. So where there are few the
// channels of each place of the source meet the weights of all elements of the window
// at once, and those of these products that lie in one window are added up, by tiles
// again: of a matrix whose runs are the products, and of ones.

const fewColumns = 3

// isFew reports whether columns are computed so: not where strides leave most
// products out.
func (c *Conv[T]) isFew() bool {
	src := c.source(0)
	return c.Groups == 1 && c.columns() <= fewColumns && src.channels >= leastFew && src.channels <= c.geometry.deep &&
		src.h > 0 && src.w > 0 && (c.Part == ConvInput || c.H.Stride == 1 && c.W.Stride == 1)
}

var leastFew = 8 // channels of the source

// prepareFew divides the rows of places, those of all phases at once.
func (c *Conv[T]) prepareFew() (parts int) {
	rows, span := 0, 1
	for i := range c.phases {
		if ph := &c.phases[i]; ph.k > 0 {
			ph.measure()
			span = max(span, ph.span)
		}
		rows = max(rows, c.phases[i].h.n)
	}
	c.isOfFew = true
	c.chunks = cutInto(c.N*rows, c.wantedParts(), 1)
	f := c.fewOf()
	c.band = max(bandBytes/sizeOf[T]()/max(f.wide, 1), 1)
	c.pool.grow((c.band + span) * f.wide * sizeOf[T]())
	return c.chunks.n
}

// A fewLayout says how the products lie in memory: for each row of the source, and
// each of its places with as many before and after as windows reach beyond, one for
// each column of each element of the window.
type fewLayout struct{ before, after, products, wide int }

func (c *Conv[T]) fewOf() (f fewLayout) {
	src := c.source(0)
	for i := range c.phases {
		ph := &c.phases[i]
		before, after := ph.edges(src.w)
		f.before, f.after = max(f.before, before), max(f.after, after)
		f.products += len(ph.taps) * c.columns()
	}
	f.wide = (f.before + src.w + f.after) * f.products
	return f
}

// doFew computes some rows of all pictures.
func (c *Conv[T]) doFew(part int, panels, products []T) {
	r0, r1 := c.chunks.bounds(part)
	rows := c.chunks.length / c.N // of a picture
	for end := r0; r0 < r1; r0 = end {
		a0 := r0 % rows
		a1 := min(a0+c.band, rows, a0+r1-r0)
		end = r0 + a1 - a0
		c.fewRows(r0/rows, a0, a1, panels, products)
	}
}

// fewRows computes rows a0 ≤ a < a1 of all phases of a picture.
func (c *Conv[T]) fewRows(picture, a0, a1 int, panels, products []T) {
	f, src := c.fewOf(), c.source(0)
	from, to := src.h, 0
	for i := range c.phases {
		if ph := &c.phases[i]; ph.k > 0 {
			lo, hi := ph.reach(a0, min(a1, ph.h.n), src.h)
			from, to = min(from, lo), max(to, hi)
		}
	}
	for h := range max(to-from, 0) {
		row := products[h*f.wide:][:f.wide]
		clear(row[:f.before*f.products])
		clear(row[len(row)-f.after*f.products:])
	}
	t := tileArgs[T]{a: src.x[(picture*src.h+min(from, src.h-1))*src.w*src.channels:], b: panels, rsa: src.channels, csa: 1, rsc: f.products,
		nextA: src.w * src.channels, nextC: f.wide, k: src.channels, runs: 1}
	for j := 0; j < f.products && from < to; j += t.width {
		t.vecs, t.width = c.panel(f.products - j)
		t.rsb, t.c = t.vecs*c.geometry.lanes, products[f.before*f.products+j:]
		c.packFew(panels, t.rsb, j, t.width)
		t.runDown(&c.geometry, src.w, to-from)
	}

	ones, first := panels, 0
	for i := range c.phases {
		ph := &c.phases[i]
		for t := range ones[:len(ph.taps)] {
			ones[t] = 1
		}
		c.addFew(ph, picture, a0, min(a1, ph.h.n), from, products[first:], ones)
		first += len(ph.taps) * c.columns()
	}
}

// addFew adds up the products of the windows of rows a0 ≤ a < a1 of a phase.
func (c *Conv[T]) addFew(ph *convPhase, picture, a0, a1, from int, products, ones []T) {
	f, src, cols := c.fewOf(), c.source(0), c.columns()
	h, w := c.places()
	t := tileArgs[T]{vecs: 1, b: ones, rsb: 1, rsa: f.products, csa: f.products + cols, nextA: f.wide,
		rsc: ph.w.stride * cols, nextC: ph.h.stride * w * cols, width: 1}
	ph.eachStretch(a0, a1, src.h, 0, ph.k, func(a, b, i, to int, fresh bool) {
		for j := range cols {
			u := t
			u.c = c.out()[((picture*h+a*ph.h.stride+ph.h.first)*w+ph.w.first)*cols+j:]
			if i == to {
				u.clearDown(ph.w.n, b-a)
				continue
			}
			run := &ph.runs[i]
			at := func(run *convRun) int { return run.h*f.wide + run.w*f.products + run.at/src.channels*cols }
			u.a = products[(a+ph.h.from-from)*f.wide+(f.before+ph.w.from)*f.products+at(run)+j:]
			u.k, u.runs = run.n, to-i
			if u.runs > 1 {
				u.jump = at(&ph.runs[i+1]) - at(run) - u.k*u.csa
			}
			if !fresh {
				u.src, u.rss, u.nextSrc = u.c, u.rsc, u.nextC
			}
			u.runDown(&c.geometry, ph.w.n, b-a)
		}
	})
}

// packFew writes columns j ≤ i < j+w of the weights that a place of the source meets:
// for each of its channels those of all columns of all elements of the window, phase by
// phase.
func (c *Conv[T]) packFew(dst []T, ld, j, w int) {
	cols, at := c.columns(), 0
	for i := range c.phases {
		for _, tap := range c.phases[i].taps {
			for col := range cols {
				if k := at - j; k >= 0 && k < w {
					for ch := range c.source(0).channels {
						if c.Part == ConvInput {
							dst[ch*ld+k] = c.Weights[tap.weights+col*c.O+ch]
						} else {
							dst[ch*ld+k] = c.Weights[tap.weights+ch*c.O+col]
						}
					}
				}
				at++
			}
		}
	}
}
