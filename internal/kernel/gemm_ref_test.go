package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// paths lists the kernel paths that this machine and build can run.
func paths() []Path {
	all := []Path{Portable}
	for p := AVX2; p <= best(); p++ {
		all = append(all, p)
	}
	return all
}

// onPath runs f with the path forced.
func onPath(t testing.TB, p Path, f func()) {
	t.Helper()
	was := active
	active = p
	defer func() { active = was }()
	f()
}

// fenced returns n random elements that start off elements into an array, with
// guard values on both sides, and a function that checks the guards.
func fenced[T Float](r *rand.Rand, n, off int) (x []T, intact func() bool) {
	const guard = 12345
	all := make([]T, off+n+40)
	for i := range all {
		all[i] = guard
	}
	x = all[off : off+n : off+n]
	for i := range x {
		x[i] = T(r.Float64()*2 - 1)
	}
	return x, func() bool {
		for i, v := range all {
			if (i < off || i >= off+n) && v != guard {
				return false
			}
		}
		return true
	}
}

// naive computes g in float64 by the definition, together with a bound on what
// rounding may do to each element.
func naive[T Float](g *Gemm[T], c0 []T) (want, scale []float64) {
	want, scale = make([]float64, len(c0)), make([]float64, len(c0))
	for i, x := range c0 {
		want[i] = float64(x)
	}
	for item := range max(g.Batch, 1) {
		if g.K == 0 {
			g.A, g.B = nil, nil
		}
		a := denseOf(g.A[min(item*g.StrideA, len(g.A)):], g.lda(), g.M, g.K, g.TransA)
		b := denseOf(g.B[min(item*g.StrideB, len(g.B)):], g.ldb(), g.N, g.K, !g.TransB)
		for i := range g.M {
			for j := range g.N {
				sum, abs := slowDot(a[i*g.K:][:g.K], b[j*g.K:][:g.K])
				to := item*g.StrideC + i*g.ldc() + j
				if g.Accumulate {
					sum += float64(c0[to])
					abs += math.Abs(float64(c0[to]))
				}
				if g.Bias != nil {
					sum += float64(g.Bias[j])
					abs += math.Abs(float64(g.Bias[j]))
				}
				want[to], scale[to] = sum, abs
			}
		}
	}
	return want, scale
}

// slowDot returns x·y and the sum of the magnitudes of its terms.
//
//go:norace
func slowDot(x, y []float64) (sum, abs float64) {
	for i, a := range x {
		sum += a * y[i]
		abs += math.Abs(a * y[i])
	}
	return sum, abs
}

// denseOf returns a rows×cols matrix, stored transposed or not, as adjoining
// float64 rows.
//
//go:norace
func denseOf[T Float](x []T, ld, rows, cols int, trans bool) []float64 {
	y := make([]float64, rows*cols)
	for i := range rows {
		for j := range cols {
			if trans {
				y[i*cols+j] = float64(x[j*ld+i])
			} else {
				y[i*cols+j] = float64(x[i*ld+j])
			}
		}
	}
	return y
}

// epsilon is the distance from 1 to the next T.
func epsilon[T Float]() float64 {
	if sizeOf[T]() == 4 {
		return 0x1p-23
	}
	return 0x1p-52
}

// caseOf describes a product to make up.
type caseOf struct {
	m, n, k        int
	transA, transB bool
	accumulate     bool
	bias           bool
	pad, off       int // extra row stride, offset of the slices
	batch          int
}

// product is a Gemm with random operands; intact reports whether memory
// around and between the rows of C kept its guards.
func product[T Float](r *rand.Rand, c caseOf) (g *Gemm[T], intact func() error) {
	batch := max(c.batch, 1)
	stored := func(rows, cols int, trans bool) (ld, size, stride int) {
		if trans {
			rows, cols = cols, rows
		}
		ld = cols + c.pad
		if rows == 0 || cols == 0 {
			return ld, 0, 0
		}
		stride = (rows-1)*ld + cols + c.pad
		return ld, (batch-1)*stride + (rows-1)*ld + cols, stride
	}
	g = &Gemm[T]{M: c.m, N: c.n, K: c.k, TransA: c.transA, TransB: c.transB, Accumulate: c.accumulate, Batch: c.batch}
	var na, nb, nc int
	g.LDA, na, g.StrideA = stored(c.m, c.k, c.transA)
	g.LDB, nb, g.StrideB = stored(c.k, c.n, c.transB)
	g.LDC, nc, g.StrideC = stored(c.m, c.n, false)
	g.A, _ = fenced[T](r, na, c.off)
	g.B, _ = fenced[T](r, nb, c.off)
	var outside func() bool
	g.C, outside = fenced[T](r, nc, c.off)
	if c.bias {
		g.Bias, _ = fenced[T](r, c.n, c.off)
	}
	inside := make([]bool, nc)
	for item := range batch {
		for i := range c.m {
			for j := range c.n {
				inside[item*g.StrideC+i*g.LDC+j] = true
			}
		}
	}
	const gap = 777
	for i, in := range inside {
		if !in {
			g.C[i] = gap
		}
	}
	return g, func() error {
		if !outside() {
			return fmt.Errorf("memory around C was written")
		}
		for i, in := range inside {
			if !in && g.C[i] != gap {
				return fmt.Errorf("C[%d], between rows, was written", i)
			}
		}
		return nil
	}
}

// checkProduct runs g and compares it with the definition.
func checkProduct[T Float](t *testing.T, p *Pool, c caseOf, r *rand.Rand) {
	t.Helper()
	g, intact := product[T](r, c)
	want, scale := naive(g, append([]T(nil), g.C...))
	g.Run(p)
	if err := intact(); err != nil {
		t.Fatalf("%v %+v: %v", Active(), c, err)
	}
	tol := epsilon[T]() * (2 + float64(c.k)/8)
	for i, w := range want {
		if scale[i] == 0 && c.k > 0 {
			continue // between rows
		}
		if got := float64(g.C[i]); !(math.Abs(got-w) <= tol*(scale[i]+1e-30)) {
			t.Fatalf("%v %T %+v: C[%d] = %v, want %v", Active(), g.C, c, i, got, w)
		}
	}
}
