package kernel

import "runtime"

// PeakRounds adds n products to each of many sums, in registers alone, on the path in
// use, and returns the floating-point operations that these are. Their rate is a bound
// that no product exceeds: it waits for no memory.
func PeakRounds[T Float](n int) (flops float64) {
	const call = 1 << 12 // rounds of one call of assembly, whose time they bound
	for left := n; left > 0; left -= call {
		flops += fmaRounds[T](min(left, call))
	}
	return flops
}

//go:noinline
func fmaPortable[T Float](n int) (flops float64) {
	var a, b, c, d, e, f, g, h T
	x, y := T(n)*0+.5, T(n)*0
	for range n {
		a += x * y
		b += x * y
		c += x * y
		d += x * y
		e += x * y
		f += x * y
		g += x * y
		h += x * y
	}
	runtime.KeepAlive(a + b + c + d + e + f + g + h) // or the compiler leaves them out
	return 2 * 8 * float64(n)
}
