package kernel

import "unsafe"

// AllFinite reports whether x holds neither an infinity nor a NaN.
func AllFinite[T Float](x []T) bool {
	for len(x) > 0 {
		k := min(len(x), chunk)
		if !allFinite(x[:k]) {
			return false
		}
		x = x[k:]
	}
	return true
}

//go:noinline
func allFinite[T Float](x []T) bool {
	if vectors() && unsafe.Sizeof(T(0)) == 4 {
		return allFinite32AVX2(as32(x))
	}
	// Zero times a number is zero unless the number is not finite.
	var a, b, c, d T
	for len(x) >= 4 {
		a += x[0] * 0
		b += x[1] * 0
		c += x[2] * 0
		d += x[3] * 0
		x = x[4:]
	}
	for _, v := range x {
		a += v * 0
	}
	return a+b+c+d == 0
}
