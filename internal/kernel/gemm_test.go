package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// bools enumerates the combinations of n flags.
func bools(n int) (all [][]bool) {
	for bits := range 1 << n {
		f := make([]bool, n)
		for i := range f {
			f[i] = bits>>i&1 == 1
		}
		all = append(all, f)
	}
	return all
}

// eachPath runs f for both element types on every path.
func eachPath(t *testing.T, single, double func(t *testing.T, p *Pool)) {
	for _, path := range paths() {
		onPath(t, path, func() {
			p := NewPool(2)
			defer p.Close()
			t.Run(path.String()+"/float32", func(t *testing.T) { single(t, p) })
			t.Run(path.String()+"/float64", func(t *testing.T) { double(t, p) })
		})
	}
}

// Every size of one dimension, from nothing to beyond every block, with random
// others, in all transpositions, with and without what is added.
func TestGemmSizes(t *testing.T) {
	eachPath(t, testGemmSizes[float32], testGemmSizes[float64])
}

func testGemmSizes[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(1, 2))
	small := func() int {
		if r.IntN(4) == 0 {
			return r.IntN(90)
		}
		return r.IntN(20)
	}
	for size := 0; size < 140; size += 1 + min(size/30, 2) {
		if raceEnabled && size%5 != 0 {
			continue
		}
		for which := range 3 {
			for _, f := range bools(4) {
				c := caseOf{m: small(), n: small(), k: small(), transA: f[0], transB: f[1], accumulate: f[2],
					bias: f[3], pad: r.IntN(4), off: r.IntN(9)}
				*[]*int{&c.m, &c.n, &c.k}[which] = size
				checkProduct[T](t, p, c, r)
			}
		}
	}
}

// The smallest shapes, exhaustively.
func TestGemmTiny(t *testing.T) { eachPath(t, testGemmTiny[float32], testGemmTiny[float64]) }

func testGemmTiny[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(3, 4))
	for m := range 5 {
		for n := range 6 {
			for k := range 10 {
				for i, f := range bools(4) {
					checkProduct[T](t, p, caseOf{m: m, n: n, k: k, transA: f[0], transB: f[1], accumulate: f[2],
						bias: f[3], pad: i % 3, off: i % 5}, r)
				}
			}
		}
	}
}

// Shapes large enough to be divided, and beyond the blocks of k and of rows.
func TestGemmLarge(t *testing.T) { eachPath(t, testGemmLarge[float32], testGemmLarge[float64]) }

func testGemmLarge[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(5, 6))
	for i, s := range [][3]int{{100, 100, 784}, {270, 70, 400}, {1, 150, 5000}, {600, 1, 2500}, {1, 1000, 2100},
		{7, 130, 2100}, {520, 90, 30}, {1024, 300, 200}, {30, 3, 2100}, {2, 900, 770}, {900, 2, 1200}} {
		for j, f := range bools(2) {
			if (raceEnabled || Active() == Portable) && j != i%4 {
				continue // slow, and the driver is the same
			}
			checkProduct[T](t, p, caseOf{m: s[0], n: s[1], k: s[2], transA: f[0], transB: f[1],
				accumulate: (i+j)%2 == 1, bias: (i+j)%3 == 1, pad: i % 2, off: i}, r)
		}
	}
}

func TestGemmBatch(t *testing.T) { eachPath(t, testGemmBatch[float32], testGemmBatch[float64]) }

func testGemmBatch[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(7, 8))
	for i, s := range [][3]int{{3, 4, 5}, {20, 30, 40}, {1, 50, 60}, {50, 1, 60}, {0, 3, 4}, {100, 90, 40}} {
		for _, batch := range []int{1, 3, 20} {
			if raceEnabled && batch*s[0] > 500 {
				continue
			}
			for _, f := range bools(3) {
				checkProduct[T](t, p, caseOf{m: s[0], n: s[1], k: s[2], transA: f[0], transB: f[1], accumulate: f[2],
					bias: batch%2 == 1, batch: batch, pad: i % 2}, r)
			}
		}
	}
}

// Both operands may be shared by the whole batch.
func TestGemmBatchShared(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	g := Gemm[float64]{M: 2, N: 2, K: 1, A: []float64{1, 2}, B: []float64{3, 4, 5, 6}, C: make([]float64, 8),
		Batch: 2, StrideB: 2, StrideC: 4}
	g.Run(p)
	for i, want := range []float64{3, 4, 6, 8, 5, 6, 10, 12} {
		if g.C[i] != want {
			t.Fatalf("C = %v", g.C)
		}
	}
}

// A NaN or an infinity in an operand reaches exactly the elements it should,
// whatever the kernel: no zero padding meets it.
func TestGemmNotFinite(t *testing.T) {
	eachPath(t, testGemmNotFinite[float32], testGemmNotFinite[float64])
}

func testGemmNotFinite[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, s := range [][3]int{{1, 37, 19}, {37, 1, 19}, {5, 37, 19}, {29, 37, 19}, {29, 3, 21}, {2, 2, 2}} {
		for _, f := range bools(2) {
			for _, special := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				g, intact := product[T](r, caseOf{m: s[0], n: s[1], k: s[2], transA: f[0], transB: f[1], pad: 1})
				i, j := r.IntN(g.M), r.IntN(g.N)
				set := func(x []T, ld int, trans bool, i, j int) {
					if trans {
						i, j = j, i
					}
					x[i*ld+j] = T(special)
				}
				set(g.A, g.LDA, g.TransA, i, r.IntN(g.K))
				set(g.B, g.LDB, g.TransB, r.IntN(g.K), j)
				want, _ := naive(g, append([]T(nil), g.C...))
				g.Run(p)
				if err := intact(); err != nil {
					t.Fatal(err)
				}
				for x := range g.M {
					for y := range g.N {
						got, w := float64(g.C[x*g.LDC+y]), want[x*g.LDC+y]
						same := math.IsNaN(got) == math.IsNaN(w) && (math.IsInf(w, 0) == math.IsInf(got, 0)) &&
							(!math.IsInf(w, 0) || got == w)
						if finite := x != i && y != j; !same || finite == (math.IsNaN(got) || math.IsInf(got, 0)) {
							t.Fatalf("%v %v: C[%d,%d] = %v, want %v; special at row %d, column %d", s, f, x, y, got, w, i, j)
						}
					}
				}
			}
		}
	}
}
