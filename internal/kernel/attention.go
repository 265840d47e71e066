package kernel

import (
	"fmt"
	"math"
)

// Attention is scaled dot-product attention in heads, or its derivatives: of queries
// Items×M×W, keys and values Items×N×W, by rows, of which each head has W/Heads = D
// columns,
//
//	P = softmax(Q·Kᵀ/√D)   Y = P·V   of each head.
//
// With G, the derivative of a sum by Y, it sets Y to those by Q, K and V, one after the
// other. The weights P are made for a block of queries at a time, in the cache, and for
// the derivatives once more (Dao et al., arXiv 2205.14135, whose softmax over blocks of
// keys is not needed where rows of them fit). Results are bit-identical for any number
// of workers.
type Attention[T Float] struct {
	Items, M, N, W, Heads int

	Q, K, V []T
	G       []T // nil: the result is wanted
	Y       []T

	Mask              []T // nil, or by rows of N: 0 where a query does not see a key; one that sees none gets zeros
	MaskItem, MaskRow int // elements from that of an item, and of a query, to the next; 0 is the same for all

	rows   cut // of the queries, in blocks
	own    []attentionWorker[T]
	inPart int // blocks of a part
	heads  int // of a part, all or one
}

// attentionRows is the number of queries in a block.
const attentionRows = 64

// attentionParts are enough for as many processors: then a part has all heads, whose
// numbers are neighbours in memory.
const attentionParts = 16

// unseen is a score so low that e to it is 0, and finite.
const unseen = -1e30

// attentionWorker is what a worker has of its own.
type attentionWorker[T Float] struct {
	p, r []T            // the weights of a block, and the derivatives by them
	low  []T            // the scores of keys that are not seen
	of   [2]attended[T] // by the rows of a block, the most and one less
}

// attended is the products of a block of queries.
type attended[T Float] struct {
	rows                 int
	scores, means, other small[T] // Q·Kᵀ, P·V and, summed over blocks, Pᵀ·G, and those of their shapes
}

// small is a product that one worker computes.
type small[T Float] struct {
	Gemm[T]
	parts int
}

func (s *small[T]) run(a, b, c []T, worker int) {
	s.A, s.B, s.C = a, b, c
	for part := range s.parts {
		s.Do(part, worker)
	}
}

// Prepare checks the fields and returns the number of parts in which Do does the work.
// The number depends on the shape alone.
func (a *Attention[T]) Prepare(p *Pool) (parts int) {
	a.check()
	a.rows = cutInto(a.M, (a.M+attentionRows-1)/attentionRows, 1)
	a.inPart = 1
	if a.G != nil { // blocks add to the same derivatives
		a.inPart = a.rows.n
	}
	d := a.W / a.Heads
	most := a.rows.most()
	a.own = make([]attentionWorker[T], p.Workers())
	for w := range a.own {
		own := &a.own[w]
		own.p = elements[T](aligned(most * a.N * sizeOf[T]()))
		if a.Mask != nil {
			own.low = make([]T, a.N)
			Fill(own.low, unseen)
		}
		if a.G != nil {
			own.r = elements[T](aligned(most * a.N * sizeOf[T]()))
		}
		for i := range own.of {
			m := max(most-i, 0)
			own.of[i] = attended[T]{m,
				small[T]{Gemm: Gemm[T]{M: m, N: a.N, K: d, TransB: true, LDA: a.W, LDB: a.W}},
				small[T]{Gemm: Gemm[T]{M: m, N: d, K: a.N, LDB: a.W, LDC: a.W}},
				small[T]{Gemm: Gemm[T]{M: a.N, N: d, K: m, TransA: true, LDB: a.W, LDC: a.W, Accumulate: true}}}
			for _, s := range []*small[T]{&own.of[i].scores, &own.of[i].means, &own.of[i].other} {
				s.pool, s.parts = p, s.divide(p)
			}
		}
	}
	a.heads = 1
	if parts = a.Items * a.rows.n / a.inPart; parts >= attentionParts {
		a.heads = a.Heads
	}
	return max(parts*a.Heads/a.heads, 1)
}

// Do computes one part; it makes a prepared Attention a Task.
func (a *Attention[T]) Do(part, worker int) {
	if a.Items == 0 {
		return
	}
	d, blocks := a.W/a.Heads, a.rows.n/a.inPart
	first := part % blocks * a.inPart
	part /= blocks
	for h := range a.heads {
		item, head := part*a.heads/a.Heads, part*a.heads%a.Heads+h
		q, k := item*a.M*a.W+head*d, item*a.N*a.W+head*d // where the head begins
		if a.M == 0 {
			q = 0
		}
		if a.N == 0 {
			k = 0
		}
		dk, dv := []T(nil), []T(nil)
		if a.G != nil {
			dk = a.Y[a.Items*a.M*a.W+k:]
			dv = a.Y[a.Items*(a.M+a.N)*a.W+k:]
		}
		for block := first; block < first+a.inPart; block++ {
			i0, i1 := a.rows.bounds(block)
			a.block(&a.own[worker], q+i0*a.W, k, item*a.MaskItem+i0*a.MaskRow, i1-i0, dk, dv, block > first, worker)
		}
	}
}

// block computes m queries from place q on, with keys and values from k on and masks from
// seen on; derivatives by these are added to, or are the first.
func (a *Attention[T]) block(own *attentionWorker[T], q, k, seen, m int, dk, dv []T, add bool, worker int) {
	of := &own.of[0]
	if of.rows != m {
		of = &own.of[1]
	}
	of.other.Accumulate = add
	p, scale := own.p[:m*a.N], T(1/math.Sqrt(float64(a.W/a.Heads)))
	of.scores.run(a.Q[q:], a.K[k:], p, worker)
	if a.N > 0 {
		rowSoftmax(p, p, a.N, scale, a.hide(p, seen, own.low))
	}
	if a.G == nil {
		of.means.run(p, a.V[k:], a.Y[q:], worker)
		return
	}
	r := own.r[:m*a.N]
	of.other.run(p, a.G[q:], dv, worker)
	of.scores.run(a.G[q:], a.V[k:], r, worker)
	rowSoftmaxGrad(r, r, p, a.N, scale)
	of.means.run(r, a.K[k:], a.Y[q:], worker)
	of.other.run(r, a.Q[q:], dk, worker)
}

// hide gives what the queries of p, whose masks begin at place seen, do not see scores so
// low that their weights are 0, and returns what counts as low.
func (a *Attention[T]) hide(p []T, seen int, low []T) T {
	if a.Mask == nil {
		return T(math.Inf(-1))
	}
	for n := a.N; len(p) > 0; p = p[n:] {
		Where(p[:n], a.Mask[seen:][:n], p[:n], low)
		seen += a.MaskRow
	}
	return unseen / 2
}

// FLOPs returns the multiplications and additions of its products.
func (a *Attention[T]) FLOPs() float64 {
	products := 2.0
	if a.G != nil {
		products = 5
	}
	return products * 2 * float64(a.Items) * float64(a.M) * float64(a.N) * float64(a.W)
}

// check panics unless the sizes are possible and the slices long enough.
func (a *Attention[T]) check() {
	if min(a.Items, a.M, a.N) < 0 || a.W < 1 || a.Heads < 1 || a.W%a.Heads != 0 {
		panic(fmt.Sprintf("kernel: Attention of %d items, %d queries and %d keys of width %d in %d heads", a.Items, a.M, a.N, a.W, a.Heads))
	}
	queries, keys := a.Items*a.M*a.W, a.Items*a.N*a.W
	if last := (a.Items-1)*a.MaskItem + (a.M-1)*a.MaskRow + a.N; a.Mask != nil && min(a.Items, a.M) > 0 && (min(a.MaskItem, a.MaskRow) < 0 || len(a.Mask) < last) {
		panic(fmt.Sprintf("kernel: Attention: a mask of %d elements, %d an item and %d a query, want %d", len(a.Mask), a.MaskItem, a.MaskRow, last))
	}
	out := queries
	if a.G != nil {
		out += 2 * keys
		if len(a.G) != queries {
			panic(fmt.Sprintf("kernel: Attention: G has %d elements, want %d", len(a.G), queries))
		}
	}
	if len(a.Q) != queries || len(a.K) != keys || len(a.V) != keys || len(a.Y) != out {
		panic(fmt.Sprintf("kernel: Attention: %d, %d, %d and %d elements, want %d, %d, %d and %d", len(a.Q), len(a.K), len(a.V), len(a.Y), queries, keys, keys, out))
	}
}
