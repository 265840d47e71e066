package kernel

import (
	"math"
	"testing"
)

// Scaled rows, with a NaN or an infinity somewhere, and what is as good as hidden; the
// derivative in place of what it is of.
func TestSoftmax(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testSoftmax[float32](t, 4e-7)
		testSoftmax[float64](t, 1e-14)
	})
}

func testSoftmax[T Float](t *testing.T, tol float64) {
	const rows, scale, low = 5, .3, -5e29
	inf, nan := math.Inf(1), math.NaN()
	for _, cols := range []int{1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 70, 127, 130, 513, 5000} {
		x := make([]T, rows*cols+1)[1:]
		g := make([]T, rows*cols)
		Normal(x, testNoise, 3, 0, 0)
		Normal(g, testNoise, 4, 0, 0)
		ZipRight(OpMul, x, x, 5)
		hidden := cols / 2
		x[hidden], x[cols+cols-1], x[2*cols+hidden] = -1e30, T(nan), T(inf)
		for i := range cols {
			x[3*cols+i] = -1e30
		}
		y, check := guarded[T](t, len(x), 1)
		rowSoftmax(y, x, cols, scale, low)
		check()
		d, check := guarded[T](t, len(x), 1)
		copy(d, g)
		rowSoftmaxGrad(d, d, y, cols, scale)
		check()
		for r := range rows {
			of := func(s []T) []T { return s[r*cols : (r+1)*cols] }
			m, sum, dot := low, 0.0, 0.0
			for _, v := range of(x) {
				m = max(m, float64(v))
			}
			want := make([]float64, cols)
			for i, v := range of(x) {
				want[i] = math.Exp(scale * (float64(v) - m))
				sum += want[i]
			}
			for i := range want {
				if sum > 0 {
					want[i] /= sum
				}
				dot += want[i] * float64(of(g)[i])
				if got := float64(of(y)[i]); !nearly(got, want[i], tol*(1+10*math.Abs(math.Log(max(want[i], 1e-30))))*want[i]+1e-37) {
					t.Fatalf("cols=%d row %d: %v, want %v", cols, r, got, want[i])
				}
			}
			for i, p := range want {
				if got, want := float64(of(d)[i]), scale*p*(float64(of(g)[i])-dot); !nearly(got, want, 30*tol) {
					t.Fatalf("cols=%d row %d: derivative %v, want %v", cols, r, got, want)
				}
			}
		}
	}
}

// nearly is within a tolerance, or the same if not finite.
func nearly(got, want, tol float64) bool {
	return math.Abs(got-want) <= tol || got != got && want != want
}

func TestAddRows(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testAddRows[float32](t)
		testAddRows[float64](t)
	})
}

func testAddRows[T Float](t *testing.T) {
	for _, cols := range []int{1, 3, 7, 8, 9, 16, 17, 40, 128, 5000} {
		for rows := range 9 {
			x := make([]T, rows*cols+1)[1:]
			for i := range x {
				x[i] = T(i%7 - 3)
			}
			y, check := guarded[T](t, cols, 1)
			Fill(y, 2)
			AddRows(y, x)
			check()
			for j, got := range y {
				want := T(2)
				for r := range rows {
					want += x[r*cols+j]
				}
				if got != want {
					t.Fatalf("%d rows of %d: column %d is %v, want %v", rows, cols, j, got, want)
				}
			}
		}
	}
	mustPanic(t, "kernel: AddRows: 8 elements are not whole rows of 3", func() { AddRows(make([]T, 3), make([]T, 8)) })
}
