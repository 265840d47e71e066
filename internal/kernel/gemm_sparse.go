package kernel

import (
	"math"
	"math/bits"
	"unsafe"
)

// A matrix of data is often mostly zeros: black pixels, words that a document
// does not have. A Gemm whose Sparse is set looks at A before each run, and where
// few elements of op(A) are not zero, it adds multiples of the rows of B that
// those elements multiply and of no others. It leaves out nothing but sums with
// zero, so the result is the same, bit for bit. Where a zero matters, since B is
// not finite or a sum is −0, it leaves out nothing.

// maxDensity is the largest share of elements not zero for which skipping the others
// pays: each element takes about as much time as two elements in a tile.
const maxDensity = .3

// panelBytes bounds a packed panel of B, about the first-level cache.
const panelBytes = 36 << 10

// lookInterval is the number of runs that do not look at A after one that found
// few zeros.
const lookInterval = 63

// sparse is op(A) without its zeros. Row i has, in block b of k, the elements x
// from bounds[b·M+i] to bounds[(b+1)·M+i]; x[q] multiplies the row of B that is
// number at[q] of its block.
type sparse[T Float] struct {
	*Gemm[T]
	bounds   []int32
	at       []int32 // nil until a run finds few elements that are not zero
	x        []T
	used     []uint64 // a bit for each row of B that an element of A multiplies, by part of the search
	words    int      // of a row
	rows     int      // of op(A) in a part
	parts    int
	use      bool
	skipRuns int // runs until A is looked at again
}

// newSparse makes room for a prepared product without zeros, or returns nil if
// it has to have them.
func newSparse[T Float](g *Gemm[T]) *sparse[T] {
	pl := &g.plan
	if !g.Sparse || pl.empty || pl.dots || pl.direct || pl.swap || g.TransB || g.Batch > 1 || g.Accumulate || g.K == 0 ||
		g.M*g.K > math.MaxInt32 {
		return nil
	}
	z := &sparse[T]{
		Gemm:   g,
		bounds: make([]int32, ((g.K+pl.kb-1)/pl.kb+1)*g.M),
		words:  (g.K+7)/64 + 1, // room for the last vector of a block
		rows:   16,
	}
	if g.TransA {
		z.rows = 64
	}
	z.parts = (g.M + z.rows - 1) / z.rows
	z.used = make([]uint64, z.parts*z.words)
	return z
}

// ShareZeros has a prepared product use what FindZeros of another one finds, which is
// called before its parts, if both have the same A. It reports whether they have.
func (g *Gemm[T]) ShareZeros(other *Gemm[T]) bool {
	z := other.zeros
	if g.zeros == nil || z == nil || &g.A[0] != &z.A[0] || g.M != z.M || g.K != z.K || g.TransA != z.TransA || g.lda() != z.lda() || g.plan.kb != z.plan.kb {
		return false
	}
	g.zeros = z
	return true
}

// FindZeros finds the zeros of A in a prepared product that may have many, with the
// workers of its pool. It comes before the parts of every run.
func (g *Gemm[T]) FindZeros() {
	z := g.zeros
	if z == nil || z.Gemm != g {
		return
	}
	if z.skipRuns > 0 {
		z.skipRuns--
		return
	}
	z.use = true
	if z.at == nil {
		if z.use = z.isSparse(z.count()); z.use {
			z.at, z.x = make([]int32, g.M*g.K), make([]T, g.M*g.K)
		}
	}
	if z.use {
		g.pool.Run(z.parts, z)
		n := 0
		for i, end := range z.bounds[len(z.bounds)-g.M:] {
			n += int(end) - i*g.K
		}
		z.use = z.isSparse(n)
	}
	if !z.use {
		z.skipRuns = lookInterval
	}
}

func (z *sparse[T]) isSparse(n int) bool { return float64(n) <= maxDensity*float64(z.M)*float64(z.K) }

// count returns how many elements of A are not zero.
func (z *sparse[T]) count() (n int) {
	rows, cols := z.M, z.K
	if z.TransA {
		rows, cols = cols, rows
	}
	var word [1]uint64
	for i := range rows {
		for x := z.A[i*z.lda():][:cols]; len(x) > 0; {
			k := min(64, len(x))
			nonzero(word[:], x[:k])
			n += bits.OnesCount64(word[0])
			x = x[k:]
		}
	}
	return n
}

// Do lists what is not zero in some rows of op(A), block of k by block of k. Those
// that A stores as columns are turned into rows first, a few of them together.
func (z *sparse[T]) Do(part, worker int) {
	const together = 16
	lo := part * z.rows
	hi := min(lo+z.rows, z.M)
	used := z.used[part*z.words:][:z.words]
	clear(used)
	for i := lo; i < hi; i++ {
		z.bounds[i] = int32(i * z.K)
	}
	tmp, _ := scratchOf[T](z.pool, worker)
	at := transposeWidth[T]()
	for b, p := 0, 0; p < z.K; b, p = b+1, p+z.plan.kb {
		n := min(z.plan.kb, z.K-p)
		if !z.TransA {
			for i := lo; i < hi; i++ {
				z.list(i, b, z.A[i*z.lda()+p:][:n], used, p)
			}
			continue
		}
		ld := (n + at - 1) / at * at
		for i := lo; i < hi; i += together {
			rows := min(together, hi-i)
			for q := 0; q < n; q += at {
				packColumns(z.plan.path, tmp[q:], z.A[(p+q)*z.lda()+i:], z.lda(), rows, min(at, n-q), ld)
			}
			for r := range rows {
				z.list(i+r, b, tmp[r*ld:][:n], used, p)
			}
		}
	}
}

// list lists what is not zero in row x of block b, which begins at row p of B.
func (z *sparse[T]) list(i, b int, x []T, used []uint64, p int) {
	from := int(z.bounds[b*z.M+i])
	n := listNonzero(z.plan.path, z.at[from:], z.x[from:], x, used, p)
	z.bounds[(b+1)*z.M+i] = int32(from + n)
}

// listPlain writes what is not zero in x, and where it is, sets the bits p+i of used
// for those x[i], and returns how many there are.
func listPlain[T Float](at []int32, to, x []T, used []uint64, p int) (n int) {
	var word [1]uint64
	for q := 0; q < len(x); q += 64 {
		nonzero(word[:], x[q:min(q+64, len(x))])
		w := word[0]
		k, shift := (p+q)/64, (p+q)%64
		used[k] |= w << shift
		if over := w >> (64 - shift); over != 0 {
			used[k+1] |= over
		}
		for ; w != 0; w &= w - 1 {
			i := q + bits.TrailingZeros64(w)
			at[n], to[n] = int32(i), x[i]
			n++
		}
	}
	return n
}

// nonzero sets bit i of dst if x[i] is not zero, and clears the others.
func nonzero[T Float](dst []uint64, x []T) {
	clear(dst)
	if vectors() && sizeOf[T]() == 4 {
		nonzero32AVX2((*byte)(unsafe.Pointer(unsafe.SliceData(dst))), as32(x))
		return
	}
	for i, v := range x {
		if v != 0 {
			dst[i/64] |= 1 << (i % 64)
		}
	}
}

// usedRows returns bits k·64 to k·64+63 of the rows of B that rows i0 to i1 of
// op(A) multiply. It leaves out rows of B that only a part of the search found
// which has rows beyond i0 and i1, too.
func (z *sparse[T]) usedRows(k, i0, i1 int) (used uint64) {
	end := i1 / z.rows
	if i1 == z.M {
		end = z.parts
	}
	for part := (i0 + z.rows - 1) / z.rows; part < end; part++ {
		used |= z.used[part*z.words+k]
	}
	return used
}

// skipZeros computes C[i0:i1, j0:j1] without the zeros of A and reports whether it
// could: where B is not finite a zero counts.
func (v *view[T]) skipZeros(pl *plan, z *sparse[T], i0, i1, j0, j1 int, tmp []T) bool {
	for k := range z.words {
		for w := ^z.usedRows(k, i0, i1); w != 0; w &= w - 1 { // the sums show whether the other rows of B are finite
			q := k*64 + bits.TrailingZeros64(w)
			if q >= v.k {
				break
			}
			if !v.finiteB(q, j0, j1) {
				return false
			}
		}
	}
	src, rss := v.src, v.rss
	for p, b := 0, 0; p < v.k; p, b = p+pl.kb, b+1 {
		kb := min(pl.kb, v.k-p)
		for j := j0; j < j1; {
			end := min(v.untilB(j), j1)
			s := sparseArgs[T]{vecs: 8, lanes: pl.lanes, b: tmp, c: v.c[i0*v.rsc+j:], x: z.x, at: z.at,
				from: z.bounds[b*v.m+i0 : b*v.m+i1], to: z.bounds[(b+1)*v.m+i0 : (b+1)*v.m+i1], rsc: v.rsc}
			for !pl.packed && s.vecs > 1 && (s.vecs*pl.lanes > end-j || kb*s.vecs*pl.lanes*sizeOf[T]() > panelBytes) {
				s.vecs /= 2
			}
			if pl.packed {
				s.b, s.vecs = v.wholeVectors(pl, tmp, p, kb, j)
			}
			s.width = min(s.vecs*pl.lanes, end-j)
			if !pl.packed {
				v.pack(pl, s.vecs, tmp, p, kb, j, s.width)
			}
			if src != nil {
				s.src, s.rss = src[i0*rss+j:], rss
			}
			if !s.run(pl.path) {
				return false
			}
			j += s.width
		}
		src, rss = v.c, v.rsc
	}
	return true
}

// sparseArgs are the arguments of a kernel that computes rows of C from lists
// of what is not zero in rows of A,
//
//	C[i, :width] = Σ_{from[i] ≤ q < to[i]} x[q]·B[at[q]] + src[i, :width],
//
// where B is packed and nothing is added if src is nil. It reports whether all
// sums, but for src, are finite and none is −0.
type sparseArgs[T Float] struct {
	vecs, lanes  int
	b, c, src, x []T
	at, from, to []int32
	rsc, rss     int
	width        int
}

func (s *sparseArgs[T]) portable() (plain bool) {
	ld := s.vecs * s.lanes
	plain = true
	for i, from := range s.from {
		c := s.c[i*s.rsc:][:s.width]
		var buffer [8 * 4]T
		sum := buffer[:s.width]
		for q := from; q < s.to[i]; q++ {
			x := s.x[q]
			for j, y := range s.b[int(s.at[q])*ld:][:s.width] {
				sum[j] += x * y
			}
		}
		plain = plain && AllFinite(sum)
		for j := range c {
			plain = plain && (sum[j] != 0 || !math.Signbit(float64(sum[j])))
			if s.src != nil {
				sum[j] += s.src[i*s.rss+j]
			}
			c[j] = sum[j]
		}
	}
	return plain
}
