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
	if cols >= narrow {
		eachRow("RowLogSumExp", dst, x, cols, logSumExp[T])
		return
	}
	if rows := rowCount("RowLogSumExp", len(x), cols); len(dst) != rows {
		panicLengths("RowLogSumExp", len(dst), rows)
	}
	var exp [block]T
	for n := block / cols; len(dst) > 0; dst, x = dst[n:], x[n*cols:] {
		n = min(n, len(dst))
		e := exp[:n*cols]
		belowMax(e, x[:len(e)], cols, T(math.Inf(-1)))
		Map(OpExp, e, e)
		for r := range n {
			m := largest(x[r*cols:(r+1)*cols], T(math.Inf(-1)))
			if s := added(e[r*cols : (r+1)*cols]); s > 0 {
				m = T(float64(m) + math.Log(float64(s)))
			}
			dst[r] = m
		}
	}
}

// RowLogSoftmax sets each row of dst to x - ln Σ eˣ of the row of x, where the
// logarithm is low for a row of -Inf: low is -Inf, so that NaN comes out, or a
// number below all others, so that -Inf does. A row with NaN becomes NaN; one
// with +Inf has NaN there and -Inf elsewhere. dst may be x.
func RowLogSoftmax[T Float](dst, x []T, cols int, low T) {
	eachRows("RowLogSoftmax", dst, x, cols, func(d, x []T) {
		if cols < narrow {
			var exp [block]T
			e := exp[:len(x)]
			belowMax(d, x, cols, low)
			Map(OpExp, e, d)
			for ; len(d) > 0; d, e = d[cols:], e[cols:] {
				if s := added(e[:cols]); s > 0 {
					s = T(math.Log(float64(s)))
					for i := range d[:cols] {
						d[i] -= s
					}
				}
			}
			return
		}
		m := max(MaxOf(x), low)
		l := T(0)
		if s := sumExp(x, m); s > 0 {
			l = T(math.Log(s))
		}
		ZipRight(OpSub, d, x, m) // then l: m + l would lose digits of l
		ZipRight(OpSub, d, d, l)
	})
}

// Rows shorter than narrow take less time together, block elements at most,
// than one after the other.
const narrow, block = 16, 512

// eachRows calls f with one row of dst and x after the other, or with some at
// once if they are narrow.
func eachRows[T Float](what string, dst, x []T, cols int, f func(dst, x []T)) {
	rowCount(what, len(x), cols)
	if len(dst) != len(x) {
		panicLengths(what, len(dst), len(x))
	}
	n := cols
	if cols < narrow {
		n = block / cols * cols
	}
	for ; len(x) > 0; dst, x = dst[n:], x[n:] {
		n = min(n, len(x))
		f(dst[:n], x[:n])
	}
}

// largest returns the largest of x and m, and added the sum of x, for a few
// elements.
func largest[T Float](x []T, m T) T {
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func added[T Float](x []T) (s T) {
	for _, v := range x {
		s += v
	}
	return s
}

// belowMax sets dst to x less the largest of its row or low.
func belowMax[T Float](dst, x []T, cols int, low T) {
	for ; len(x) > 0; dst, x = dst[cols:], x[cols:] {
		m := largest(x[:cols], low)
		for i, v := range x[:cols] {
			dst[i] = v - m
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

// AddRows adds x, rows as long as dst, to dst, one after the other, as befits a few.
func AddRows[T Float](dst, x []T) {
	rows := rowCount("AddRows", len(x), len(dst))
	if len(x) <= chunk && vectors() && unsafe.Sizeof(T(0)) == 4 && rows > 0 {
		addRows(as32(dst), as32(x), rows)
		return
	}
	for n := len(dst); len(x) > 0; x = x[n:] {
		Zip(OpAdd, dst, dst, x[:n])
	}
}

//go:noinline
func addRows(dst, x []float32, rows int) { addRows32(dst, x, rows) }

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
