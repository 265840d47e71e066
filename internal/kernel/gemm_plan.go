package kernel

// A plan says how a product is computed and divided. It follows from the shape
// and the kernels' geometry, never from the number of workers.
type plan struct {
	geometry
	empty     bool // C has no elements
	swap      bool // compute the transpose: Cᵀ = op(B)ᵀ·op(A)ᵀ
	dots      bool // by dot products, else by tiles
	direct    bool // tiles read B where it is, else from packed panels
	packed    bool // the panels were packed beforehand
	half      bool // in F16
	copyA     bool // tiles read a copy of A
	biasLater bool // the kernels cannot start from the bias
	kb        int  // block of k
	rows      cut  // of the product, or of its transpose
	cols      cut
	items     int // products of the batch in a part
}

// A geometry says what tiles a set of kernels has.
type geometry struct {
	path  Path
	lanes int    // a tile of v vectors is v*lanes columns wide
	deep  int    // rows of a packed panel of two vectors
	tall  [9]int // tall[v] is the most rows of such a tile
}

// These were tuned by the time of whole layers, not of single kernels.
const (
	inline     = 1e6 // flops below which a product is one part
	grain      = 5e5 // flops of a part, as far as the shape allows
	fewParts   = 8   // parts of a middling product; larger ones have larger parts
	fewDeep    = 4   // likewise of one deeper than deepK, whose panels take long to pack
	deepK      = 1024
	manyRows   = 192       // rows for which a panel may be packed anew
	rowBytes   = 1024      // of a column of A: what stays in the second-level cache
	directK    = 2048      // rows of B read in place
	pagesK     = 192       // rows of A stored by columns, each of which may be a page of its own
	dotK       = 2048      // length of a dot product before it is stored
	directRows = 8         // rows of A below which packing B does not pay
	dotRows    = 12        // likewise for B transposed
	dotCols    = 4         // columns of B that are taken as rows of a dot product
	badStride  = 4096      // bytes; multiples compete for one set of the first-level cache
	copyK      = 32        // steps along k over a bad stride for which A is copied
	copyPanels = 16        // panels of B that must share the copy
	hotBytes   = 128 << 10 // of C, finished before the next are begun
)

// divide makes the plan and returns the number of parts.
func (g *Gemm[T]) divide(p *Pool) (parts int) {
	m, n, k := g.M, g.N, g.K
	pl := plan{geometry: geometryOf[T]()}
	half := g.Packed != nil && g.Packed.half != nil
	batch := max(g.Batch, 1)
	if m == 0 || n == 0 {
		pl.empty = true
		g.plan = pl
		return 1
	}
	// The transpose turns few columns into few rows. Its rows of C are not
	// contiguous, which only dot products can do.
	few := n <= dotCols && n < m
	switch {
	case few && !g.TransA, few && g.TransA && n == 1 && g.ldc() == 1:
		pl.swap = true
		pl.dots = !g.TransA
		m, n = n, m
	case g.TransB && m <= dotRows && !half:
		pl.dots = true
	}
	if g.BesideA != nil || g.BesideB != nil {
		pl.swap, pl.dots, m, n = false, false, g.M, g.N
	}
	pl.direct = !pl.dots && g.BesideB == nil && m <= directRows && (pl.swap || !g.TransB || half)
	pl.packed = g.Packed != nil && !pl.dots && !pl.swap
	pl.half = pl.packed && half
	pl.biasLater = g.Bias != nil && (g.Accumulate || pl.swap && !pl.dots)

	kmax := pl.deep
	switch {
	case pl.dots:
		kmax = dotK
	case pl.direct && m <= pl.tall[2]:
		kmax = directK
	case g.TransA:
		kmax = min(pl.deep, pagesK)
	}
	pl.kb = (k + kmax - 1) / kmax
	pl.kb = (k + max(pl.kb, 1) - 1) / max(pl.kb, 1)
	pl.kb = max((pl.kb+7)&^7, 8)

	// Columns first: to split rows is to pack the same panel twice.
	flops := 2 * float64(m) * float64(n) * float64(max(k, 1))
	panel := 2 * pl.lanes
	if pl.direct && m <= 3 {
		panel = 8 * pl.lanes
	}
	panels := (n + panel - 1) / panel
	want := 1
	if flops*float64(batch) >= inline {
		want = max(int(min(flops/grain, fewParts)), int(min(flops/grain/64, 1024)), 1)
	}
	block := rowBytes / sizeOf[T]()
	rows := (m + block - 1) / block
	cols := min(max(want/rows, 1), panels)
	pl.copyA = g.TransA && !pl.swap && g.lda()*sizeOf[T]()%badStride == 0 && k >= copyK && panels >= copyPanels
	if pl.copyA {
		cols = min(cols, panels/copyPanels)
	}
	least := min(want, fewParts)
	if k >= deepK && g.TransA {
		least = min(least, fewDeep)
	}
	if rows*cols < least {
		rows = max(rows, min((least+cols-1)/cols, m/48))
	}
	if rows*cols < want {
		rows = max(rows, min((want+cols-1)/cols, m/manyRows))
	}
	pl.rows = cutInto(m, rows, pl.tall[2])
	pl.cols = cutInto(n, cols, panel)
	pl.items = 1
	if flops < grain {
		pl.items = min(batch, int(grain/flops)+1)
		if flops*float64(batch) < inline {
			pl.items = batch
		}
	}
	if pl.copyA {
		p.grow(copySize(pl.rows.most(), pl.kb) * sizeOf[T]())
	}
	g.plan = pl
	return (batch + pl.items - 1) / pl.items * pl.rows.n * pl.cols.n
}

// hotColumns returns how many columns of the given rows of C stay in cache until
// they are finished.
func (pl *plan) hotColumns(rows, size int) int {
	unit := pl.cols.unit
	return max(hotBytes/(rows*size)/unit, 1) * unit
}

// A cut divides a length into n pieces that are as even as multiples of unit
// allow.
type cut struct{ length, n, unit int }

// cutInto cuts a length into at most n pieces.
func cutInto(length, n, unit int) cut {
	units := (length + unit - 1) / unit
	return cut{length, max(min(n, units), 1), unit}
}

// bounds returns the limits of piece i.
func (c cut) bounds(i int) (lo, hi int) {
	units := (c.length + c.unit - 1) / c.unit
	return min(units*i/c.n*c.unit, c.length), min(units*(i+1)/c.n*c.unit, c.length)
}

// most returns a bound on the length of a piece.
func (c cut) most() int {
	units := (c.length + c.unit - 1) / c.unit
	return (units + c.n - 1) / c.n * c.unit
}
