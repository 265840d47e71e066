package kernel

// prepareWeights divides the weights into rows, columns and groups, and where these
// are few the places that they are summed over into chunks.
func (c *Conv[T]) prepareWeights() (parts int) {
	g := &c.geometry
	c.phases = c.phasesOf()
	ph := &c.phases[0]
	want := c.wantedParts()
	places := c.N * ph.h.n * ph.w.n
	c.groupCols = cutInto(c.O/c.Groups, (c.O/c.Groups+8*g.lanes-1)/(8*g.lanes), 2*g.lanes)
	if ph.weightsInRows() {
		c.prepareWeightRows(want)
		c.partials = make([]T, (c.chunks.n-1)*len(c.Weights))
		return c.weightRow.n * c.groupCols.n * c.Groups * c.chunks.n
	}
	rows := (ph.k*sizeOf[T]() + rowBytes - 1) / rowBytes
	c.weightRow = cutInto(ph.k, max(rows, min(want/c.Groups/c.groupCols.n, ph.k/48)), g.tall[2])
	have := c.weightRow.n * c.groupCols.n * c.Groups
	c.chunks = cutInto(places, min(want/have, places/(4*g.deep)), 1)
	c.partials = make([]T, (c.chunks.n-1)*len(c.Weights))
	c.pool.grow(g.deep * copyStride(c.weightRow.most()) * sizeOf[T]())
	return have * c.chunks.n
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
	src, each := c.source(group), c.O/c.Groups
	ld := copyStride(i1 - i0)
	for m := m0; m < m1; m += c.geometry.deep {
		n := min(c.geometry.deep, m1-m)
		src.gather(ph, rows, ld, m, m+n, i0, i1)
		for j := j0; j < j1; {
			vecs, w := c.panel(j1 - j)
			at := group*each + j
			packRows(c.geometry.path, vecs, panels, c.Y[m*c.O+at:], c.O, n, w, vecs*c.geometry.lanes)
			t := tileArgs[T]{vecs: vecs, a: rows, b: panels, c: sum[i0*c.O+at:], rsa: 1, csa: ld,
				rsb: vecs * c.geometry.lanes, rsc: c.O, k: n, width: w}
			if m > m0 {
				t.src, t.rss = t.c, c.O
			}
			t.runRows(&c.geometry, i1-i0)
			j += w
		}
	}
}
