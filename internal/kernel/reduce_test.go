package kernel

import (
	"math"
	"testing"
)

func TestReductions(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testReductions[float32](t, 0x1p-24)
		testReductions[float64](t, 0x1p-51)
	})
}

func testReductions[T Float](t *testing.T, tol float64) {
	for _, n := range sizes() {
		x := make([]T, n+1)[1:]
		Normal(x, testNoise, 1, 0, 0)
		var sum, squares, size kahan
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range x {
			v := float64(v)
			sum.add(v)
			squares.add(v * v)
			size.add(math.Abs(v) + v*v)
			lo, hi = min(lo, v), max(hi, v)
		}
		near := func(what string, got, want float64) {
			t.Helper()
			if math.Abs(got-want) > tol*math.Abs(want)+1e-15*size.total() {
				t.Fatalf("n=%d: %s is %v, want %v", n, what, got, want)
			}
		}
		near("Sum", float64(Sum(x)), sum.total())
		near("SumSquares", SumSquares(x), squares.total())
		if float64(MaxOf(x)) != hi || float64(MinOf(x)) != lo {
			t.Fatalf("n=%d: max %v, min %v, want %v, %v", n, MaxOf(x), MinOf(x), hi, lo)
		}
		for i := 0; i < n; i += 1 + n/67 {
			was := x[i]
			x[i] = T(math.NaN())
			if m := MaxOf(x); m == m {
				t.Fatalf("n=%d: MaxOf missed NaN at %d", n, i)
			}
			if m := MinOf(x); m == m {
				t.Fatalf("n=%d: MinOf missed NaN at %d", n, i)
			}
			x[i] = 100
			if m := MaxOf(x); m != 100 {
				t.Fatalf("n=%d: MaxOf missed the element at %d", n, i)
			}
			x[i] = -100
			if m := MinOf(x); m != -100 {
				t.Fatalf("n=%d: MinOf missed the element at %d", n, i)
			}
			x[i] = was
		}
	}
}

// kahan adds with compensation (Neumaier).
type kahan struct{ sum, c float64 }

func (k *kahan) add(v float64) {
	s := k.sum + v
	if math.Abs(k.sum) >= math.Abs(v) {
		k.c += k.sum - s + v
	} else {
		k.c += v - s + k.sum
	}
	k.sum = s
}

func (k *kahan) total() float64 { return k.sum + k.c }

// Plain addition in float32 stops at 2^24.
func TestSumOfMany(t *testing.T) {
	x := make([]float32, 1<<25)
	for i := range x {
		x[i] = 1
	}
	onEachPath(t, func(t *testing.T) {
		if s := Sum(x); s != 1<<25 {
			t.Errorf("Sum of 2^25 ones is %v", s)
		}
		if s := SumSquares(x); s != 1<<25 {
			t.Errorf("SumSquares of 2^25 ones is %v", s)
		}
		dst := make([]float32, 1)
		if ColSum(dst, x, 1, 0); dst[0] != 1<<25 {
			t.Errorf("ColSum of 2^25 ones is %v", dst[0])
		}
	})
}

func TestReductionsAllocate(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		x, y, r := make([]float32, 1000), make([]float32, 1000), make([]float32, 100)
		if n := testing.AllocsPerRun(10, func() {
			Sum(x)
			SumSquares(x)
			MaxOf(x)
			RowMax(r, x, 10)
			RowLogSumExp(r, x, 10)
			RowSoftmax(y, x, 10, 0)
			RowLogSoftmax(y, x, 10, 0)
			ColSum(r[:10], x, 10, 0)
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func BenchmarkReduce(b *testing.B) {
	const rows, cols = 64, 200
	x, y, r := make([]float32, rows*cols), make([]float32, rows*cols), make([]float32, rows)
	c := make([]float32, cols)
	Normal(x, testNoise, 0, 0, 0)
	for _, k := range []struct {
		name string
		f    func()
	}{
		{"Sum", func() { Sum(x) }},
		{"SumSquares", func() { SumSquares(x) }},
		{"MaxOf", func() { MaxOf(x) }},
		{"AllFinite", func() { AllFinite(x) }},
		{"RowMax", func() { RowMax(r, x, cols) }},
		{"RowLogSumExp", func() { RowLogSumExp(r, x, cols) }},
		{"RowSoftmax", func() { RowSoftmax(y, x, cols, 0) }},
		{"ColSum", func() { ColSum(c, x, cols, 0) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				k.f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows/cols, "ns/elem")
		})
	}
}
