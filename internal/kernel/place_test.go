package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// spread fills x with numbers of every size and sign, some of them special.
func spread[T Float](x []T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	odd := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1e-40, -1e-40, 1, -1}
	for i := range x {
		x[i] = T(r.NormFloat64() * math.Pow(10, 2*r.Float64()-1))
		if r.IntN(8) == 0 {
			x[i] = T(odd[r.IntN(len(odd))])
		}
	}
}

// bitsEqual reports whether two slices hold the same bits, all NaNs alike.
func bitsEqual[T Float](a, b []T) bool {
	for i, v := range a {
		if !same(v, b[i]) || math.Signbit(float64(v)) != math.Signbit(float64(b[i])) && v == v {
			return false
		}
	}
	return len(a) == len(b)
}

// checkPlaces calls f on operands of every size at odd addresses and compares
// every element with what f gives for it alone: where an element lies must not
// matter. It checks guards, and f in place of each operand. f is called with
// dst and operands.
func checkPlaces[T Float](t *testing.T, operands int, f func(dst []T, x [][]T)) {
	t.Helper()
	const longest = 40003
	all := make([][]T, operands)
	for i := range all {
		all[i] = make([]T, longest)
		spread(all[i], uint64(i))
	}
	alone := make([]T, longest)
	one := make([][]T, operands)
	for i := range alone {
		for j := range all {
			one[j] = all[j][i : i+1]
		}
		f(alone[i:i+1], one)
	}
	for _, n := range sizes() {
		x := make([][]T, operands)
		for j := range x {
			x[j] = all[j][:n]
		}
		for off := range min(3, 1+68/(n+1)) {
			dst, check := guarded[T](t, n, off+1)
			f(dst, x)
			check()
			if !bitsEqual(dst, alone[:n]) {
				t.Fatalf("n=%d: an element depends on its place", n)
			}
		}
		for j := range x {
			dst, check := guarded[T](t, n, 1)
			copy(dst, x[j])
			kept := x[j]
			x[j] = dst
			f(dst, x)
			x[j] = kept
			check()
			if !bitsEqual(dst, alone[:n]) {
				t.Fatalf("n=%d: wrong in place of operand %d", n, j)
			}
		}
	}
}
