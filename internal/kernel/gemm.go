package kernel

import "fmt"

//go:generate go -C gen run ./gemm -out ../gemm_amd64.s -stubs ../gemm_stub_amd64.go -tall ../gemm_tall_amd64.go -pkg kernel
//go:generate go -C gen run ./gemm -machine avx512 -out ../gemm512_amd64.s -stubs ../gemm512_stub_amd64.go -tall ../gemm512_tall_amd64.go -pkg kernel

// Gemm is a matrix product with what follows it,
//
//	C = f(op(A)·op(B) + C + bias),
//
// where C on the right appears if Accumulate is set, bias if Bias is, and f if
// Epilogue is. Matrices are stored by rows; op(X) is X or its transpose. C must
// not overlap A or B. With K = 0 the product is zero.
//
// Results depend on the operands and the shape alone: they are bit-identical
// for any number of workers. How sums are grouped follows from the path and from
// constants that are tuned by the clock (gemm_plan.go), so that the last digits may
// differ between paths and between versions of this package. NaN and infinities propagate as the sums have it.
// Assembly counts subnormal numbers, below 1.2e-38 in float32, as zeros.
//
// Fill in the fields, once if the operands stay, and call Run as often as
// needed; it allocates nothing, unless Sparse is set. A Gemm must not be copied
// or changed while it runs.
type Gemm[T Float] struct {
	M, N, K int // op(A) is M×K, op(B) K×N, C M×N

	TransA bool // A is stored K×M
	TransB bool // B is stored N×K

	A, B, C       []T
	LDA, LDB, LDC int // elements from a stored row to the next; 0 means rows adjoin

	// Beside, if not nil, are matrices side by side in the place of A or B, which is
	// stored as op(X) then: equally wide, each with the row stride of it, and those of B
	// a multiple of BesideColumns.
	BesideA, BesideB [][]T

	Accumulate bool // add to C
	Bias       []T  // if not nil, Bias[j] is added to column j

	// Epilogue, if not nil, rewrites each piece of C while that is in cache. It
	// looks at values alone; several workers may call it at once.
	Epilogue func(piece []T)

	// Sparse says that A may be mostly zeros. FindZeros finds them for Do to skip, and
	// must be called whenever A has changed; Run does.
	Sparse bool

	// Packed, if not nil, is what Pack or PackHalf made of B, which is then read only
	// where that does not pay.
	Packed *Packed[T]

	// Batch products of one shape run as one; 0 means 1. Their operands are
	// Stride elements apart; 0 means that all share A or B.
	Batch                     int
	StrideA, StrideB, StrideC int

	pool  *Pool
	plan  plan
	zeros *sparse[T] // of A, or nil
}

// Run computes the product with the pool's workers; a small one on the caller
// alone. It panics if a size is negative or a slice too short.
func (g *Gemm[T]) Run(p *Pool) {
	parts := g.Prepare(p)
	g.FindZeros()
	p.Run(parts, g)
}

// Prepare checks the fields and returns the number of parts in which Do does
// the work, so that a caller may run products and other tasks in one phase of
// the same pool. The number depends on the shape alone.
func (g *Gemm[T]) Prepare(p *Pool) (parts int) {
	g.check()
	g.checkBeside()
	if g.Packed != nil {
		g.Packed.fits(g)
	}
	g.pool = p
	parts = g.divide(p)
	g.zeros = newSparse(g)
	return parts
}

// Do computes one part; it makes a prepared Gemm a Task.
func (g *Gemm[T]) Do(part, worker int) {
	pl := &g.plan
	if pl.empty {
		return
	}
	tmp, copies := scratchOf[T](g.pool, worker)
	item := part / (pl.rows.n * pl.cols.n) * pl.items
	part %= pl.rows.n * pl.cols.n
	i0, i1 := pl.rows.bounds(part % pl.rows.n)
	from, to := pl.cols.bounds(part / pl.rows.n)
	later := g.Epilogue != nil || pl.biasLater
	step := to - from
	if later {
		step = min(step, pl.hotColumns(i1-i0, sizeOf[T]()))
	}
	for last := min(item+pl.items, max(g.Batch, 1)); item < last; item++ {
		v := g.view(item)
		for j0 := from; j0 < to; j0 += step {
			j1 := min(j0+step, to)
			switch z := g.zeros; {
			case pl.dots:
				v.dots(pl, i0, i1, j0, j1, tmp)
			case z != nil && z.use && v.skipZeros(pl, z, i0, i1, j0, j1, tmp):
			default:
				v.tiles(pl, i0, i1, j0, j1, tmp, copies)
			}
			switch {
			case !later:
			case pl.swap:
				g.finish(item, j0, j1, i0, i1)
			default:
				g.finish(item, i0, i1, j0, j1)
			}
		}
	}
}

// finish completes C[i0:i1, j0:j1].
func (g *Gemm[T]) finish(item, i0, i1, j0, j1 int) {
	c := g.C[item*g.StrideC:]
	ld := g.ldc()
	if g.plan.biasLater {
		for i := i0; i < i1; i++ {
			row := c[i*ld+j0 : i*ld+j1]
			for j, b := range g.Bias[j0:j1] {
				row[j] += b
			}
		}
	}
	if g.Epilogue == nil {
		return
	}
	if i1-i0 > 1 && j0 == 0 && j1 == g.N && ld == g.N {
		g.Epilogue(c[i0*ld : i1*ld])
		return
	}
	for i := i0; i < i1; i++ {
		g.Epilogue(c[i*ld+j0 : i*ld+j1])
	}
}

func (g *Gemm[T]) lda() int { return stride(g.LDA, g.M, g.K/max(len(g.BesideA), 1), g.TransA) }
func (g *Gemm[T]) ldb() int { return stride(g.LDB, g.K, g.N/max(len(g.BesideB), 1), g.TransB) }
func (g *Gemm[T]) ldc() int { return stride(g.LDC, g.M, g.N, false) }

// stride returns ld or, if that is 0, the length of a stored row of a matrix
// that is rows×cols after an optional transposition.
func stride(ld, rows, cols int, trans bool) int {
	switch {
	case ld != 0:
		return ld
	case trans:
		return rows
	}
	return cols
}

// check panics unless the sizes are possible and the slices long enough.
func (g *Gemm[T]) check() {
	if g.M < 0 || g.N < 0 || g.K < 0 || g.Batch < 0 {
		panic(fmt.Sprintf("kernel: Gemm of %d×%d by %d×%d, batch %d: negative size", g.M, g.K, g.K, g.N, g.Batch))
	}
	batch := max(g.Batch, 1)
	if g.BesideA == nil {
		g.checkOperand("A", len(g.A), g.M, g.K, g.TransA, g.lda(), batch, g.StrideA)
	}
	if g.BesideB == nil {
		g.checkOperand("B", len(g.B), g.K, g.N, g.TransB, g.ldb(), batch, g.StrideB)
	}
	g.checkOperand("C", len(g.C), g.M, g.N, false, g.ldc(), batch, g.StrideC)
	if g.Bias != nil && len(g.Bias) < g.N {
		panic(fmt.Sprintf("kernel: Gemm: Bias has %d elements for %d columns", len(g.Bias), g.N))
	}
	if batch > 1 && g.M > 0 && g.N > 0 && g.StrideC < (g.M-1)*g.ldc()+g.N {
		panic(fmt.Sprintf("kernel: Gemm: StrideC %d makes products of %d×%d overlap", g.StrideC, g.M, g.N))
	}
}

func (g *Gemm[T]) checkOperand(name string, have, rows, cols int, trans bool, ld, batch, stride int) {
	if trans {
		rows, cols = cols, rows
	}
	if rows == 0 || cols == 0 {
		return
	}
	if ld < cols {
		panic(fmt.Sprintf("kernel: Gemm: LD%s %d is less than the row of %d", name, ld, cols))
	}
	if stride < 0 {
		panic(fmt.Sprintf("kernel: Gemm: Stride%s %d is negative", name, stride))
	}
	if need := (batch-1)*stride + (rows-1)*ld + cols; have < need {
		panic(fmt.Sprintf("kernel: Gemm: %s has %d elements; %d×%d, row stride %d, batch %d, needs %d",
			name, have, rows, cols, ld, batch, need))
	}
}
