package kernel

// phasesOf lists the phases of a convolution that computes its result or its
// input, without their parts.
func (c *Conv[T]) phasesOf() []convPhase {
	if c.Part != ConvInput {
		ph := convPhase{
			h: convRange{c.H.Out(), 0, 1, c.H.Stride, -c.H.Before},
			w: convRange{c.W.Out(), 0, 1, c.W.Stride, -c.W.Before},
		}
		for k := range c.H.Size * c.W.Size {
			ph.taps = append(ph.taps, convTap{k / c.W.Size * c.H.Dilation, k % c.W.Size * c.W.Dilation, c.weightsAt(k)})
		}
		ph.runs, ph.k = runsOf(ph.taps, c.C/c.Groups, c.Groups == 1)
		return []convPhase{ph}
	}
	var all []convPhase
	across := min(c.W.Stride, c.W.In)
	for p := range min(c.H.Stride, c.H.In) * across {
		ph := convPhase{h: remainder(c.H, p/across), w: remainder(c.W, p%across)}
		for kh := c.H.Size - 1; kh >= 0; kh-- { // so that the columns of the source ascend
			for kw := c.W.Size - 1; kw >= 0; kw-- {
				h, w := ph.h.first+c.H.Before-kh*c.H.Dilation, ph.w.first+c.W.Before-kw*c.W.Dilation
				if h%c.H.Stride == 0 && w%c.W.Stride == 0 {
					ph.taps = append(ph.taps, convTap{h / c.H.Stride, w / c.W.Stride, c.weightsAt(kh*c.W.Size + kw)})
				}
			}
		}
		ph.runs, ph.k = runsOf(ph.taps, c.O/c.Groups, c.Groups == 1)
		all = append(all, ph)
	}
	return all
}

// remainder returns the places of an axis that leave a remainder by the stride.
// From one to the next the steps of the window move by one.
func remainder(w Window, r int) convRange {
	return convRange{n: max(ceil(w.In-r, w.Stride), 0), first: r, stride: w.Stride, step: 1}
}

// weightsAt returns where the weights of element k of the window begin.
func (c *Conv[T]) weightsAt(k int) int { return k * (c.C / c.Groups) * c.O }

// source returns the pictures that are gathered, with the channels of a group.
func (c *Conv[T]) source(group int) convSource[T] {
	if c.Part == ConvInput || c.swapped {
		each := c.O / c.Groups
		return convSource[T]{c.Y, c.H.Out(), c.W.Out(), c.O, group * each, each}
	}
	each := c.C / c.Groups
	return convSource[T]{c.X, c.H.In, c.W.In, c.C, group * each, each}
}

// prepareProduct divides the result or the input into blocks of rows that a worker
// gathers, and into columns where the blocks are few.
func (c *Conv[T]) prepareProduct() (parts int) {
	g := &c.geometry
	c.phases = c.phasesOf()
	if c.isFew() {
		return c.prepareFew()
	}
	rowsTotal := 0
	for i := range c.phases {
		rowsTotal += c.N * c.phases[i].h.n * c.phases[i].w.n
	}
	want := c.wantedParts()
	cols := c.columns()
	c.groupCols = cutInto(cols, 1, 2*g.lanes)
	if blocks := rowsTotal/(rowBytes/sizeOf[T]()) + 1; blocks*c.Groups < want {
		c.groupCols = cutInto(cols, want/(blocks*c.Groups), 2*g.lanes)
	}
	c.putBeside()
	blocks := 1 // of each phase, which a part goes through in turn so that it writes whole rows
	for i := range c.phases {
		rows := c.N * c.phases[i].h.n * c.phases[i].w.n
		blocks = max(blocks, (rows*sizeOf[T]()+rowBytes-1)/rowBytes, min(want/c.Groups/c.groupCols.n, rowsTotal/24))
	}
	c.clearRows()
	size := 0
	for i := range c.phases {
		ph, src := &c.phases[i], c.source(0)
		if ph.inRows() || ph.clears {
			size = max(size, ph.prepareRows(c.N, blocks, src.w, src.channels))
			continue
		}
		ph.blocks = cutInto(c.N*ph.h.n*ph.w.n, blocks, g.tall[2])
		size = max(size, max(ph.blocks.most()*copyStride(c.blockOf(ph.k)), copyStride(ph.blocks.most())*c.blockOf(ph.k))+ph.blocks.most()*c.groupCols.most())
	}
	c.pool.grow(size * sizeOf[T]())
	c.blocks = blocks
	return blocks * c.groupCols.n * c.Groups
}

// clearRows lets the first phase of a row clear all of it where others reach no weights,
// if a part has whole rows, and leaves those out.
func (c *Conv[T]) clearRows() {
	empty := false
	for i := range c.phases {
		if ph := &c.phases[i]; ph.k == 0 {
			empty = true
		} else if !ph.inRows() {
			return
		}
	}
	if !empty || c.groupCols.n > 1 || c.Groups > 1 {
		return
	}
	kept := c.phases[:0]
	for i, ph := range c.phases {
		ph.clears = i == 0 || ph.h.first != c.phases[i-1].h.first
		if ph.clears || ph.k > 0 {
			kept = append(kept, ph)
		}
	}
	c.phases = kept
}

// wantedParts returns how many parts the work is worth.
func (c *Conv[T]) wantedParts() int {
	flops := c.FLOPs()
	if flops < inline {
		return 1
	}
	return max(int(min(flops/grain, fewParts)), int(min(flops/grain/64, 1024)))
}

// columns returns the channels of a group that the result or the input has.
func (c *Conv[T]) columns() int {
	if c.Part == ConvInput {
		return c.C / c.Groups
	}
	return c.O / c.Groups
}

// blockOf returns the columns of k that are gathered at once.
func (c *Conv[T]) blockOf(k int) int {
	n := max((k+c.geometry.deep-1)/c.geometry.deep, 1)
	return max((k+n-1)/n+7, 8) &^ 7
}

// doProduct computes a block of rows and columns, phase by phase.
func (c *Conv[T]) doProduct(part, worker int) {
	panels, grown := scratchOf[T](c.pool, worker)
	if c.isOfFew {
		c.doFew(part, panels, grown)
		return
	}
	group := part / (c.blocks * c.groupCols.n)
	j0, j1 := c.groupCols.bounds(part / c.blocks % c.groupCols.n)
	for i := range c.phases {
		ph := &c.phases[i]
		if block := part % c.blocks; block < ph.blocks.n {
			i0, i1 := ph.blocks.bounds(block)
			if ph.byRow {
				c.doRows(ph, group, i0, i1, j0, j1, panels, grown)
			} else {
				c.doGathered(ph, group, i0, i1, j0, j1, panels, grown)
			}
		}
	}
}

// doGathered computes a block of rows and columns of a phase: block of k by block of k
// it gathers the rows and lets each panel of weights meet them.
func (c *Conv[T]) doGathered(ph *convPhase, group, i0, i1, j0, j1 int, panels, grown []T) {
	src := c.source(group)
	kb := c.blockOf(ph.k)
	ld, rsa, csa := copyStride(kb), copyStride(kb), 1
	used := (i1 - i0) * ld
	single := c.single()
	if single {
		ld, rsa, csa = copyStride(i1-i0), 1, copyStride(i1-i0)
		used = kb * ld
	}
	rows, more := grown[:used], grown[used:]

	out, ldc := c.out(), c.columns()*c.Groups
	first := group * c.columns()
	direct := ph.h.stride == 1 && ph.w.stride == 1
	to, ldt := more, j1-j0
	if direct {
		to, ldt = out[i0*ldc+first+j0:], ldc
	}
	if ph.k == 0 {
		for i := range i1 - i0 {
			clear(to[i*ldt:][:j1-j0])
		}
	}
	for p := 0; p < ph.k; p += kb {
		n := min(kb, ph.k-p)
		if single {
			src.gatherColumns(ph, rows, ld, i0, i1, p, p+n)
		} else {
			src.gather(ph, rows, ld, i0, i1, p, p+n)
		}
		for j := j0; j < j1; {
			vecs, w := c.panel(j1 - j)
			c.packWeights(ph, vecs, panels, p, n, group, j, w)
			t := tileArgs[T]{vecs: vecs, a: rows, b: panels, c: to[j-j0:], rsa: rsa, csa: csa, rsb: vecs * c.geometry.lanes, rsc: ldt, k: n, width: w}
			if p > 0 {
				t.src, t.rss = t.c, ldt
			}
			t.runRows(&c.geometry, i1-i0)
			j += w
		}
	}
	if direct {
		return
	}
	for i := i0; i < i1; i++ {
		b, a := i%ph.w.n, i/ph.w.n%ph.h.n
		at := (i/ph.w.n/ph.h.n*c.H.In+a*ph.h.stride+ph.h.first)*c.W.In + b*ph.w.stride + ph.w.first
		copy(out[at*ldc+first+j0:][:j1-j0], to[(i-i0)*ldt:])
	}
}

// panel returns the vectors and the columns of the next panel of those that are left.
func (c *Conv[T]) panel(left int) (vecs, width int) {
	if left > c.geometry.lanes {
		return 2, min(left, 2*c.geometry.lanes)
	}
	return 1, left
}

// runRows computes a tile of any number of rows in strips as even as can be, the
// taller ones first.
func (t *tileArgs[T]) runRows(g *geometry, rows int) {
	tall := g.tall[t.vecs]
	strips := (rows + tall - 1) / tall
	low, taller := rows/strips, rows%strips
	t.runStrips(g.path, low+1, taller)
	t.runStrips(g.path, low, strips-taller)
}

// packWeights copies n rows from p on, columns j ≤ i < j+w of a group, of the matrix
// that gathered rows are multiplied by.
func (c *Conv[T]) packWeights(ph *convPhase, vecs int, dst []T, p, n, group, j, w int) {
	if ph.beside != nil {
		c.packBeside(ph, dst, p, n, vecs*c.geometry.lanes)
		return
	}
	ld := vecs * c.geometry.lanes
	if c.Part == ConvResult { // the weights as they are
		packRows(c.geometry.path, vecs, dst, c.Weights[p*c.O+group*(c.O/c.Groups)+j:], c.O, n, w, ld)
		return
	}
	each, at := c.O/c.Groups, transposeWidth[T]()
	for q := p; q < p+n; {
		tap, o := ph.taps[q/each], q%each
		m := min(each-o, p+n-q)
		for s := 0; s < w; s += at {
			packColumns(c.geometry.path, dst[(q-p)*ld+s:], c.Weights[tap.weights+(j+s)*c.O+group*each+o:], c.O, m, min(at, w-s), ld)
		}
		q += m
	}
}
