package kernel

import (
	"fmt"
	"math"
	"testing"
)

// BenchmarkGemmSubnormal multiplies by numbers below the normal ones, as the
// gradients of draws without weight are. Some processors take a hundred times as
// long for each.
func BenchmarkGemmSubnormal(b *testing.B) {
	for _, v := range []float32{1, 1e-40} {
		b.Run(fmt.Sprint(v), func(b *testing.B) {
			const n = 256
			p := NewPool(1)
			defer p.Close()
			g := Gemm[float32]{M: n, N: n, K: n, A: make([]float32, n*n), B: make([]float32, n*n), C: make([]float32, n*n)}
			for i := range g.A {
				g.A[i], g.B[i] = v, .5
			}
			for b.Loop() {
				g.Run(p)
			}
		})
	}
}

// Assembly counts subnormal operands and results as zeros, and leaves the
// processor as it was: Go code after it has its subnormal numbers.
func TestGemmOfSubnormals(t *testing.T) {
	eachPath(t, testGemmOfSubnormals[float32], testGemmOfSubnormals[float64])
}

func testGemmOfSubnormals[T Float](t *testing.T, p *Pool) {
	least, tiny := T(1e-40), T(1e-30) // below the normal numbers, and among them
	if _, double := any(least).(float64); double {
		least = T(math.Ldexp(1, -1040))
	}
	for _, n := range []int{1, 2, 7, 40} { // of dot products, small tiles and whole ones
		for _, sparse := range []bool{false, true} {
			g := Gemm[T]{M: n, N: n, K: n, A: make([]T, n*n), B: make([]T, n*n), C: make([]T, n*n), Sparse: sparse}
			for _, v := range []T{least, tiny} {
				for i := range g.A {
					g.A[i], g.B[i] = v, 1
				}
				g.Run(p)
				if half := g.A[0] * .5; half == 0 {
					t.Fatal("Go code has no subnormal numbers after a product")
				}
				for i, c := range g.C {
					if want := T(n) * v; !(c > .99*want && c < 1.01*want) && !(c == 0 && v == least) {
						t.Fatalf("%d×%d, sparse %v: element %d is %g, want %g", n, n, sparse, i, c, want)
					}
				}
			}
		}
	}
}
