package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// ruleCases are products of every kind of plan.
var ruleCases = []caseOf{
	{m: 100, n: 500, k: 784, bias: true}, {m: 100, n: 784, k: 500, transB: true}, {m: 784, n: 500, k: 100, transA: true, accumulate: true},
	{m: 300, n: 77, k: 1000, transA: true, transB: true, pad: 3}, {m: 1, n: 1500, k: 1200}, {m: 1500, n: 1, k: 1200, bias: true},
	{m: 1500, n: 1, k: 1200, transA: true, bias: true}, {m: 8, n: 900, k: 900, transB: true}, {m: 5, n: 900, k: 2100},
	{m: 30, n: 20, k: 40, batch: 50, bias: true}, {m: 1000, n: 10, k: 300, accumulate: true, bias: true}, {m: 20, n: 500, k: 100, transA: true},
	{m: 1024, n: 300, k: 200, transA: true},
}

// Results do not depend on the number of workers, bit for bit.
func TestGemmSameForAnyWorkers(t *testing.T) {
	eachPath(t, testGemmSameForAnyWorkers[float32], testGemmSameForAnyWorkers[float64])
}

func testGemmSameForAnyWorkers[T Float](t *testing.T, _ *Pool) {
	for _, c := range ruleCases {
		if Active() == Portable {
			c.m, c.n, c.k = min(c.m, 100), min(c.n, 200), min(c.k, 200)
		}
		g, _ := product[T](rand.New(rand.NewPCG(1, 2)), c)
		g.Epilogue = square[T]
		start := append([]T(nil), g.C...)
		var want []T
		for _, workers := range []int{1, 2, 4} {
			copy(g.C, start)
			p := NewPool(workers)
			g.Run(p)
			p.Close()
			if want == nil {
				want = append(want, g.C...)
			}
			for i, w := range want {
				if math.Float64bits(float64(g.C[i])) != math.Float64bits(float64(w)) {
					t.Fatalf("%+v: C[%d] is %v with %d workers, %v with one", c, i, g.C[i], workers, w)
				}
			}
		}
	}
}

func TestGemmDoesNotAllocate(t *testing.T) {
	eachPath(t, testGemmDoesNotAllocate[float32], testGemmDoesNotAllocate[float64])
}

func testGemmDoesNotAllocate[T Float](t *testing.T, p *Pool) {
	for _, c := range ruleCases {
		if Active() == Portable {
			c.m, c.n, c.k = min(c.m, 50), min(c.n, 50), min(c.k, 50)
		}
		g, _ := product[T](rand.New(rand.NewPCG(1, 2)), c)
		g.Epilogue = square[T]
		if n := testing.AllocsPerRun(2, func() { g.Run(p) }); n != 0 {
			t.Errorf("%+v: %v allocations", c, n)
		}
	}
}

func square[T Float](dst []T) {
	for i, x := range dst {
		dst[i] = x * x
	}
}

// Every element is finished once.
func TestGemmEpilogue(t *testing.T) {
	eachPath(t, testGemmEpilogue[float32], testGemmEpilogue[float64])
}

func testGemmEpilogue[T Float](t *testing.T, p *Pool) {
	for _, c := range append(ruleCases, caseOf{m: 3, n: 4}, caseOf{m: 250, n: 2500, k: 3}) {
		if Active() == Portable {
			c.m, c.n, c.k = min(c.m, 90), min(c.n, 300), min(c.k, 50)
		}
		c.pad *= 2
		r := rand.New(rand.NewPCG(1, 2))
		g, intact := product[T](r, c)
		clear(g.A)
		if c.bias {
			for j := range g.Bias {
				g.Bias[j] = 1
			}
		}
		g.Epilogue = func(dst []T) {
			for i := range dst {
				dst[i] += 7
			}
		}
		start := append([]T(nil), g.C...)
		g.Run(p)
		if err := intact(); err != nil {
			t.Fatal(err)
		}
		for item := range max(c.batch, 1) {
			for i := range c.m {
				for j := range c.n {
					at := item*g.StrideC + i*g.LDC + j
					want := T(0)
					if c.accumulate {
						want += start[at]
					}
					if c.bias {
						want++
					}
					if want += 7; g.C[at] != want {
						t.Fatalf("%+v: C[%d, %d] of product %d is %v, want %v", c, i, j, item, g.C[at], want)
					}
				}
			}
		}
	}
}

func TestGemmMisuse(t *testing.T) {
	p := NewPool(1)
	x := make([]float32, 100)
	for _, c := range []struct {
		want string
		g    Gemm[float32]
	}{
		{"kernel: Gemm of -1×2 by 2×3, batch 0: negative size", Gemm[float32]{M: -1, N: 3, K: 2}},
		{"kernel: Gemm: A has 5 elements; 2×3, row stride 3, batch 1, needs 6", Gemm[float32]{M: 2, N: 4, K: 3, A: x[:5], B: x, C: x}},
		{"kernel: Gemm: A has 5 elements; 3×2, row stride 2, batch 1, needs 6", Gemm[float32]{M: 2, N: 4, K: 3, TransA: true, A: x[:5], B: x, C: x}},
		{"kernel: Gemm: B has 16 elements; 3×4, row stride 7, batch 1, needs 18", Gemm[float32]{M: 2, N: 4, K: 3, A: x, B: x[:16], LDB: 7, C: x}},
		{"kernel: Gemm: C has 7 elements; 2×4, row stride 4, batch 1, needs 8", Gemm[float32]{M: 2, N: 4, K: 3, A: x, B: x, C: x[:7]}},
		{"kernel: Gemm: LDC 3 is less than the row of 4", Gemm[float32]{M: 2, N: 4, K: 3, A: x, B: x, C: x, LDC: 3}},
		{"kernel: Gemm: Bias has 3 elements for 4 columns", Gemm[float32]{M: 2, N: 4, K: 3, A: x, B: x, C: x, Bias: x[:3]}},
		{"kernel: Gemm: StrideC 7 makes products of 2×4 overlap", Gemm[float32]{M: 2, N: 4, K: 3, A: x, B: x, C: x, Batch: 2, StrideC: 7}},
		{"kernel: Gemm: StrideA -1 is negative", Gemm[float32]{M: 2, N: 4, K: 3, A: x, B: x, C: x, StrideA: -1}},
		{"kernel: Gemm: A has 10 elements; 2×3, row stride 3, batch 2, needs 12", Gemm[float32]{M: 2, N: 4, K: 3, A: x[:10], B: x, C: x, Batch: 2, StrideA: 6, StrideC: 8}},
	} {
		mustPanic(t, c.want, func() { c.g.Run(p) })
	}
}

// Products may share a phase with other tasks.
func TestGemmInOnePhase(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	r := rand.New(rand.NewPCG(1, 2))
	dx, _ := product[float64](r, caseOf{m: 100, n: 80, k: 200, transB: true})
	dw, _ := product[float64](r, caseOf{m: 90, n: 200, k: 100, transA: true})
	wantX, _ := naive(dx, dx.C)
	wantW, _ := naive(dw, dw.C)
	n := dx.Prepare(p)
	p.Run(n+dw.Prepare(p), taskFunc(func(part, worker int) {
		if part < n {
			dx.Do(part, worker)
		} else {
			dw.Do(part-n, worker)
		}
	}))
	for i, w := range append(wantX, wantW...) {
		if got := append(dx.C, dw.C...)[i]; math.Abs(got-w) > 1e-12 {
			t.Fatalf("element %d is %v, want %v", i, got, w)
		}
		if i > 500 {
			break
		}
	}
}

func ExampleGemm() {
	p := NewPool(0)
	defer p.Close()
	g := Gemm[float32]{
		M: 2, N: 2, K: 3,
		A:    []float32{1, 2, 3, 4, 5, 6},
		B:    []float32{1, 0, 0, 1, 1, 1},
		C:    make([]float32, 4),
		Bias: []float32{10, 20},
	}
	g.Run(p)
	fmt.Println(g.C)
	// Output: [14 25 20 31]
}

// A product that is deep but small is not cut into strips of few rows, each of which
// would pack all of B anew: the weight gradients of many rows are such.
func TestGemmDeepIsNotCutShort(t *testing.T) {
	p := NewPool(1)
	defer p.Close()
	for _, c := range []struct{ m, n, k, fewest int }{
		{256, 784, 20000, 256}, {256, 256, 20000, 256}, {1000, 784, 4096, 192}, {2048, 784, 20000, 192},
	} {
		g := &Gemm[float32]{M: c.m, N: c.n, K: c.k, TransA: true, A: make([]float32, c.m*c.k), B: make([]float32, c.k*c.n), C: make([]float32, c.m*c.n)}
		parts := g.Prepare(p)
		for i := range g.plan.rows.n {
			if lo, hi := g.plan.rows.bounds(i); hi-lo < c.fewest {
				t.Errorf("%+v: part %d of %d has %d rows", c, i, parts, hi-lo)
			}
		}
	}
}
