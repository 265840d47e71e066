package kernel

// prepareWeights divides the weights into rows, columns and groups, and where these
// are few the places that they are summed over into chunks.
func (c *Conv[T]) prepareWeights() (parts int) {
	g := &c.geometry
	if c.swappable() {
		c.swap()
	} else {
		c.phases = c.phasesOf()
	}
	ph, cols := &c.phases[0], c.weightCols()
	want := c.wantedParts()
	c.groupCols = cutInto(cols, (cols+8*g.lanes-1)/(8*g.lanes), 2*g.lanes)
	if ph.weightsInRows() {
		c.prepareWeightRows(want)
	} else {
		places := c.N * ph.h.n * ph.w.n
		rows := (ph.k*sizeOf[T]() + rowBytes - 1) / rowBytes
		c.weightRow = cutInto(ph.k, max(rows, min(want/c.Groups/c.groupCols.n, ph.k/48)), g.tall[2])
		have := c.weightRow.n * c.groupCols.n * c.Groups
		c.chunks = cutInto(places, min(want/have, places/(4*g.deep)), 1)
		c.pool.grow(max(g.deep*copyStride(c.weightRow.most()), copyStride(g.deep)*c.weightRow.most()) * sizeOf[T]())
	}
	c.partials = make([]T, (c.chunks.n-1)*len(c.Weights))
	return c.weightRow.n * c.groupCols.n * c.Groups * c.chunks.n
}

// weightCols returns the columns of the weights of a group: the channels of what is
// not gathered.
func (c *Conv[T]) weightCols() int {
	if c.swapped {
		return c.C
	}
	return c.O / c.Groups
}

// doWeights computes a block of rows and columns of the weights, over a chunk of
// places: it gathers block by block of them the columns that the rows are of.
func (c *Conv[T]) doWeights(part, worker int) {
	ph := &c.phases[0]
	m0, m1 := c.chunks.bounds(part % c.chunks.n)
	chunk := part % c.chunks.n
	part /= c.chunks.n
	i0, i1 := c.weightRow.bounds(part % c.weightRow.n)
	part /= c.weightRow.n
	j0, j1 := c.groupCols.bounds(part % c.groupCols.n)
	group := part / c.groupCols.n
	panels, rows := scratchOf[T](c.pool, worker)
	sum := c.Weights
	if chunk > 0 {
		sum = c.partials[(chunk-1)*len(sum):][:len(sum)]
	}
	if c.band > 0 {
		c.doWeightRows(group, i0, i1, j0, j1, m0, m1, sum, rows)
		return
	}
	src, single := c.source(group), c.single()
	y, ldy := c.Y, c.O
	if c.swapped {
		y, ldy = c.X, c.C
	}
	for m := m0; m < m1; m += c.geometry.deep {
		n := min(c.geometry.deep, m1-m)
		t := tileArgs[T]{a: rows, rsa: 1, csa: copyStride(i1 - i0), rsc: ldy, k: n}
		if single {
			t.rsa, t.csa = copyStride(n), 1
			src.gatherColumns(ph, rows, t.rsa, m, m+n, i0, i1)
		} else {
			src.gather(ph, rows, t.csa, m, m+n, i0, i1)
		}
		for j := j0; j < j1; {
			vecs, w := c.panel(j1 - j)
			at := group*c.weightCols() + j
			packRows(c.geometry.path, vecs, panels, y[m*ldy+at:], ldy, n, w, vecs*c.geometry.lanes)
			u := t
			u.vecs, u.b, u.c, u.rsb, u.width = vecs, panels, sum[i0*ldy+at:], vecs*c.geometry.lanes, w
			if m > m0 {
				u.src, u.rss = u.c, ldy
			}
			u.runRows(&c.geometry, i1-i0)
			j += w
		}
	}
}
