package kernel

import (
	"math"
	"unsafe"
)

// Sum returns Σ x, so wide that parts of a slice can be added further. float32 is
// added in float64; float64 is added pairwise. The order depends on the length
// alone.
func Sum[T Float](x []T) float64 {
	if unsafe.Sizeof(T(0)) == 8 {
		return pairwise(as64(x), false)
	}
	var sum float64
	for v := as32(x); len(v) > 0; {
		k := min(len(v), chunk)
		sum += sumChunk(v[:k])
		v = v[k:]
	}
	return sum
}

// SumSquares returns Σ x². float64 is added like Sum. float32 may be squared and
// added by fours before it is widened, with a relative error below 2⁻²¹, unless a
// square or four together exceed the largest float32, which gives infinity, or
// are below the smallest normal one, which loses bits.
func SumSquares[T Float](x []T) float64 {
	if unsafe.Sizeof(T(0)) == 8 {
		return pairwise(as64(x), true)
	}
	var sum float64
	for v := as32(x); len(v) > 0; {
		k := min(len(v), chunk)
		sum += squaresChunk(v[:k])
		v = v[k:]
	}
	return sum
}

//go:noinline
func sumChunk(x []float32) float64 {
	if vectors() {
		return sum32AVX2(x)
	}
	var a, b, c, d float64
	for len(x) >= 4 {
		a += float64(x[0])
		b += float64(x[1])
		c += float64(x[2])
		d += float64(x[3])
		x = x[4:]
	}
	for _, v := range x {
		a += float64(v)
	}
	return a + b + (c + d)
}

//go:noinline
func squaresChunk(x []float32) float64 {
	if vectors() {
		return sumSquares32AVX2(x)
	}
	var a, b float64
	for len(x) >= 2 {
		a += float64(x[0]) * float64(x[0])
		b += float64(x[1]) * float64(x[1])
		x = x[2:]
	}
	for _, v := range x {
		a += float64(v) * float64(v)
	}
	return a + b
}

// pairwise adds x, or x² if squared, splitting in halves down to 128 elements.
func pairwise(x []float64, squared bool) float64 {
	if len(x) > 128 {
		h := (len(x)/2 + 3) &^ 3
		return pairwise(x[:h], squared) + pairwise(x[h:], squared)
	}
	var s [4]float64
	for i, v := range x {
		if squared {
			v *= v
		}
		s[i%4] += v
	}
	return s[0] + s[1] + (s[2] + s[3])
}

// MaxOf returns the largest element, NaN if one is NaN, and -Inf if there are
// none.
func MaxOf[T Float](x []T) T {
	m := T(math.Inf(-1))
	for len(x) > chunk {
		m = max(m, MaxOf(x[:chunk]))
		x = x[chunk:]
	}
	if vectors() && unsafe.Sizeof(T(0)) == 4 {
		return max(m, T(maxOf32AVX2(as32(x))))
	}
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

// MinOf returns the smallest element, NaN if one is NaN, and +Inf if there are
// none.
func MinOf[T Float](x []T) T {
	m := T(math.Inf(1))
	for len(x) > chunk {
		m = min(m, MinOf(x[:chunk]))
		x = x[chunk:]
	}
	if vectors() && unsafe.Sizeof(T(0)) == 4 {
		return min(m, T(minOf32AVX2(as32(x))))
	}
	for _, v := range x {
		m = min(m, v)
	}
	return m
}
