package kernel

import (
	"math"
	"slices"
	"testing"
)

// A Kolmogorov–Smirnov test at a fixed key, and the tail by itself: beyond
// 3.4426 lie 5.76e-4 of all numbers.
func TestFastNormal(t *testing.T) {
	const n = 1_000_000
	s := Keyed(5)
	x := make([]float64, n)
	tail := 0
	for i := range x {
		x[i] = s.FastNormal()
		if math.Abs(x[i]) > zigTail {
			tail++
		}
	}
	slices.Sort(x)
	d := 0.0
	for i, v := range x {
		p := .5 * math.Erfc(-v/math.Sqrt2)
		d = max(d, math.Abs(p-float64(i)/n), math.Abs(p-float64(i+1)/n))
	}
	if d > 1.95/math.Sqrt(n) { // exceeded by one key in a thousand
		t.Errorf("distance from the normal law %v", d)
	}
	want := n * math.Erfc(zigTail/math.Sqrt2)
	if math.Abs(float64(tail)-want) > 5*math.Sqrt(want) {
		t.Errorf("%d numbers in the tail, want about %.0f", tail, want)
	}
	if top := zigX[zigLayers]; top != 0 {
		t.Errorf("the last layer reaches to %v", top)
	}
}

func BenchmarkFastNormal(b *testing.B) {
	s := Keyed(5)
	for b.Loop() {
		s.FastNormal()
	}
}
