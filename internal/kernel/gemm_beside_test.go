package kernel

import (
	"math/rand/v2"
	"testing"
)

// Matrices side by side are one matrix.
func TestGemmBeside(t *testing.T) {
	eachPath(t, testGemmBeside[float32], testGemmBeside[float64])
}

func testGemmBeside[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(21, 22))
	for _, s := range [][3]int{{1, 5, 3}, {3, 40, 7}, {16, 128, 128}, {30, 200, 20}, {100, 33, 90}, {7, 0, 9}} {
		for _, n := range []int{1, 2, 3} {
			for i, f := range bools(2) {
				m, k := s[0], s[1]*n
				x, intact := product[T](r, caseOf{m: m, k: k, n: s[2], transB: f[0], bias: f[1], accumulate: i == 2, pad: i, off: i})
				one := x.A
				x.BesideA, x.LDA = apart(one, x.LDA, m, k, n, i)
				checkBeside(t, p, x, intact, one, k+i, nil, 0)

				k, cols := s[0], n*BesideColumns*(1+i%2)
				y, intact := product[T](r, caseOf{m: s[2], k: k, n: cols, transA: f[0], bias: f[1], accumulate: i == 2, pad: i, off: i})
				one = y.B
				y.Sparse = n == 3
				for q := range y.A {
					if n == 3 && q%5 > 0 {
						y.A[q] = 0
					}
				}
				y.BesideB, y.LDB = apart(one, y.LDB, k, cols, n, i)
				checkBeside(t, p, y, intact, nil, 0, one, cols+i)
			}
		}
	}
}

// What another product of the same A found is skipped, and only there.
func TestGemmSharesZeros(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	r := rand.New(rand.NewPCG(23, 24))
	one, _ := product[float32](r, caseOf{m: 60, k: 70, n: 40})
	two, _ := product[float32](r, caseOf{m: 60, k: 70, n: 90})
	two.A, one.Sparse, two.Sparse = one.A, true, true
	for i := range one.A {
		if i%9 > 0 {
			one.A[i] = 0
		}
	}
	one.Prepare(p)
	parts := two.Prepare(p)
	if !two.ShareZeros(one) {
		t.Fatal("not shared")
	}
	for range 2 {
		one.A[5], one.A[9] = one.A[9], one.A[5]
		one.FindZeros()
		two.FindZeros()
		if !two.zeros.use {
			t.Error("zeros are not skipped")
		}
		want, _ := naive(two, append([]float32(nil), two.C...))
		p.Run(parts, two)
		for i, w := range want {
			if d := float64(two.C[i]) - w; !(d < 1e-5 && d > -1e-5) {
				t.Fatalf("C[%d] = %v, want %v", i, two.C[i], w)
			}
		}
	}
	other, _ := product[float32](r, caseOf{m: 60, k: 70, n: 40})
	other.Sparse = true
	other.Prepare(p)
	if other.ShareZeros(one) {
		t.Error("shared with a product of another matrix")
	}
}

func TestGemmBesideMisuse(t *testing.T) {
	p := NewPool(1)
	x := make([]float32, 4096)
	two := [][]float32{x, x}
	for _, c := range []struct {
		want string
		g    Gemm[float32]
	}{
		{"kernel: Gemm of 4×6 by 6×3 cannot have 2 matrices side by side as A, 0 as B", Gemm[float32]{M: 4, K: 6, N: 3, TransA: true, BesideA: two, B: x, C: x}},
		{"kernel: Gemm of 4×5 by 5×3 cannot have 2 matrices side by side as A, 0 as B", Gemm[float32]{M: 4, K: 5, N: 3, BesideA: two, B: x, C: x}},
		{"kernel: Gemm of 4×5 by 5×60 cannot have 0 matrices side by side as A, 2 as B", Gemm[float32]{M: 4, K: 5, N: 60, A: x, BesideB: two, C: x}},
		{"kernel: Gemm: A has 5 elements; 4×3, row stride 3, batch 1, needs 12", Gemm[float32]{M: 4, K: 6, N: 3, BesideA: [][]float32{x, x[:5]}, B: x, C: x}},
		{"kernel: Gemm: B has 9 elements; 2×32, row stride 32, batch 1, needs 64", Gemm[float32]{M: 4, K: 2, N: 64, A: x, BesideB: [][]float32{x, x[:9]}, C: x}},
	} {
		mustPanic(t, c.want, func() { c.g.Run(p) })
	}
}

// apart copies the columns of a matrix to n matrices, whose rows are pad elements apart.
func apart[T Float](x []T, ld, rows, cols, n, pad int) (parts [][]T, stride int) {
	w := cols / n
	for i := range n {
		y := make([]T, rows*(w+pad))
		for r := range rows {
			if w > 0 {
				copy(y[r*(w+pad):][:w], x[r*ld+i*w:])
			}
		}
		parts = append(parts, y)
	}
	return parts, w + pad
}

func checkBeside[T Float](t *testing.T, p *Pool, g *Gemm[T], intact func() error, a []T, lda int, b []T, ldb int) {
	t.Helper()
	whole := Gemm[T]{M: g.M, N: g.N, K: g.K, TransA: g.TransA, TransB: g.TransB, A: g.A, B: g.B, C: g.C, LDA: g.LDA, LDB: g.LDB,
		LDC: g.LDC, Accumulate: g.Accumulate, Bias: g.Bias}
	if a != nil {
		whole.A, whole.LDA, g.A = a, lda, nil
	}
	if b != nil {
		whole.B, whole.LDB, g.B = b, ldb, nil
	}
	want, scale := naive(&whole, append([]T(nil), g.C...))
	g.Run(p)
	if err := intact(); err != nil {
		t.Fatal(err)
	}
	tol := epsilon[T]() * (2 + float64(g.K)/8)
	for i, w := range want {
		if scale[i] == 0 && g.K > 0 {
			continue // between rows
		}
		if d := float64(g.C[i]) - w; !(d <= tol*(scale[i]+1e-30) && -d <= tol*(scale[i]+1e-30)) {
			t.Fatalf("%d×%d by %d×%d, %d and %d side by side: C[%d] = %v, want %v", g.M, g.K, g.K, g.N, len(g.BesideA), len(g.BesideB), i, g.C[i], w)
		}
	}
}
