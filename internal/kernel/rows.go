package kernel

import (
	"fmt"
	"math"
	"unsafe"
)

// The functions of this file read x as a matrix of rows of cols elements each.
// A row's result depends on that row alone, so rows may be split at will. They
// panic if x is not a whole number of rows, or dst has another length than the
// result.

// RowMax sets dst[r] to the largest element of row r of x, NaN if one is NaN.
func RowMax[T Float](dst, x []T, cols int) {
	eachRow("RowMax", dst, x, cols, MaxOf[T])
}

// RowLogSumExp sets dst[r] to ln Σ eˣ over row r of x, -Inf for a row of -Inf.
func RowLogSumExp[T Float](dst, x []T, cols int) {
	eachRow("RowLogSumExp", dst, x, cols, logSumExp[T])
}

// RowSoftmax sets each row of dst to eˣ/Σ eˣ of the row of x. dst may be x. A
// row of -Inf, or with +Inf or NaN, becomes NaN.
func RowSoftmax[T Float](dst, x []T, cols int) {
	rows := rowCount("RowSoftmax", len(x), cols)
	if len(dst) != len(x) {
		panicLengths("RowSoftmax", len(dst), len(x))
	}
	for r := range rows {
		d := dst[r*cols : (r+1)*cols]
		softmax(d, x[r*cols:(r+1)*cols])
	}
}

// RowLogSoftmax sets each row of dst to x - ln Σ eˣ of the row of x. dst may be
// x.
func RowLogSoftmax[T Float](dst, x []T, cols int) {
	rows := rowCount("RowLogSoftmax", len(x), cols)
	if len(dst) != len(x) {
		panicLengths("RowLogSoftmax", len(dst), len(x))
	}
	for r := range rows {
		row := x[r*cols : (r+1)*cols]
		m := MaxOf(row)
		d := dst[r*cols : (r+1)*cols]
		l := math.Log(sumExp(row, m))
		if unsafe.Sizeof(T(0)) == 4 {
			// Two steps: m + l would lose digits of l.
			ZipRight(OpSub, d, row, m)
			ZipRight(OpSub, d, d, T(l))
			continue
		}
		for i, v := range row {
			d[i] = v - m - T(l)
		}
	}
}

func eachRow[T Float](what string, dst, x []T, cols int, f func([]T) T) {
	rows := rowCount(what, len(x), cols)
	if len(dst) != rows {
		panicLengths(what, len(dst), rows)
	}
	for r := range rows {
		dst[r] = f(x[r*cols : (r+1)*cols])
	}
}

func rowCount(what string, n, cols int) int {
	if cols <= 0 || n%cols != 0 {
		panic(fmt.Sprintf("kernel: %s: %d elements are not whole rows of %d", what, n, cols))
	}
	return n / cols
}

func logSumExp[T Float](x []T) T {
	m := MaxOf(x)
	if math.IsInf(float64(m), 0) {
		return m
	}
	return T(float64(m) + math.Log(sumExp(x, m)))
}

// sumExp is Σ exp(x - m), m ≥ x.
func sumExp[T Float](x []T, m T) (sum float64) {
	if vectors() && unsafe.Sizeof(T(0)) == 4 {
		for v := as32(x); len(v) > 0; {
			k := min(len(v), chunk)
			sum += expTotal(v[:k], float32(m))
			v = v[k:]
		}
		return sum
	}
	for _, v := range x {
		sum += math.Exp(float64(v) - float64(m))
	}
	return sum
}

//go:noinline
func expTotal(x []float32, shift float32) float64 { return expTotal32AVX2(x, shift) }

//go:noinline
func expSum(dst, src []float32, shift float32) float64 { return expSum32AVX2(dst, src, shift) }

func softmax[T Float](dst, x []T) {
	m := MaxOf(x)
	var sum float64
	if vectors() && unsafe.Sizeof(T(0)) == 4 {
		for d, v := as32(dst), as32(x); len(v) > 0; {
			k := min(len(v), chunk)
			sum += expSum(d[:k], v[:k], float32(m))
			d, v = d[k:], v[k:]
		}
		ZipRight(OpMul, dst, dst, T(1/sum))
		return
	}
	for _, v := range x {
		sum += math.Exp(float64(v) - float64(m))
	}
	for i, v := range x {
		dst[i] = T(math.Exp(float64(v)-float64(m)) / sum)
	}
}

// ColSum sets dst[j] to the sum of column first+j of x, over all rows in order.
// float32 is added in float64. A column's result depends on that column alone,
// so columns may be split at will, but rows may not.
func ColSum[T Float](dst, x []T, cols, first int) {
	rows := rowCount("ColSum", len(x), cols)
	if first < 0 || first+len(dst) > cols {
		panic(fmt.Sprintf("kernel: ColSum: columns %d to %d of %d", first, first+len(dst), cols))
	}
	if vectors() && unsafe.Sizeof(T(0)) == 4 {
		for ; len(dst) >= 16; dst, first = dst[16:], first+16 {
			var acc [16]float64
			for r := 0; r < rows; r += rowChunk {
				colSum16(&acc, as32(x)[r*cols+first:], min(rows-r, rowChunk), cols)
			}
			for j, v := range acc {
				dst[j] = T(v)
			}
		}
	}
	var acc [64]float64
	for ; len(dst) > 0; first += len(acc) {
		k := min(len(acc), len(dst))
		clear(acc[:k])
		for r := range rows {
			for j, v := range x[r*cols+first : r*cols+first+k] {
				acc[j] += float64(v)
			}
		}
		for j, v := range acc[:k] {
			dst[j] = T(v)
		}
		dst = dst[k:]
	}
}

// rowChunk is the number of rows, each a miss of the cache, that one call of
// assembly adds at most.
const rowChunk = 2048

//go:noinline
func colSum16(acc *[16]float64, x []float32, rows, stride int) {
	colSum32AVX2(acc, &x[0], rows, stride)
}
