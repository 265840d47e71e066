package bench

import (
	"math"
	"testing"
)

// A warm-up has settled after two windows in a row that changed little; the first is
// compared with nothing, and NaN is near nothing.
func TestSettled(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		after   []float64
		settled int // after so many windows; 0: never
	}{
		{[]float64{1, 1}, 0},
		{[]float64{1, 1, 1}, 3},
		{[]float64{0, 0, 0}, 3}, // a gradient without noise and mean
		{[]float64{1, 1.009, 1.018}, 3},
		{[]float64{1, 1.009, 1.1, 1.1, 1.1}, 5},
		{[]float64{1, 1, 2, 2, 3, 3, 4, 4}, 0}, // near every other time
		{[]float64{8, 4, 2, 1, 1, 1}, 6},
		{[]float64{nan, nan, nan, nan}, 0},
		{[]float64{1, 1, nan, 1, 1, 1}, 6},
		{[]float64{math.Inf(1), math.Inf(1), math.Inf(1)}, 0},
	} {
		s, at := newStill(), 0
		for i, now := range c.after {
			if s.settled(now) && at == 0 {
				at = i + 1
			}
		}
		if at != c.settled {
			t.Errorf("mean squares %v: settled after %d windows, want %d", c.after, at, c.settled)
		}
	}
}
