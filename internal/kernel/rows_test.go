package kernel

import (
	"math"
	"slices"
	"testing"
)

func TestRows(t *testing.T) {
	onEachPath(t, func(t *testing.T) {
		testRows[float32](t, 3e-7)
		testRows[float64](t, 4e-15)
	})
}

func testRows[T Float](t *testing.T, tol float64) {
	for _, cols := range []int{1, 2, 3, 7, 8, 9, 10, 16, 31, 33, 100, 513, 20011} {
		rows := 3
		if cols < 50 {
			rows = 21
		}
		x := make([]T, rows*cols+1)[1:]
		Normal(x, testNoise, 3, 0, 0)
		ZipRight(OpMul, x, x, 5)
		for i := range cols {
			x[cols+i] += 1000 // would overflow without the shift
		}
		top, lse := make([]T, rows), make([]T, rows)
		RowMax(top, x, cols)
		RowLogSumExp(lse, x, cols)
		soft, checkSoft := guarded[T](t, len(x), 1)
		none := T(math.Inf(-1))
		RowSoftmax(soft, x, cols, none)
		checkSoft()
		logSoft, checkLog := guarded[T](t, len(x), 1)
		RowLogSoftmax(logSoft, x, cols, none)
		checkLog()
		for r := range rows {
			row := x[r*cols : (r+1)*cols]
			var e float64
			m := math.Inf(-1)
			for _, v := range row {
				m = max(m, float64(v))
			}
			for _, v := range row {
				e += math.Exp(float64(v) - m)
			}
			l := m + math.Log(e)
			if float64(top[r]) != m || math.Abs(float64(lse[r])-l) > tol*math.Abs(l) {
				t.Fatalf("cols=%d row %d: %v %v, want %v %v", cols, r, top[r], lse[r], m, l)
			}
			for i, v := range row {
				// x - max is rounded before the exponential.
				tol := tol * (1 + math.Abs(float64(v)-m)/4)
				if got, want := float64(soft[r*cols+i]), math.Exp(float64(v)-m)/e; math.Abs(got-want) > tol*want+1e-44 {
					t.Fatalf("cols=%d row %d: softmax %v, want %v", cols, r, got, want)
				}
				if got, want := float64(logSoft[r*cols+i]), float64(v)-m-math.Log(e); math.Abs(got-want) > tol*max(1, math.Abs(want)) {
					t.Fatalf("cols=%d row %d: log-softmax %v, want %v", cols, r, got, want)
				}
			}
		}
		// A row alone gives the same, and so does working in place.
		one := make([]T, 1)
		if RowLogSumExp(one, x[2*cols:3*cols], cols); one[0] != lse[2] {
			t.Errorf("cols=%d: a row depends on the others", cols)
		}
		again := slices.Clone(x)
		if RowSoftmax(again, again, cols, none); !slices.Equal(again, soft) {
			t.Errorf("cols=%d: softmax in place differs", cols)
		}
		again = slices.Clone(x)
		if RowLogSoftmax(again, again, cols, none); !slices.Equal(again, logSoft) {
			t.Errorf("cols=%d: log-softmax in place differs", cols)
		}

		// Columns, whole and split.
		whole, check := guarded[T](t, cols, 1)
		ColSum(whole, x, cols, 0)
		check()
		for j, got := range whole {
			var s, size float64
			for r := range rows {
				s += float64(x[r*cols+j])
				size += math.Abs(float64(x[r*cols+j]))
			}
			if math.Abs(float64(got)-s) > tol*size {
				t.Fatalf("cols=%d: column %d is %v, want %v", cols, j, got, s)
			}
		}
		for _, at := range []int{1, 5, 17, 40} {
			if at > cols {
				continue
			}
			split := make([]T, cols)
			ColSum(split[:at], x, cols, 0)
			ColSum(split[at:], x, cols, at)
			if !slices.Equal(split, whole) {
				t.Errorf("cols=%d: column sums depend on the split at %d", cols, at)
			}
		}
	}

	inf := T(math.Inf(1))
	x := []T{-inf, -inf, 1, inf, 1, T(math.NaN()), -inf, 0}
	y := make([]T, 4)
	RowLogSumExp(y, x, 2)
	if y[0] != -inf || y[1] != inf || y[2] == y[2] || y[3] != 0 {
		t.Errorf("log-sum-exp of special rows is %v", y)
	}
	nan := T(math.NaN())
	same := func(what string, got, want []T) {
		t.Helper()
		for i, v := range got {
			if v != want[i] && (v == v || want[i] == want[i]) {
				t.Fatalf("%s of special rows is %v, want %v", what, got, want)
			}
		}
	}
	low := T(-math.MaxFloat32)
	soft := make([]T, len(x))
	RowLogSoftmax(soft, x, 2, -inf)
	same("log-softmax", soft, []T{nan, nan, -inf, nan, nan, nan, -inf, 0})
	RowLogSoftmax(soft, x, 2, low)
	same("log-softmax from a low logarithm", soft, []T{-inf, -inf, -inf, nan, nan, nan, -inf, 0})
	RowSoftmax(soft, x, 2, -inf)
	same("softmax", soft, []T{nan, nan, 0, nan, nan, nan, 0, 1})
	RowSoftmax(soft, x, 2, low)
	same("softmax from a low logarithm", soft, []T{0, 0, 0, nan, nan, nan, 0, 1})
	RowMax(nil, x[:0], 3)
	y[0] = 9
	if ColSum(y[:1], x[:0], 4, 2); y[0] != 0 {
		t.Errorf("the sum of no rows is %v", y[0])
	}
	mustPanic(t, "kernel: RowMax: 8 elements are not whole rows of 3", func() { RowMax(y, x, 3) })
	mustPanic(t, "kernel: RowMax: lengths [4 2] differ", func() { RowMax(y, x, 4) })
	mustPanic(t, "kernel: ColSum: columns 1 to 5 of 4", func() { ColSum(y, x, 4, 1) })
}
