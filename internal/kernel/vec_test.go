package kernel

import (
	"math"
	"testing"
)

// onEachPath runs f once on every path that this machine has.
func onEachPath(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	was := active
	defer func() { active = was }()
	for p := Portable; p <= was; p++ {
		active = p
		t.Run(p.String(), f)
	}
}

// sizes covers every remainder of every block, and more than one chunk.
func sizes() []int {
	var n []int
	for i := range 132 {
		n = append(n, i)
	}
	return append(n, 1000, 16384, 16397, 40003)
}

// guarded returns a slice of n elements, off floats beyond a fresh allocation,
// and a function that fails the test if anything around it was written to.
func guarded[T Float](t *testing.T, n, off int) ([]T, func()) {
	const guard = 12345
	all := make([]T, n+off+16)
	for i := range all {
		all[i] = guard
	}
	s := all[off : off+n : off+n]
	return s, func() {
		t.Helper()
		for i, v := range all {
			if (i < off || i >= off+n) && v != guard {
				t.Fatalf("n=%d: wrote outside the slice, at %d", n, i-off)
			}
		}
	}
}

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	f()
}

// same reports whether two numbers are the same, NaNs among each other too.
func same[T Float](a, b T) bool { return a == b || a != a && b != b }

// ulps is the distance between x and the exact value in units of the last place
// of float32 at that value.
func ulps(x float32, exact float64) float64 {
	want := float32(exact)
	switch {
	case same(x, want):
		return 0 // rounded correctly; half an ulp or less
	case x != x || want != want:
		return math.Inf(1)
	case math.IsInf(float64(want), 0):
		want = float32(math.Copysign(math.MaxFloat32, exact))
	}
	_, e := math.Frexp(float64(want))
	return math.Abs(float64(x)-exact) / math.Ldexp(1, max(e-24, -149))
}
