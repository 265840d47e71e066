package kernel

import (
	"math"
	"testing"
)

// Sub-streams of neighbouring keys are independent, and a copy replays.
func TestKeyed(t *testing.T) {
	seen := map[uint64]bool{}
	sum, n := 0.0, 0
	for key := range uint64(2000) {
		s := Keyed(key)
		again := s
		for range 5 {
			v := s.Uint64()
			if v != again.Uint64() {
				t.Fatalf("key %d does not replay", key)
			}
			if seen[v] {
				t.Fatalf("key %d repeats %#x", key, v)
			}
			seen[v] = true
			sum += uniform64(v)
			n++
		}
	}
	if mean := sum / float64(n); math.Abs(mean-.5) > 5/math.Sqrt(12*float64(n)) {
		t.Errorf("mean of uniform numbers %v", mean)
	}
}
